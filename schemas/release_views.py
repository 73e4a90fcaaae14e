"""The views of a release's DuckDB file: what analysts ask first, declared once.

Belongs here: per view the question it answers, Danish comments and an example to copy. The DuckDB file,
docs/analysts.md and the tests that try each example follow from it.
Does not belong here: the SQL (`sql/views/release_<name>.sql`), tables (`release.py`).

A view shows protected numbers or what follows from two of them on the same row; it never counts anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.release import AGE_BANDS, FACTORS


@dataclass(frozen=True)
class View:
    """`columns` are its column comments; `question` and `example` (SQL) are for docs/analysts.md."""

    name: str
    da: str
    columns: Mapping[str, str]
    question: str
    example: str


_DATE = {"reference_date": "Opgørelsesdato"}
_AREA = {"level": "Niveau", "area_id": "Områdets id", "area_name": "Områdets navn"}
_KOMMUNE = {"kommune_name": "Den kommune, området ligger i"}
_COUNTS = {
    "children": "Antal børn 0-17 år; tom = skjult",
    "at_risk": "Børn med mindst tre risikofaktorer; tom = skjult",
    "not_at_risk": "Børn, der med sikkerhed har under tre; tom = skjult",
    "undetermined": "Børn, der ikke kan afgøres (uoplyste faktorer); tom = skjult",
}
_SHARE = {"share_pct": "Andel i særlig risiko blandt afklarede (procent); tom = skjult"}
_INTERVAL = {
    "ci95_low_pct": "95 %-interval, nedre grænse (procent)",
    "ci95_high_pct": "95 %-interval, øvre grænse (procent)",
}
_STATUS = {"cell_status": "shown = vist, rounded = afrundet; ellers grunden til, at tal mangler"}
_MARKING = {"marking": "Hvad data må bruges til"}


def _band(name: str) -> str:
    return f"age_{name.replace('-', '_')}"


RELEASE_VIEWS: tuple[View, ...] = (
    View(
        "area_place",
        "Hvilken kommune og hvilken helhedsplan hvert område hører under, pr. dato.",
        {
            **_DATE,
            **_AREA,
            "plan_id": "Helhedsplanens id; tom = ingen",
            "plan_name": "Helhedsplanens navn; tom = ingen",
            "kommune_id": "Kommunekode; tom = ingen",
            **_KOMMUNE,
            **_MARKING,
        },
        "Which municipality and plan does an area belong to?",
        "SELECT area_name, plan_name, kommune_name\n"
        "FROM area_place\n"
        "WHERE level = 'omraade' AND reference_date = (SELECT max(reference_date) FROM area_risk)\n"
        "ORDER BY kommune_name, plan_name, area_name;",
    ),
    View(
        "latest_area",
        "Seneste opgørelse: andel i særlig risiko pr. område ved siden af kommunens og hele "
        "leverancens andel.",
        {
            "reference_date": "Seneste opgørelsesdato",
            **_AREA,
            **_KOMMUNE,
            "children": _COUNTS["children"],
            **_SHARE,
            **_INTERVAL,
            "kommune_share_pct": "Kommunens andel (procent)",
            "leverance_share_pct": "Hele leverancens andel (procent)",
            **_STATUS,
            **_MARKING,
        },
        "Where does each area stand, beside its municipality?",
        "SELECT area_name, kommune_name, children, share_pct, ci95_low_pct, ci95_high_pct,\n"
        "       kommune_share_pct\n"
        "FROM latest_area\n"
        "WHERE level = 'omraade'\n"
        "ORDER BY share_pct DESC NULLS LAST;",
    ),
    View(
        "area_comparison",
        "Seneste opgørelse: hvert område holdt op mod kommunen, alle i opgørelsen og de kendte tal. "
        "verdict siger kun højere eller lavere, når områdets interval ikke rummer det andet tal.",
        {
            "reference_date": "Seneste opgørelsesdato",
            **_AREA,
            **_SHARE,
            **_INTERVAL,
            "compared_with": "Hvem området holdes op mod",
            "compared_share_pct": "Deres andel (procent); tom = skjult",
            "difference_points": "Forskel i procentpoint; tom = kan ikke beregnes",
            "verdict": "højere, lavere eller ikke større end usikkerheden; tom = kan ikke afgøres",
            **_MARKING,
        },
        "Is an area above its municipality, everyone, or the known benchmarks, by more than the uncertainty?",
        "SELECT area_name, compared_with, share_pct, compared_share_pct, difference_points, verdict\n"
        "FROM area_comparison\n"
        "WHERE level = 'omraade' AND verdict = 'højere'\n"
        "ORDER BY area_name, compared_with;",
    ),
    View(
        "area_development",
        "Udvikling: andel i særlig risiko pr. område og dato. change siger kun steget eller faldet, når "
        "intervallerne ikke rører hinanden.",
        {
            **_DATE,
            **_AREA,
            **_SHARE,
            **_INTERVAL,
            "previous_date": "Forrige opgørelsesdato",
            "previous_share_pct": "Andel ved forrige opgørelsesdato (procent); tom = skjult",
            "change_points": "Forskel fra forrige dato i procentpoint; tom = kan ikke beregnes",
            "change": "steget, faldet eller ikke større end usikkerheden; tom = kan ikke afgøres",
            **_MARKING,
        },
        "How has an area moved, and may it be called a change?",
        "SELECT area_name, reference_date, share_pct, change_points, change\n"
        "FROM area_development\n"
        "WHERE level = 'omraade'\n"
        "ORDER BY area_name, reference_date;",
    ),
    View(
        "area_profile",
        "De fem faktorer ved siden af hinanden: andel med hver faktor pr. område og dato.",
        {
            **_DATE,
            **_AREA,
            **_SHARE,
            **{
                f"{factor}_pct": f"Andel med {factor} blandt oplyste (procent); tom = skjult"
                for factor in FACTORS
            },
            **_MARKING,
        },
        "What do the five factors look like, side by side?",
        "SELECT area_name, share_pct, f1_ikke_kernefamilie_pct, f3_kontanthjaelp_pension_pct, "
        "f4_ingen_uddannelse_pct\n"
        "FROM area_profile\n"
        "WHERE level = 'omraade' AND reference_date = (SELECT max(reference_date) FROM area_risk)\n"
        "ORDER BY area_name;",
    ),
    View(
        "factor_driver",
        "Hvad der trækker et områdes andel: hver faktors andel ved siden af kommunens.",
        {
            **_DATE,
            **_AREA,
            "factor": "Risikofaktor (om moren)",
            "factor_share_pct": "Andel med faktoren blandt oplyste (procent); tom = skjult",
            "kommune_factor_share_pct": "Kommunens andel med faktoren (procent); tom = skjult",
            "difference_points": "Forskel i procentpoint; tom = kan ikke beregnes",
            **_MARKING,
        },
        "Which factors set an area apart from its municipality?",
        "SELECT area_name, factor, factor_share_pct, kommune_factor_share_pct, difference_points\n"
        "FROM factor_driver\n"
        "WHERE level = 'omraade' AND reference_date = (SELECT max(reference_date) FROM area_risk)\n"
        "QUALIFY row_number() OVER (PARTITION BY area_id ORDER BY difference_points DESC NULLS LAST) <= 2\n"
        "ORDER BY area_name, difference_points DESC;",
    ),
    View(
        "factor_number",
        "Børn efter antal risikofaktorer, én række pr. område og dato.",
        {
            **_DATE,
            **_AREA,
            "children_0": "Børn med ingen risikofaktorer; tom = skjult",
            "children_1": "Børn med én risikofaktor; tom = skjult",
            "children_2": "Børn med to risikofaktorer; tom = skjult",
            "children_3plus": "Børn med tre eller flere risikofaktorer; tom = skjult",
            **_MARKING,
        },
        "How many children have 0, 1, 2, 3 or more factors?",
        "SELECT area_name, children_0, children_1, children_2, children_3plus\n"
        "FROM factor_number\n"
        "WHERE level = 'kommune' AND reference_date = (SELECT max(reference_date) FROM area_risk)\n"
        "ORDER BY area_name;",
    ),
    View(
        "age_profile",
        "Børn efter alder, én række pr. område og dato.",
        {
            **_DATE,
            **_AREA,
            **{_band(band): f"Børn på {band.replace('-', '–')} år; tom = skjult" for band in AGE_BANDS},
            **_MARKING,
        },
        "How old are the children of an area?",
        "SELECT area_name, age_0_2, age_3_5, age_6_9, age_10_14, age_15_17\n"
        "FROM age_profile\n"
        "WHERE level = 'omraade' AND reference_date = (SELECT max(reference_date) FROM area_risk)\n"
        "ORDER BY area_name;",
    ),
    View(
        "uncertainty",
        "Hvor sikkert et tal er: intervallets bredde og spændet, hvis de uafklarede kendtes.",
        {
            **_DATE,
            **_AREA,
            **_SHARE,
            **_INTERVAL,
            "interval_points": "95 %-intervallets bredde i procentpoint; tom = kan ikke beregnes",
            "share_if_unknown_no_pct": "Andel, hvis ingen uafklarede er i særlig risiko (procent)",
            "share_if_unknown_yes_pct": "Andel, hvis alle uafklarede er i særlig risiko (procent)",
            "bounds_points": "Spændet mellem de to i procentpoint; tom = kan ikke beregnes",
            **_MARKING,
        },
        "Which shares are the least certain?",
        "SELECT area_name, share_pct, interval_points, bounds_points\n"
        "FROM uncertainty\n"
        "WHERE level = 'omraade' AND reference_date = (SELECT max(reference_date) FROM area_risk)\n"
        "ORDER BY interval_points DESC NULLS LAST\n"
        "LIMIT 10;",
    ),
    View(
        "hidden_rows",
        "Hvor meget der er skjult: rækker i area_risk pr. dato, niveau og status.",
        {
            **_DATE,
            "level": "Niveau",
            "cell_status": "shown = vist; ellers grunden til, at tal mangler",
            "areas": "Antal områder med denne status",
            "of_areas": "Antal områder på niveauet i alt",
            **_MARKING,
        },
        "How much is hidden at each level?",
        "FROM hidden_rows\n"
        "WHERE level IN ('afdeling', 'omraade')\n"
        "ORDER BY reference_date, level, cell_status;",
    ),
    View(
        "hidden_area",
        "Hvad der er skjult for hvert område, og hvorfor, i ord.",
        {
            **_DATE,
            **_AREA,
            "what": "Hvad der mangler",
            **_STATUS,
            "why": "Grunden i ord",
            **_MARKING,
        },
        "What is hidden for an area, and why?",
        "SELECT area_name, what, why\n"
        "FROM hidden_area\n"
        "WHERE level = 'omraade' AND reference_date = (SELECT max(reference_date) FROM area_risk)\n"
        "ORDER BY area_name, what;",
    ),
    View(
        "area_sum",
        "Antal, der må lægges sammen, med den største fejl, afrundingen kan give hvert antal. Summen af k "
        "antal kan være op til k gange så meget forkert.",
        {
            **_DATE,
            **_AREA,
            **_KOMMUNE,
            **_COUNTS,
            "max_error": "Så meget kan hvert af rækkens antal højst være afrundet; tom = skjult",
            **_MARKING,
        },
        "What is the sum over areas of my choice, and how wrong may it be?",
        "SELECT kommune_name, count(*) AS areas, count(at_risk) AS with_counts, sum(children) AS children,\n"
        "       sum(at_risk) AS at_risk, sum(max_error) AS at_most_wrong_by,\n"
        "       round(100 * sum(at_risk) / sum(at_risk + not_at_risk)) AS share_pct\n"
        "FROM area_sum\n"
        "WHERE level = 'omraade' AND reference_date = (SELECT max(reference_date) FROM area_risk)\n"
        "GROUP BY kommune_name\n"
        "ORDER BY kommune_name;",
    ),
    View(
        "plan_total",
        "Helhedsplaner: planens egne tal, og hvor mange af dens områder der er vist.",
        {
            **_DATE,
            **_AREA,
            **_KOMMUNE,
            **_COUNTS,
            **_SHARE,
            **_INTERVAL,
            "areas": "Planens områder",
            "areas_shown": "Heraf områder, hvis antal (eller andel som gruppe) er vist",
            **_STATUS,
            **_MARKING,
        },
        "What are the totals of each plan?",
        "SELECT area_name AS plan, kommune_name, children, at_risk, share_pct, areas_shown, areas\n"
        "FROM plan_total\n"
        "WHERE reference_date = (SELECT max(reference_date) FROM area_risk)\n"
        "ORDER BY kommune_name, area_name;",
    ),
    View(
        "comparable_area",
        "Seneste opgørelse: de fem enheder på samme niveau, der ligner mest efter størrelse, alder og "
        "profil; de samme, som rapporterne nævner. Til sammenligning, ikke til rangordning.",
        {
            "reference_date": "Seneste opgørelsesdato",
            **_AREA,
            **_SHARE,
            "nearness": "1 = ligner mest",
            "similar_id": "Det lignende områdes id",
            "similar_name": "Det lignende områdes navn",
            "similar_kommune_name": "Den kommune, det lignende område ligger i",
            "similar_share_pct": "Det lignende områdes andel i særlig risiko (procent)",
            **_MARKING,
        },
        "Which areas are comparable?",
        "SELECT area_name, nearness, similar_name, similar_kommune_name, share_pct, similar_share_pct\n"
        "FROM comparable_area\n"
        "WHERE level = 'omraade'\n"
        "ORDER BY area_name, nearness;",
    ),
)
