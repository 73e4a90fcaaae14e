"""Which registers speak of the same persons and dwellings, and how many of them must be found in each other.

Belongs here: the pairs with their limits. Does not belong here: counting (`assets/validation/coverage.py`).

Another pseudonymisation key in one register gives no error anywhere: everybody is simply not found, and "not
convicted" is what remains. The limits are ours (G), far below what real registers reach; femfaktor.toml may
set others.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Coverage:
    """At least `minimum` of the different values of `register.column` are found in `found_in.key`. Of BEF
    only what scoring asks for: with `of_mothers` its children's mothers."""

    register: str
    column: str
    found_in: str
    key: str
    minimum: float
    of_mothers: bool = False

    @property
    def name(self) -> str:
        """As in femfaktor.toml."""
        return f"{self.register}.{self.column} in {self.found_in}.{self.key}"

    @property
    def words(self) -> str:
        whose = "mothers" if self.of_mothers else "values"
        return f"{whose} are not found in {self.found_in}.{self.key}"


COVERAGES = (
    Coverage("bef", "mor_id", "bef", "pnr", 0.5),
    Coverage("bef", "mor_id", "udda", "pnr", 0.5, of_mothers=True),
    Coverage("bef", "mor_id", "akm", "pnr", 0.5, of_mothers=True),
    Coverage("kraf", "pnr", "bef", "pnr", 0.5),
    Coverage("dream", "pnr", "bef", "pnr", 0.3),
    Coverage("bef", "adresse_id", "bol", "adresse_id", 0.5),
    Coverage("omraade_adresser", "adresse_id", "bef", "adresse_id", 0.3),
    Coverage("udda", "hfaudd", "hfaudd", "hfaudd", 0.5),
)
"""`omraade_adresser` and DREAM remember dwellings and persons that are gone."""
