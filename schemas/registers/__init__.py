"""The registers femfaktor reads, one contract each.

Belongs here: the list of contracts.
Does not belong here: a register's columns (one module per register), reading files (`assets/extracts`).
"""

from __future__ import annotations

from schemas.contracts import Contract
from schemas.registers import akm, bef, bol, documentation, hfaudd, kraf, omraade_adresser, omraader, udda

CONTRACTS: dict[str, Contract] = {
    module.CONTRACT.name: module.CONTRACT
    for module in (bef, udda, akm, kraf, bol, omraader, omraade_adresser, hfaudd)
}


def render_markdown() -> str:
    """docs/registers.md, from the contracts."""
    return documentation.render_markdown(CONTRACTS)
