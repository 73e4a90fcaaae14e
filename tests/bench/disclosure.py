"""Protecting and auditing one date of the whole country: time, memory, and what rounding costs the shares.

Belongs here: exact tables of an invented country, the measurement. Does not belong here: the protection.

`python -m tests.bench.disclosure [--kommuner 98] [--areas 700]`; without arguments the whole country.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from assets.audit import AuditReport, Limits
from assets.audit.attack import attack
from assets.audited import limits_of
from assets.disclosure import load_policy
from tests.bench.words import say
from tests.support.exact_tables import Area, Delivery
from tests.support.protected import protected, with_values

CHILDREN = 1_156_000
MARGINS = {"outside": (0.26, 0.02, 0.08, 0.16, 0.28), "area": (0.40, 0.05, 0.32, 0.46, 0.97)}
"""Shares with f1 to f5 outside and inside the areas."""
UNKNOWN = 0.012
COMMON = 0.45
"""Weight of what a family's factors have in common: about three in a hundred of all children at risk
outside."""
BANDS = ("age_0_2", "age_3_5", "age_6_9", "age_10_14", "age_15_17")


def invent_cell(rng: np.random.Generator, kom: int, areas: list[str], children: int) -> dict[str, Any]:
    """A cell of so many children, factors drawn family by family."""
    margins = np.array(MARGINS["area" if areas else "outside"])
    mother = np.sort(rng.integers(0, max(1, round(children / 1.8)), children))
    common = rng.standard_normal(children)[np.unique(mother, return_inverse=True)[1]]
    own = rng.standard_normal((children, 5))
    level = COMMON * common[:, None] + np.sqrt(1 - COMMON**2) * own
    has = level > np.quantile(rng.standard_normal(100_000), 1 - margins)
    unknown = rng.random((children, 5)) < UNKNOWN
    yes = has & ~unknown
    n_yes, n_unknown = yes.sum(axis=1), unknown.sum(axis=1)
    bands = np.bincount(rng.integers(0, 5, children), minlength=5)
    counts: dict[str, Any] = {"kom": kom, "area_ids": sorted(areas), "earlier_area_ids": sorted(areas)}
    counts |= {"children": children, "newcomers": 0}
    counts |= {"mothers": len(np.unique(mother)), "at_risk": int((n_yes >= 3).sum())}
    counts |= {"not_at_risk": int((n_yes + n_unknown <= 2).sum())}
    counts["undetermined"] = children - counts["at_risk"] - counts["not_at_risk"]
    for i in range(5):
        counts[f"f{i + 1}_with"] = int(yes[:, i].sum())
        counts[f"f{i + 1}_known"] = int((~unknown[:, i]).sum())
    counts |= {f"n{j}": int((n_yes == j).sum()) for j in range(3)} | {"n3plus": counts["at_risk"]}
    return counts | dict(zip(BANDS, bands.tolist(), strict=True))


def invent_country(kommuner: int, areas: int, seed: int = 1) -> Delivery:
    """So many municipalities, and areas below them in these proportions: 13 % helhedsplaner, 35 % omraader,
    52 % afdelinger."""
    rng = np.random.default_rng(seed)
    listed: list[Area] = [Area("kommune", f"{100 + k}", "leverance") for k in range(kommuner)]
    cells: list[dict[str, Any]] = []
    plans, omraader, afdelinger = round(0.13 * areas), round(0.35 * areas), round(0.52 * areas)
    plan_of = [f"h{i}" for i in range(plans)]
    kommune_of_plan = {plan: int(rng.integers(0, kommuner)) for plan in plan_of}
    listed += [Area("helhedsplan", plan, f"{100 + kommune_of_plan[plan]}") for plan in plan_of]
    placed = rng.multinomial(afdelinger, np.ones(omraader) / omraader)
    inside = np.zeros(kommuner, dtype=int)
    for i in range(omraader):
        plan = plan_of[i % plans] if plans and rng.random() < 0.7 else ""
        kommune = kommune_of_plan[plan] if plan else int(rng.integers(0, kommuner))
        listed.append(Area("omraade", f"o{i}", plan or f"{100 + kommune}"))
        children = int(np.clip(rng.lognormal(6.0, 0.6), 40, 2500))
        inside[kommune] += children
        above = [f"o{i}", *([plan] if plan else [])]
        shares = rng.dirichlet(np.ones(placed[i] + 1) * 3)
        for j, part in enumerate(rng.multinomial(children, shares)):
            own = [f"a{i}-{j}"] if j < placed[i] else []
            listed += [Area("afdeling", own[0], f"o{i}")] if own else []
            cells.append(invent_cell(rng, 100 + kommune, above + own, int(part)))
    total = CHILDREN * kommuner / 98
    weights = rng.lognormal(0, 0.7, kommuner)
    for k, children in enumerate(np.rint(total * weights / weights.sum()).astype(int)):
        cells.append(invent_cell(rng, 100 + k, [], max(int(children) - int(inside[k]), 2000)))
    return Delivery(cells, listed)


def attacked(tables: Mapping[str, pl.DataFrame], cells: pl.DataFrame, limits: Limits) -> AuditReport:
    """What the audit finds in the tables once they are read back; reading the files is not measured."""
    report = AuditReport()
    attack(tables, cells, limits, report, time.monotonic() + limits.seconds)
    report.merge_findings()
    return report


def share_errors(result, exact: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Per area: children, and how far rounding its counts moved its share, in points; shown or not."""
    wide = result.cells.filter(pl.col("table") == "area_risk", pl.col("published").is_not_null()).pivot(
        on="item", index=["level", "area_id"], values=["exact", "published"]
    )

    def share(kind: str) -> pl.Expr:
        at_risk, others = pl.col(f"{kind}_at_risk"), pl.col(f"{kind}_not_at_risk")
        return 100 * at_risk / (at_risk + others)

    return wide.filter(pl.col("exact_children") > 0).select(
        "level", children="exact_children", points=(share("published") - share("exact")).abs()
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kommuner", type=int, default=98)
    parser.add_argument("--areas", type=int, default=700)
    parser.add_argument("--bases", type=int, nargs="*", default=[5])
    asked = parser.parse_args()
    exact = invent_country(asked.kommuner, asked.areas).tables()
    say(f"{asked.kommuner} municipalities, {asked.areas} areas, {exact['cell']['children'].sum():,} children")
    for base in asked.bases:
        size = max(50, 5 * (base - 1) + 1)
        policy = with_values(
            load_policy(),
            rounding={"base": base},
            size={"min_children": size},
            audit={"narrowest_interval": base - 1},
        )
        started, cpu = time.monotonic(), time.process_time()
        result = protected(exact, policy=policy)
        report = result.report["dates"][0]
        seconds, busy = time.monotonic() - started, time.process_time() - cpu
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        solutions = max(block["solutions"] for block in report["blocks"])
        say(
            f"base {base}: {seconds:.1f} s ({busy:.1f} s of one core), peak {memory:.2f} GB, "
            f"{len(report['blocks'])} blocks, {result.cells.height:,} counts, narrowest interval "
            f"{report['narrowest_interval']}, at most {solutions} solutions of a block"
        )
        say(str(report["rows"]))
        started, cpu = time.monotonic(), time.process_time()
        audit = attacked(result.tables, exact["cell"], limits_of([policy]))
        seconds, busy = time.monotonic() - started, time.process_time() - cpu
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        say(f"audit: {seconds:.1f} s ({busy:.1f} s of one core), peak so far {memory:.2f} GB")
        say(audit.as_text())
        errors = share_errors(result, exact)
        say("| children | areas | mean | 95th percentile | maximum |\n| --- | --- | --- | --- | --- |")
        for low, high in ((50, 100), (100, 200), (200, 500), (500, 1000), (1000, 5000), (5000, 10**9)):
            each = errors.filter(pl.col("children").is_between(low, high, closed="left"))[
                "points"
            ].drop_nulls()
            each = each.filter(each.is_not_nan())
            if len(each):
                label = f"{low:,}–{high - 1:,}" if high < 10**9 else f"{low:,} and more"
                points = f"{each.mean():.2f} | {each.quantile(0.95):.2f} | {each.max():.2f}"
                say(f"| {label} | {len(each)} | {points} |")


if __name__ == "__main__":
    main()
