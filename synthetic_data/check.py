"""Does a synthetic delivery look as it was meant to? Each figure beside its target, and a verdict.

Belongs here: measuring what was written, tolerances.
Does not belong here: the targets (`yardsticks.py`), reaching them (`targets.py` says who), drawing
(`figures.py`).

Measured from the delivered files and the planted truth as a stranger would, not from the generator's state.

A tolerance has two parts and no other. Half a unit of the last digit that the target is known with; and 3
standard errors of the figure in a population of this size: of a share p of n persons sqrt(d p (1 - p) / n),
where the design effect d is 1.9 for children (siblings share a mother: 300 children have 160) and 1 for
adults; of a mean, a rate ratio, a correlation and a log odds ratio as stated where they are measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from schemas.release import FACTORS
from synthetic_data import targets, yardsticks
from synthetic_data.areas import share_in_areas
from synthetic_data.traits import BENEFITS, EMPLOYED
from synthetic_data.yardsticks import YARDSTICKS, find_yardstick

SIBLINGS, HOUSEHOLD, COHORT = 1.9, 2.5, 1.2  # design effects: a household moves as one
ERRORS = 3


@dataclass(frozen=True)
class Figure:
    """`low` and `high` are equal unless the source gives a range; in per cent where `unit` is %."""

    group: str
    name: str
    low: float
    high: float
    achieved: float
    tolerance: float
    unit: str = "%"

    @property
    def is_met(self) -> bool:
        return self.low - self.tolerance <= self.achieved <= self.high + self.tolerance


def check_delivery(extracts: Path, truth_dir: Path, years: tuple[int, ...], persons: int) -> list[Figure]:
    """Every figure of a clean hive Parquet delivery with all registers, at the last of `years`."""
    return list(_measure(_Delivery(extracts, truth_dir, years, share_in_areas(persons))))


@dataclass(frozen=True)
class _Delivery:
    extracts: Path
    truth_dir: Path
    years: tuple[int, ...]
    share_in_areas: float

    @property
    def last(self) -> int:
        return self.years[-1]

    def scan(self, register: str, year: int) -> pl.LazyFrame:
        return pl.scan_parquet(self.extracts / register / f"year={year}" / "part-0.parquet")

    def truth(self, year: int) -> pl.DataFrame:
        return pl.read_parquet(self.truth_dir / f"{date(year, 12, 31)}.parquet")

    def area_homes(self) -> pl.DataFrame:
        """Dwellings listed for an area at the last date."""
        day = pl.lit(date(self.last, 12, 31))
        listed = pl.read_csv(
            self.extracts / "omraade_adresser.csv", separator=";", infer_schema=False
        ).with_columns(pl.col("VALID_FROM", "VALID_TO").str.to_date("%Y-%m-%d"))
        valid = listed.filter(
            pl.col("VALID_FROM").fill_null(day) <= day, pl.col("VALID_TO").fill_null(day) >= day
        )
        return valid.select("ADRESSE_ID", in_area=pl.lit(True)).unique()


def _figure(world: _Delivery, group: str, name: str, achieved: float, error: float) -> Figure:
    """`error`: of `achieved`, once, in a population of this size."""
    found = find_yardstick(group, name, world.share_in_areas)
    tolerance = found.digit / 2 + ERRORS * error
    return Figure(group, name, found.low, found.high, achieved, tolerance, found.unit)


def _share(world: _Delivery, group: str, name: str, rows: pl.Series, effect: float = SIBLINGS) -> Figure:
    """A share of `rows` (true, false; null isn't counted), in per cent."""
    rows = rows.drop_nulls().cast(pl.Float64)
    share = float(rows.mean() or 0)  # pyright: ignore[reportArgumentType]
    found = find_yardstick(group, name, world.share_in_areas)
    n = max(len(rows), 1)
    p = min(max((found.low + found.high) / 200, 0.5 / n), 1 - 0.5 / n)
    return _figure(world, group, name, 100 * share, 100 * (effect * p * (1 - p) / n) ** 0.5)


def _measure(delivery: _Delivery) -> Iterator[Figure]:
    truth = delivery.truth(delivery.last)
    inside = truth.filter(pl.col("area_ids").list.len() > 0)
    yield from _measure_factors(delivery, truth, inside)
    bef = _read_residents(delivery)
    yield from _measure_children(delivery, bef, inside)
    yield from _measure_adults(delivery, bef)
    yield from _measure_movers(delivery)
    yield from _measure_newcomers(delivery)
    yield from _measure_crime(delivery, bef)
    yield from _measure_outcomes(delivery, bef)


def _measure_factors(delivery: _Delivery, truth: pl.DataFrame, inside: pl.DataFrame) -> Iterator[Figure]:
    for group, rows, most in ((yardsticks.ALL, truth, 2), (yardsticks.AREAS, inside, 5)):
        for k, name in enumerate(FACTORS, 1):
            yield _share(delivery, group, f"f{k} yes", rows[name])
        state = rows["state"]
        at_risk = (state == "særlig").set(state == "uafklaret", None)
        yield _share(delivery, group, "at risk (3+)", at_risk)
        n_yes = rows.filter(pl.col("n_known") == len(FACTORS))["n_yes"]
        for n in range(most + 1):
            yield _share(delivery, group, f"{n} factors", n_yes == n)
    correlations = [_tetrachoric(truth[a], truth[b]) for i, a in enumerate(FACTORS) for b in FACTORS[i + 1 :]]
    # Of a tetrachoric correlation of two rare traits: about 1 / (n p q)^(1/2) of the rarer, over the pairs.
    error = (SIBLINGS / (truth.height * 0.02)) ** 0.5 / len(correlations) ** 0.5
    name = "mean correlation of two factors"
    yield _figure(delivery, yardsticks.ALL, name, float(np.mean(correlations)), error)


def _tetrachoric(one: pl.Series, other: pl.Series) -> float:
    """Of two yes/no traits: the correlation of two normal values that would give their joint frequency."""
    from scipy.optimize import brentq
    from scipy.stats import multivariate_normal, norm

    known = one.is_not_null() & other.is_not_null()
    a, b = one.filter(known).to_numpy(), other.filter(known).to_numpy()
    borders = [norm.ppf(a.mean()), norm.ppf(b.mean())]
    both = float((a & b).mean())

    def miss(r: float) -> float:
        return float(multivariate_normal.cdf(borders, cov=np.array([[1, r], [r, 1]]))) - both  # pyright: ignore[reportArgumentType]

    low, high = -0.9, 0.95
    if miss(low) > 0 or miss(high) < 0:
        return low if miss(low) > 0 else high
    return float(brentq(miss, low, high, xtol=1e-4))  # pyright: ignore[reportArgumentType]


def _read_residents(delivery: _Delivery) -> pl.DataFrame:
    """Alive at the last date: PNR, age, sex, in_area, MOR_ID, FM_MARK."""
    last = delivery.last
    return (
        delivery.scan("bef", last)
        .filter(pl.col("CIVST") != "D")
        .select(
            "PNR",
            "KOEN",
            "MOR_ID",
            "FAR_ID",
            "FM_MARK",
            "ADRESSE_ID",
            age=last - pl.col("FOED_DAG").dt.year(),
        )
        .join(delivery.area_homes().lazy(), on="ADRESSE_ID", how="left")
        .with_columns(pl.col("in_area").fill_null(False))
        .collect()
    )


def _measure_children(delivery: _Delivery, bef: pl.DataFrame, inside: pl.DataFrame) -> Iterator[Figure]:
    group = yardsticks.HOMES
    children = bef.filter(pl.col("age") < 18)
    for name, rows in (("areas", bef.filter("in_area")), ("the rest", bef.filter(~pl.col("in_area")))):
        yield _share(delivery, "residents", f"under 18 in {name}", rows["age"] < 18)
    yield _share(delivery, group, "live in areas", children["in_area"])
    mark = children["FM_MARK"]
    has_two = children["FAR_ID"].is_not_null() & children["MOR_ID"].is_not_null()
    yield _share(delivery, group, "with two registered parents", has_two)
    both = children.filter(has_two)
    nuclear = both["FM_MARK"] == 1
    yield _share(delivery, group, "with both parents, of those with two", nuclear)
    for age in (5, 15):
        yield _share(delivery, group, f"the same at {age}", nuclear.filter(both["age"] == age))
    yield _share(delivery, group, "with the mother", mark.is_in([2, 3]))
    yield _share(delivery, group, "with the father", mark.is_in([4, 5]))
    yield _share(delivery, group, "not at home", mark == 6)
    yield from _measure_lost(delivery, children)
    per_mother = inside.drop_nulls("mor_id").group_by("mor_id").len()["len"].cast(pl.Float64)
    mean, spread = float(per_mother.mean()), float(per_mother.std())  # pyright: ignore[reportArgumentType]
    yield _figure(delivery, group, "per mother, in areas", mean, spread / len(per_mother) ** 0.5)


def _measure_lost(delivery: _Delivery, children: pl.DataFrame) -> Iterator[Figure]:
    """Mothers who are dead, not named or nowhere, and mothers with a row in earlier years only."""
    group = yardsticks.HOMES
    mothers = pl.read_parquet(delivery.truth_dir / "mothers.parquet")
    yield _share(delivery, group, "whose mother is dead", mothers["is_dead"])
    last = delivery.last
    here = delivery.scan("bef", last).filter(pl.col("CIVST") != "D").select("PNR", here=True)
    before = (
        pl.concat(
            [
                delivery.scan("bef", year).select("PNR")
                for year in range(delivery.years[0] - 7, last)
                if (delivery.extracts / "bef" / f"year={year}").is_dir()
            ]
        )
        .unique()
        .with_columns(before=True)
    )
    of = children.lazy().select(PNR="MOR_ID").join(here, on="PNR", how="left")
    of = of.filter(pl.col("here").is_null()).join(before, on="PNR", how="left").collect()
    nowhere = pl.Series(np.arange(children.height) < of.height)
    earlier = pl.Series(np.arange(children.height) < of["before"].count())
    yield _share(delivery, group, "without a usable row of the mother", nowhere)
    yield _share(delivery, group, "whose mother has rows in earlier years only", earlier)


def _measure_adults(delivery: _Delivery, bef: pl.DataFrame) -> Iterator[Figure]:
    group = yardsticks.ADULTS
    year = delivery.last - 1
    adults = bef.filter((pl.col("age") - 1).is_between(18, 64)).select("PNR", "in_area")  # at AKM's year-end
    work = delivery.scan("akm", year).collect()
    money = delivery.scan("ind", year).select("PNR", "PERINDKIALT_13", "OFF_OVERFORSEL_13").collect()
    adults = adults.join(work, on="PNR", how="left").join(money, on="PNR", how="left")
    income = {}
    for place, where in (("areas", True), ("the rest", False)):
        rows = adults.filter(in_area=where)
        yield _share(delivery, group, f"employed in {place}", rows["SOCIO13"].is_in(EMPLOYED), 1)
        paid = rows["OFF_OVERFORSEL_13"].drop_nulls()
        error = float(paid.std()) / max(len(paid), 1) ** 0.5  # pyright: ignore[reportArgumentType]
        mean = float(paid.mean())  # pyright: ignore[reportArgumentType]
        yield _figure(delivery, group, f"public transfers per resident in {place}", mean, error)
        income[where] = float(rows["PERINDKIALT_13"].mean())  # pyright: ignore[reportArgumentType]
    ratio = 100 * income[True] / income[False]
    # The spread of incomes is about six tenths of their mean.
    error = 60 / float(adults["in_area"].sum()) ** 0.5
    yield _figure(delivery, group, "gross income in areas, of the rest's", ratio, error)
    on_benefit = adults["SOCIO13"].is_in(BENEFITS)
    yield _share(delivery, group, "on kontanthjælp or førtidspension", on_benefit, 1)


def _measure_movers(delivery: _Delivery) -> Iterator[Figure]:
    """Of those who lived in an area a year ago and are still here."""
    homes = delivery.area_homes().lazy()
    before = delivery.scan("bef", delivery.last - 1).join(homes, on="ADRESSE_ID", how="semi")
    now = delivery.scan("bef", delivery.last).filter(pl.col("CIVST") != "D")
    both = before.select("PNR", before="ADRESSE_ID").join(now.select("PNR", now="ADRESSE_ID"), on="PNR")
    stayed = both.join(homes.rename({"ADRESSE_ID": "now"}), on="now", how="left").collect()
    moved = stayed["in_area"].is_null()
    yield _share(delivery, "moves", "out of areas in a year", moved, HOUSEHOLD)
    came = (
        now.join(homes, on="ADRESSE_ID", how="semi")
        .join(before.select("PNR"), on="PNR", how="anti")
        .filter(pl.col("FOED_DAG").dt.year() < delivery.last)
        .select(pl.len())
        .collect()
        .item()
    )
    total = now.join(homes, on="ADRESSE_ID", how="semi").select(pl.len()).collect().item()
    yield _share(delivery, "moves", "into areas in a year", pl.Series(np.arange(total) < came), HOUSEHOLD)


def _measure_newcomers(delivery: _Delivery) -> Iterator[Figure]:
    """Immigrants who weren't here four years before and whose education isn't known."""
    last = delivery.last
    earlier = delivery.scan("bef", max(last - 4, delivery.years[0] - 5)).select("PNR")
    recent = (
        delivery.scan("bef", last)
        .filter(pl.col("IE_TYPE") == 2, pl.col("CIVST") != "D", pl.col("FOED_DAG").dt.year() <= last - 18)
        .join(earlier, on="PNR", how="anti")
        .select("PNR")
    )
    known = delivery.scan("udda", last).select("PNR", "HFAUDD")
    rows = recent.join(known, on="PNR", how="left").collect()
    levels = pl.read_csv(delivery.extracts / "hfaudd.csv", separator=";", infer_schema=False)
    unknown = levels.filter(pl.col("HOVEDOMRAADE") == "90")["HFAUDD"].implode()
    missing = rows.select(pl.col("HFAUDD").is_null() | pl.col("HFAUDD").is_in(unknown)).to_series()
    yield _share(delivery, "recent immigrants", "education missing or not stated", missing, 1)


def _measure_crime(delivery: _Delivery, bef: pl.DataFrame) -> Iterator[Figure]:
    """Convicted persons in the last year of KRAF, per person, areas over rest."""
    year = delivery.last - 1
    decisions = delivery.scan("kraf", year).filter(
        pl.col("AFG_AFGTYPKO").is_in([1, 2, 3, 4, 5, 6, 70, 81, 82, 83, 84, 86, 88]),
        pl.col("AFG_GER7") // 1_000_000 == 1,
    )
    convicted = decisions.select("PNR", convicted=pl.lit(True)).unique().collect()
    people = bef.select("PNR", "age", "in_area").with_columns(pl.col("age") - 1)
    rows = people.join(convicted, on="PNR", how="left").with_columns(pl.col("convicted").fill_null(False))
    for low, high in ((15, 17), (15, 29)):
        young = rows.filter(pl.col("age").is_between(low, high))
        counts = young.group_by("in_area").agg(pl.len().alias("n"), pl.col("convicted").sum())
        by_place = {place: (n, c) for place, n, c in counts.iter_rows()}
        (n1, c1), (n0, c0) = by_place.get(True, (1, 0)), by_place.get(False, (1, 0))
        ratio = (c1 / max(n1, 1)) / max(c0 / max(n0, 1), 1e-9)
        # Of the logarithm of a rate ratio: sqrt(1/a + 1/b), a and b the counted.
        error = ratio * (np.exp(ERRORS * (1 / max(c1, 1) + 1 / max(c0, 1)) ** 0.5) - 1)
        yield _figure(
            delivery, "crime", f"rate ratio areas : rest, {low}-{high}", ratio, float(error) / ERRORS
        )


def _measure_outcomes(delivery: _Delivery, bef: pl.DataFrame) -> Iterator[Figure]:
    """New measures in a year by the factors at its beginning, over all years; and by the age of 15."""
    from sklearn.linear_model import LogisticRegression

    cells: list[pl.DataFrame] = []
    for year in delivery.years[1:]:
        begun = pl.concat([delivery.scan(r, year).select("PNR", "SAG_VFRA") for r in ("bua", "bufo")])
        begun = (
            begun.filter(pl.col("SAG_VFRA").dt.year() == year)
            .select(pnr=pl.col("PNR").cast(pl.Int64))
            .unique()
        )
        at_home = (
            delivery.scan("bef", year - 1)
            .filter(pl.col("FM_MARK").ne_missing(6))
            .select(pnr=pl.col("PNR").cast(pl.Int64))
        )
        # Who turns 18 or leaves within the year isn't followed to its end.
        stays = (
            delivery.scan("bef", year)
            .filter(pl.col("FOED_DAG").dt.year() > year - 18, pl.col("CIVST") != "D")
            .select(pnr=pl.col("PNR").cast(pl.Int64))
        )
        cells.append(
            delivery.truth(year - 1)
            .lazy()
            .join(at_home, on="pnr", how="semi")
            .join(stays, on="pnr", how="semi")
            .join(begun.with_columns(event=pl.lit(1)), on="pnr", how="left")
            .group_by(*(pl.col(name).fill_null(False) for name in FACTORS), pl.col("event").fill_null(0))
            .len()
            .collect()
        )
    if cells:
        table = pl.concat(cells)
        x = table.select(FACTORS).cast(pl.Float64).to_numpy()
        y, weight = table["event"].to_numpy(), table["len"].to_numpy().astype(float)
        model = LogisticRegression(C=np.inf, max_iter=1000, tol=1e-8).fit(x, y, sample_weight=weight)
        p = model.predict_proba(x)[:, 1]
        design = np.column_stack([np.ones(len(x)), x])
        information = design.T @ (design * (weight * p * (1 - p))[:, None])
        errors = np.sqrt(np.diag(np.linalg.inv(information)))[1:]
        for k, coefficient in enumerate(model.coef_[0]):
            # Of the logarithm, from the information matrix; siblings' measures are drawn one by one.
            error = targets.ODDS_RATIOS[k] * (np.exp(min(ERRORS * errors[k], 20)) - 1) / ERRORS
            ratio = float(np.exp(coefficient))
            yield _figure(delivery, "outcomes", f"odds ratio of f{k + 1}", ratio, float(error))
    yield from _measure_by_15(delivery)


def _measure_by_15(delivery: _Delivery) -> Iterator[Figure]:
    """Of those who turned 15 in the year."""
    ever = pl.read_parquet(delivery.truth_dir / "measures_by_15.parquet")
    some = {
        "any measure": ever["prevented"] | ever["placed"],
        "preventive": ever["prevented"],
        "placed": ever["placed"],
    }
    for name, rows in some.items():
        yield _share(delivery, "outcomes", f"{name} by 15", rows, COHORT)


def write_figures(figures: list[Figure], path: Path, **request: int) -> None:
    """CSV: what was asked for, then group, name, achieved, tolerance, is_met."""
    lines = ["# " + ", ".join(f"{key} {value}" for key, value in request.items())]
    lines.append("group;name;achieved;tolerance;is_met")
    lines += [
        f"{f.group};{f.name};{f.achieved:.4f};{f.tolerance:.4f};{str(f.is_met).lower()}" for f in figures
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def render_markdown(measured: Iterable[Path]) -> str:
    """Every yardstick with its source, and what deliveries that `write_figures` kept came to."""
    columns = [_read_figures(path) for path in measured]
    header = ["figure", "target", "known to", "source", *(title for title, _ in columns)]
    lines = [header, ["---"] * len(header)]
    for y in YARDSTICKS:
        target = _show(y.low, y.unit) if y.low == y.high else f"{_show(y.low, '')}-{_show(y.high, y.unit)}"
        digit = f"{y.digit:,}" if y.digit else "exactly"
        found = [figures.get((y.group, y.name), "not measured") for _, figures in columns]
        lines.append([f"{y.group}: {y.name}", target, digit, y.source, *found])
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _read_figures(path: Path) -> tuple[str, dict[tuple[str, str], str]]:
    request, _, *rows = path.read_text(encoding="utf-8").splitlines()
    asked = {key: int(value) for key, value in (word.split() for word in request[2:].split(", "))}
    figures = {}
    for row in rows:
        group, name, achieved, tolerance, is_met = row.split(";")
        off = "" if is_met == "true" else ", **off**"
        figures[group, name] = f"{float(achieved):,.5g} ± {float(tolerance):,.3g}{off}"
    return f"{asked['persons']:,} persons, {asked['years']} year(s), seed {asked['seed']}", figures


def _show(value: float, unit: str) -> str:
    return f"{value:,.4g} {unit}".strip() if unit != "kr" else f"{value:,.0f} kr"


def render_table(figures: list[Figure]) -> str:
    """One line per figure: target, achieved, tolerance, ok or off."""
    lines = [f"{'':<62}{'target':>16}{'achieved':>11}{'+/-':>9}"]
    group = ""
    for figure in figures:
        if figure.group != group:
            group = figure.group
            lines.append(group)
        show = (lambda v: f"{v:,.0f}") if figure.unit == "kr" else (lambda v: f"{v:.2f}")
        target = show(figure.low) if figure.low == figure.high else f"{show(figure.low)}-{show(figure.high)}"
        unit = figure.unit and f" {figure.unit}"
        lines.append(
            f"  {figure.name + unit:<60}{target:>16}{show(figure.achieved):>11}{show(figure.tolerance):>9}"
            f"  {'ok' if figure.is_met else 'OFF'}"
        )
    met = sum(figure.is_met for figure in figures)
    lines.append(f"{met} of {len(figures)} figures within tolerance")
    return "\n".join(lines)
