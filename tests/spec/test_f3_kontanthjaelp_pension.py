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


WEEKS, ANY_WEEK = "sfi5-v1-f3-dream26", "sfi5-v1-f3-dream-enhver"


def test_half_a_year_of_weeks_counts_and_a_week_less_does_not() -> None:
    found, expected = answers(
        """
        | DREAM             | til uge | det er                              | forventet |
        | 130 x 25          | y_2452  | en uge for lidt                     | nej       |
        | 130 x 26          | y_2452  | netop et halvt år                   | ja        |
        | 130 x 27          | y_2452  | en uge mere                         | ja        |
        | 130 x 52          | y_2452  | hele året                           | ja        |
        | 130 x 13, - x 20, 781 x 13 | y_2452 | ugerne må være spredt, koderne blandet | ja |
        | 130 x 26          | y_2426  | årets første halve                  | ja        |
        | 130 x 26          | y_2425  | den første af ugerne er i 2023      | nej       |
        | 130 x 52          | y_2352  | hele året før                       | nej       |
        """,
        FACTOR,
        definition=WEEKS,
    )
    assert found == expected


def test_the_codes_of_cash_benefit_and_pension_count_and_their_neighbours_do_not() -> None:
    found, expected = answers(
        """
        | DREAM    | til uge | det er                        | forventet |
        | 129 x 52 | y_2452  | før kontanthjælp              | nej       |
        | 130 x 52 | y_2452  | kontanthjælp, første kode     | ja        |
        | 138 x 52 | y_2452  | kontanthjælp, sidste kode     | ja        |
        | 139 x 52 | y_2452  | efter kontanthjælp            | nej       |
        | 140 x 52 | y_2452  | uddannelseshjælp, første kode | ja        |
        | 148 x 52 | y_2452  | uddannelseshjælp, sidste kode | ja        |
        | 149 x 52 | y_2452  | efter uddannelseshjælp        | nej       |
        | 729 x 52 | y_2452  | før aktivitetsparat           | nej       |
        | 730 x 52 | y_2452  | aktivitetsparat, første kode  | ja        |
        | 738 x 52 | y_2452  | aktivitetsparat, sidste kode  | ja        |
        | 739 x 52 | y_2452  | efter aktivitetsparat         | nej       |
        | 780 x 52 | y_2452  | før førtidspension            | nej       |
        | 781 x 52 | y_2452  | førtidspension                | ja        |
        | 782 x 52 | y_2452  | mellem de to koder            | nej       |
        | 783 x 52 | y_2452  | førtidspension                | ja        |
        | 809 x 52 | y_2452  | før ressourceforløb           | nej       |
        | 810 x 52 | y_2452  | ressourceforløb, første kode  | ja        |
        | 818 x 52 | y_2452  | ressourceforløb, sidste kode  | ja        |
        | 819 x 52 | y_2452  | efter ressourceforløb         | nej       |
        | 998 x 52 | y_2452  | folkepension                  | ja        |
        | 111 x 52 | y_2452  | dagpenge                      | nej       |
        | 890 x 52 | y_2452  | sygedagpenge                  | nej       |
        """,
        FACTOR,
        definition=WEEKS,
    )
    assert found == expected


def test_weeks_abroad_or_not_seen_are_unknown_where_they_decide() -> None:
    found, expected = answers(
        """
        | DREAM              | i DREAM | mor i BEF       | det er                                | forventet |
        | -                  | nej     | 2017-2024       | aldrig fået en ydelse, altid her      | nej       |
        | - x 52             | ja      | 2017-2024       | ingen ydelse i året                   | nej       |
        | 997 x 25           | ja      | 2017-2024       | ude i 25 uger: de kan ikke gøre det   | nej       |
        | 997 x 26           | ja      | 2017-2024       | ude i 26 uger: de kan gøre det        | uoplyst   |
        | 997 x 10, 130 x 15 | ja      | 2017-2024       | 15 uger, og 10, der ikke kendes       | nej       |
        | 997 x 11, 130 x 15 | ja      | 2017-2024       | 15 uger, og 11, der ikke kendes       | uoplyst   |
        | 997 x 20, 130 x 26 | ja      | 2017-2024       | de kendte uger er nok                 | ja        |
        | 999 x 26           | ja      | 2017-2024       | død i 26 uger                         | uoplyst   |
        | -                  | nej     | 2024            | kommet i året: tomme uger siger intet | uoplyst   |
        | 130 x 26           | ja      | 2024            | kommet i året, men 26 uger kendes     | ja        |
        | 111 x 27           | ja      | 2024            | kommet i året, 27 uger på dagpenge    | nej       |
        | 111 x 26           | ja      | 2024            | kommet i året, 26 uger kendes ikke    | uoplyst   |
        | -                  | nej     | 2017-2023       | rejst i året                          | uoplyst   |
        """,
        FACTOR,
        definition=WEEKS,
    )
    assert found == expected


def test_any_week_is_one_and_a_week_that_is_not_known_makes_it_unknown() -> None:
    found, expected = answers(
        """
        | DREAM    | til uge | det er                         | forventet |
        | - x 52   | y_2452  | ingen                          | nej       |
        | 130      | y_2401  | én, årets første               | ja        |
        | 130      | y_2352  | én, men før året               | nej       |
        | 111 x 52 | y_2452  | en anden ydelse hele året      | nej       |
        | 997      | y_2430  | én uge ude                     | uoplyst   |
        | 997, 130 | y_2430  | én uge ude, én på kontanthjælp | ja        |
        """,
        FACTOR,
        definition=ANY_WEEK,
    )
    assert found == expected


def test_a_blank_mother_is_unknown_in_dream_too() -> None:
    found, expected = answers(
        """
        | MOR_ID | DREAM    | forventet |
        | -      | 130 x 52 | uoplyst   |
        """,
        FACTOR,
        definition=WEEKS,
    )
    assert found == expected


def test_the_window_is_the_52_weeks_that_have_ended_also_where_years_have_53() -> None:
    """The first and the last week of each window, and their neighbours, read off a calendar."""
    table = """
        | DREAM | til uge | forventet |
        | 130   | {}      | nej       |
        | 130   | {}      | ja        |
        | 130   | {}      | ja        |
        | 130   | {}      | nej       |
        """
    for on, weeks in (
        # 2020 has 53 weeks; week 53 ends on 3 January 2021, so at 31 December 2020 it is not over.
        (date(2020, 12, 31), ("y_1952", "y_2001", "y_2052", "y_2053")),
        (date(2021, 12, 31), ("y_2052", "y_2053", "y_2151", "y_2152")),
        (date(2022, 12, 31), ("y_2151", "y_2152", "y_2251", "y_2252")),
        # 31 December 2023 is a Sunday: week 52 is over.
        (date(2023, 12, 31), ("y_2252", "y_2301", "y_2352", "y_2252")),
        (date(2020, 6, 30), ("y_1926", "y_1927", "y_2026", "y_2027")),
    ):
        found, expected = answers(
            table.format(*weeks),
            FACTOR,
            definition=ANY_WEEK,
            on=on,
            kraf_to=on.year - 1,
            akm=date(on.year - 1, 12, 31),
        )
        assert found == expected, on


def test_benefits_count_from_the_week_in_which_they_were_introduced() -> None:
    """Uddannelseshjælp from 1 January 2014, ressourceforløb from 1 January 2013; by the week's Monday."""
    for on, code, last, answer in (
        (date(2014, 12, 31), 140, "y_1401", "nej"),  # Monday 30 December 2013
        (date(2014, 12, 31), 140, "y_1402", "ja"),
        (date(2013, 12, 31), 810, "y_1301", "nej"),  # Monday 31 December 2012
        (date(2013, 12, 31), 810, "y_1302", "ja"),
        (date(2013, 12, 31), 130, "y_1301", "ja"),
    ):
        found, expected = answers(
            f"""
            | DREAM  | til uge | forventet |
            | {code} | {last}  | {answer}  |
            """,
            FACTOR,
            definition=ANY_WEEK,
            on=on,
            kraf_to=on.year,
            akm=on,
        )
        assert found == expected, (on, code)
