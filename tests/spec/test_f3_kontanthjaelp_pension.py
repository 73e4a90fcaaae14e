"""f3: mor er på kontanthjælp eller pension: the main status of the newest AKM year up to the reference
date."""

from datetime import date

from tests.spec.tables import answers

FACTOR = "f3_kontanthjaelp_pension"


def test_cash_benefit_and_pensions_count_and_their_neighbours_do_not() -> None:
    found, expected = answers(
        """
        | SOCIO13 | i AKM | det er                 | forventet |
        | 310     | ja    | under uddannelse       | nej       |
        | 321     | ja    | førtidspension         | ja        |
        | 322     | ja    | folkepension           | ja        |
        | 323     | ja    | efterløn               | nej       |
        | 330     | ja    | kontanthjælp           | ja        |
        | 210     | ja    | arbejdsløs             | nej       |
        | 220     | ja    | sygedagpenge, orlov    | nej       |
        | 410     | ja    | andre                  | nej       |
        | 131     | ja    | lønmodtager            | nej       |
        | -       | ja    | ikke udfyldt           | uoplyst   |
        | 330     | nej   | ikke i årets AKM       | uoplyst   |
        """,
        FACTOR,
    )
    assert found == expected


def test_a_blank_mother_is_unknown() -> None:
    found, expected = answers(
        """
        | MOR_ID | SOCIO13 | forventet |
        | -      | 330     | uoplyst   |
        """,
        FACTOR,
    )
    assert found == expected


def test_the_successors_add_220_from_the_akm_of_2013_on() -> None:
    table = """
        | SOCIO13 | forventet |
        | 220     | {}        |
        | 330     | ja        |
        | 210     | nej       |
        | -       | uoplyst   |
        """
    for akm, answer in ((date(2012, 12, 31), "nej"), (date(2013, 12, 31), "ja")):
        found, expected = answers(
            table.format(answer),
            FACTOR,
            definition="sfi5-v1-f3-efterfoelgere",
            on=date(2013, 12, 31),
            kraf_to=2013,
            akm=akm,
        )
        assert found == expected
