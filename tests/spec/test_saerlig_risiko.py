"""I særlig risiko: three or more of five, where unknown is not no; and who is a child at all."""

import polars as pl
import pytest

from assets.risk_factors.saerlig_risiko import count_and_judge
from schemas.release import FACTORS
from tests.spec.tables import answers, build_world, read_table
from tests.support.register_worlds import DEFINITIONS, score_with_ids

WORDS = {"ja": True, "nej": False, "?": None}


@pytest.mark.parametrize(
    "row",
    read_table(
        """
        | f1  | f2  | f3  | f4  | f5  | n_yes | n_known | forventet |
        | nej | nej | nej | nej | nej | 0     | 5       | ikke      |
        | ja  | ja  | nej | nej | nej | 2     | 5       | ikke      |
        | ja  | ja  | ja  | nej | nej | 3     | 5       | særlig    |
        | ja  | ja  | ja  | ja  | nej | 4     | 5       | særlig    |
        | ja  | ja  | ja  | ja  | ja  | 5     | 5       | særlig    |
        | ja  | ja  | ja  | ?   | ?   | 3     | 3       | særlig    |
        | ja  | ja  | ?   | nej | nej | 2     | 4       | uafklaret |
        | ja  | ?   | nej | nej | nej | 1     | 4       | ikke      |
        | ja  | ?   | ?   | nej | nej | 1     | 3       | uafklaret |
        | nej | ?   | ?   | nej | nej | 0     | 3       | ikke      |
        | nej | ?   | ?   | ?   | nej | 0     | 2       | uafklaret |
        | ?   | ?   | ?   | ?   | ?   | 0     | 0       | uafklaret |
        """
    ),
    ids=lambda row: " ".join(list(row.values())[:5]),
)
def test_unknown_is_neither_yes_nor_no(row: dict[str, str]) -> None:
    answers_given = {factor: WORDS[row[factor[:2]]] for factor in FACTORS}
    frame = pl.DataFrame(answers_given, schema=dict.fromkeys(FACTORS, pl.Boolean))
    judged = frame.select(count_and_judge(FACTORS, 3)).to_dicts()[0]
    expected = {"n_yes": int(row["n_yes"]), "n_known": int(row["n_known"]), "state": row["forventet"]}
    assert judged == expected


def test_a_child_is_alive_and_at_most_17_on_the_day() -> None:
    found, expected = answers(
        """
        | FOED_DAG   | CIVST | det er                     | forventet |
        | 2006-12-30 | U     | fyldte 18 dagen før        | ikke med  |
        | 2006-12-31 | U     | fylder 18 på dagen         | ikke med  |
        | 2007-01-01 | U     | fylder 18 dagen efter      | nej       |
        | 2024-12-31 | U     | født på dagen              | nej       |
        | 2025-01-01 | U     | født dagen efter           | ikke med  |
        | 2015-06-01 | D     | død i året                 | ikke med  |
        | 2015-06-01 | -     | civilstand ikke udfyldt    | nej       |
        """,
        "f1_ikke_kernefamilie",
    )
    assert found == expected


def test_age_is_counted_in_completed_years() -> None:
    from datetime import date

    rows = read_table(
        """
        | FOED_DAG   | forventet |
        | 2022-01-01 | 0-2       |
        | 2021-12-31 | 3-5       |
        | 2019-01-01 | 3-5       |
        | 2018-12-31 | 6-9       |
        | 2015-01-01 | 6-9       |
        | 2014-12-31 | 10-14     |
        | 2010-01-01 | 10-14     |
        | 2009-12-31 | 15-17     |
        | 2007-01-01 | 15-17     |
        """
    )
    day = date(2024, 12, 31)
    world = build_world(rows, day, kraf_to=2023, akm=date(2023, 12, 31))
    scored = score_with_ids(world, day, {"sfi5-v1": DEFINITIONS["sfi5-v1"]})
    assert [row["age_band"] for row in scored] == [row["forventet"] for row in rows]
