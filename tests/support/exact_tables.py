"""A small delivery of exact tables, spelled out cell by cell, for tests of what comes after the aggregation.

Belongs here: laying out cells as the aggregation does, by plain loops. Does not belong here: anything of
`assets`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from schemas.release import AGE_BANDS, FACTORS, N_FACTORS

DAY = date(2024, 12, 31)
RISK = ("at_risk", "not_at_risk", "undetermined")
AGE_COLUMNS = tuple("age_" + band.replace("-", "_") for band in AGE_BANDS)


@dataclass(frozen=True)
class Area:
    level: str
    area_id: str
    parent_id: str
    name: str = ""


def cell(
    kom: int, areas: str, at_risk: int, not_at_risk: int, undetermined: int = 0, **more: Any
) -> dict[str, Any]:
    """One cell: `areas` separated by blanks; in `more`, `earlier` are those of a year before where they were
    others.

    Unless given in `more`, those at risk have f1 to f3 and nothing else; of those who can't be determined f1
    and f2 are known to be there and nothing else is known; the others have none; all are 3-5 years old.
    """
    children = at_risk + not_at_risk + undetermined
    counts = {f"f{i}_known": children - (undetermined if i > 2 else 0) for i in range(1, 6)}
    counts |= {f"f{i}_with": at_risk + (undetermined if i < 3 else 0) if i < 4 else 0 for i in range(1, 6)}
    counts |= {"n0": not_at_risk, "n1": 0, "n2": undetermined, "n3plus": at_risk}
    counts |= dict.fromkeys(AGE_COLUMNS, 0) | {"age_3_5": children}
    return {
        "kom": kom,
        "area_ids": sorted(areas.split()),
        "earlier_area_ids": sorted(more.pop("earlier", areas).split()),
        "children": children,
        "newcomers": 0,
        "mothers": children // 2,
        "at_risk": at_risk,
        "not_at_risk": not_at_risk,
        "undetermined": undetermined,
        **counts,
        **more,
    }


@dataclass
class Delivery:
    """Cells and areas of one date and definition; `tables()` lays them out as `protect` takes them."""

    cells: list[dict[str, Any]]
    areas: list[Area]
    day: date = DAY
    definition: str = "sfi5-v1"

    def tables(self) -> dict[str, pl.DataFrame]:
        rows = []
        by_id = {area.area_id: area for area in self.areas}

        def kommune_of(area_id: str) -> str:
            while by_id[area_id].level != "kommune":
                area_id = by_id[area_id].parent_id
            return area_id

        def lies_in(each: dict[str, Any], area_id: str) -> bool:
            if area_id == "leverance":
                return True
            if by_id[area_id].level == "kommune":
                return each["kom"] == int(area_id)
            return area_id in each["area_ids"] and each["kom"] == int(kommune_of(area_id))

        def add(
            level: str,
            area_id: str,
            parent: str | None,
            child_level: str | None,
            name: str,
            members: list,
        ):
            sums = {
                key: sum(m[key] for m in members)
                for key in cell(0, "", 0, 0)
                if key not in ("kom", "area_ids", "earlier_area_ids")
            }
            rows.append(
                {"level": level, "area_id": area_id, "parent_id": parent, "child_level": child_level}
                | {"area_name": name}
                | sums
            )

        add("leverance", "leverance", None, None, "Hele leverancen", self.cells)
        for area in self.areas:
            members = [each for each in self.cells if lies_in(each, area.area_id)]
            add(
                area.level,
                area.area_id,
                area.parent_id,
                None,
                area.name or area.area_id,
                members,
            )
        for parent, level in dict.fromkeys((area.parent_id, area.level) for area in self.areas):
            siblings = [a.area_id for a in self.areas if (a.parent_id, a.level) == (parent, level)]
            members = [
                each
                for each in self.cells
                if lies_in(each, parent) and not any(lies_in(each, s) for s in siblings)
            ]
            rest = f"{parent}:rest:{level}"
            add("rest", rest, parent, level, rest, members)
        return self._laid_out(rows)

    def _laid_out(self, rows: list[dict[str, Any]]) -> dict[str, pl.DataFrame]:
        dated = {"reference_date": self.day}
        named = dated | {"definition": self.definition}
        key = ("level", "area_id")
        risk = [
            named
            | {c: r[c] for c in (*key, "area_name", "parent_id", "child_level", "children", "mothers", *RISK)}
            for r in rows
        ]
        factor = [
            named
            | {c: r[c] for c in key}
            | {
                "factor": f,
                "children_with": r[f"f{i}_with"],
                "children_without": r[f"f{i}_known"] - r[f"f{i}_with"],
            }
            | {"children_unknown": r["children"] - r[f"f{i}_known"]}
            for r in rows
            for i, f in enumerate(FACTORS, 1)
        ]
        count = [
            named | {c: r[c] for c in key} | {"n_factors": n, "children": r[c_]}
            for r in rows
            for n, c_ in zip(N_FACTORS, ("n0", "n1", "n2", "n3plus"), strict=True)
        ]
        ages = [
            dated | {c: r[c] for c in key} | {"age_band": band, "children": r[column]}
            for r in rows
            if "afdeling" not in (r["level"], r["child_level"])
            for band, column in zip(AGE_BANDS, AGE_COLUMNS, strict=True)
        ]
        effect = [
            named | {"area_id": r["area_id"], "design_effect": 1.0}
            for r in rows
            if r["level"] in ("kommune", "leverance")
        ]
        frames = {
            "cell": [
                named | {"earlier_date": self.day.replace(year=self.day.year - 1)} | each
                for each in self.cells
            ],
            "area_risk": risk,
            "area_factor": factor,
            "area_factor_count": count,
            "area_children": ages,
            "design_effect": effect,
        }
        return {name: pl.DataFrame(frame, infer_schema_length=None) for name, frame in frames.items()}
