"""The registers femfaktor reads, one contract each.

Belongs here: the list of contracts.
Does not belong here: a register's columns (one module per register), reading files (`assets/extracts`).
"""

from __future__ import annotations

from schemas.contracts import Contract
from schemas.registers import (
    akm,
    bef,
    bol,
    bua,
    bufo,
    documentation,
    dream,
    faik,
    hfaudd,
    ind,
    kraf,
    omraade_adresser,
    omraade_klasser,
    omraader,
    udda,
    uddf,
)

CONTRACTS: dict[str, Contract] = {
    module.CONTRACT.name: module.CONTRACT
    for module in (
        *(bef, udda, akm, kraf, bol, dream),
        *(uddf, faik, ind, bua, bufo),
        *(omraader, omraade_adresser, omraade_klasser, hfaudd),
    )
}
READ: dict[str, Contract] = {name: contract for name, contract in CONTRACTS.items() if contract.read_by}
"""Those that a factor or the areas read: what the night types. The others it names and leaves."""


def render_markdown() -> str:
    """docs/registers.md, from the contracts."""
    return documentation.render_markdown(CONTRACTS)
