"""The registers femfaktor reads, one contract each.

Belongs here: the list of contracts and its documentation.
Does not belong here: a register's columns (one module per register), reading files (`assets/extracts`).
"""

from __future__ import annotations

from schemas.contracts import Contract
from schemas.registers import akm, bef, bol, hfaudd, kraf, omraade_adresser, omraader, udda

CONTRACTS: dict[str, Contract] = {
    module.CONTRACT.name: module.CONTRACT
    for module in (bef, udda, akm, kraf, bol, omraader, omraade_adresser, hfaudd)
}
