"""f2: mor er dømt for kriminalitet. The latest KRAF year is 2023, so v is 31 December 2023, and the window
runs from 1 January 2019 to that day."""

from datetime import date

from tests.spec.tables import answers

FACTOR = "f2_doemt"


def test_a_decision_counts_inside_the_window_and_not_a_day_before_or_after() -> None:
    found, expected = answers(
        """
        | AFG_DATO   | det er                                | forventet |
        | 2018-12-31 | præcis fem år før v: udenfor          | nej       |
        | 2019-01-01 | første dag i vinduet                  | ja        |
        | 2019-01-02 | dagen efter                           | ja        |
        | 2023-12-30 | dagen før v                           | ja        |
        | 2023-12-31 | v, den sidste dag KRAF dækker         | ja        |
        | 2024-01-01 | efter KRAFs sidste dag, ikke leveret  | nej       |
        | -          | uden dato: tæller ikke                | nej       |
        """,
        FACTOR,
    )
    assert found == expected


def test_with_kraf_up_to_date_the_window_ends_on_the_reference_date() -> None:
    found, expected = answers(
        """
        | AFG_DATO   | forventet |
        | 2019-12-31 | nej       |
        | 2020-01-01 | ja        |
        | 2024-12-31 | ja        |
        """,
        FACTOR,
        kraf_to=2024,
    )
    assert found == expected


def test_decisions_delivered_after_the_reference_date_do_not_count() -> None:
    found, expected = answers(
        """
        | AFG_DATO   | forventet |
        | 2024-12-31 | ja        |
        | 2025-01-01 | nej       |
        """,
        FACTOR,
        kraf_to=2025,
    )
    assert found == expected


def test_at_a_date_inside_the_year_the_window_begins_and_ends_on_that_day() -> None:
    found, expected = answers(
        """
        | AFG_DATO   | mor i BEF | det er                             | forventet |
        | 2019-06-29 | 2017-2024 | dagen før                          | nej       |
        | 2019-06-30 | 2017-2024 | præcis fem år før: udenfor         | nej       |
        | 2019-07-01 | 2017-2024 | dagen efter                        | ja        |
        | 2024-06-29 | 2017-2024 | dagen før opgørelsesdatoen         | ja        |
        | 2024-06-30 | 2017-2024 | på opgørelsesdatoen                | ja        |
        | 2024-07-01 | 2017-2024 | efter opgørelsesdatoen             | nej       |
        | -          | 2019-2023 | vinduets fem årsskifter            | nej       |
        | -          | 2020-2023 | mangler det første                 | uoplyst   |
        """,
        FACTOR,
        on=date(2024, 6, 30),
        kraf_to=2024,
    )
    assert found == expected


def test_only_convictions_count_not_charges() -> None:
    found, expected = answers(
        """
        | AFG_DATO   | AFG_AFGTYPKO | det er                        | forventet |
        | 2022-06-01 | 1            | ubetinget dom                 | ja        |
        | 2022-06-01 | 6            | delvis betinget dom           | ja        |
        | 2022-06-01 | 7            | udeblivelse                   | nej       |
        | 2022-06-01 | 8            | vedtaget bøde i retten        | nej       |
        | 2022-06-01 | 11           | frifindelse                   | nej       |
        | 2022-06-01 | 21           | bødeforlæg                    | nej       |
        | 2022-06-01 | 22           | tiltalefrafald                | nej       |
        | 2022-06-01 | 69           | påtaleopgivelse               | nej       |
        | 2022-06-01 | 70           | dom uden retsmøde             | ja        |
        | 2022-06-01 | 71           | tiltalefrafald                | nej       |
        | 2022-06-01 | 80           | opholdsforbud                 | nej       |
        | 2022-06-01 | 81           | betinget og samfundstjeneste  | ja        |
        | 2022-06-01 | 85           | ikke på listen                | nej       |
        | 2022-06-01 | 88           | udstået ved varetægt          | ja        |
        | 2022-06-01 | -            | ikke udfyldt                  | nej       |
        """,
        FACTOR,
    )
    assert found == expected


def test_only_the_penal_code_and_the_drugs_and_weapons_acts_count() -> None:
    found, expected = answers(
        """
        | AFG_DATO   | AFG_GER7 | det er                               | forventet |
        | 2022-06-01 | 999999   | seks cifre, ikke straffelov          | nej       |
        | 2022-06-01 | 1000000  | straffelov, laveste kode             | ja        |
        | 2022-06-01 | 1999999  | straffelov, højeste kode             | ja        |
        | 2022-06-01 | 2000000  | færdselslov                          | nej       |
        | 2022-06-01 | 3209999  | lige før euforiserende stoffer       | nej       |
        | 2022-06-01 | 3210000  | euforiserende stoffer, laveste kode  | ja        |
        | 2022-06-01 | 3210999  | euforiserende stoffer, højeste kode  | ja        |
        | 2022-06-01 | 3211000  | lige efter                           | nej       |
        | 2022-06-01 | 3409999  | lige før våbenloven                  | nej       |
        | 2022-06-01 | 3410000  | våbenloven                           | ja        |
        | 2022-06-01 | 3411000  | lige efter                           | nej       |
        | 2022-06-01 | 3410     | kun de fire første cifre leveret     | ja        |
        | 2022-06-01 | 0        | nul                                  | nej       |
        | 2022-06-01 | -        | ikke udfyldt                         | nej       |
        """,
        FACTOR,
    )
    assert found == expected


def test_no_decision_is_a_no_only_for_a_mother_who_was_here_for_the_whole_window() -> None:
    found, expected = answers(
        """
        | AFG_DATO   | MOR_ID | mor i BEF           | mors FOED_DAG | det er                    | forventet |
        | -          | 1001   | 2017-2024           | 1985-05-05    | her hele tiden            | nej       |
        | -          | 1002   | 2018-2023           | 1985-05-05    | vinduets seks årsskifter  | nej       |
        | -          | 1003   | 2019-2024           | 1985-05-05    | kom, efter det begyndte   | uoplyst   |
        | -          | 1004   | 2018-2022,2024      | 1985-05-05    | ikke her, da det sluttede | uoplyst   |
        | -          | 1005   | 2018-2020,2022-2024 | 1985-05-05    | et år i udlandet          | uoplyst   |
        | 2022-06-01 | 1006   | 2024                | 1985-05-05    | dømt, kun set én gang     | ja        |
        | -          | -      | 2017-2024           | 1985-05-05    | ingen mor angivet         | uoplyst   |
        | -          | 77777  | 2017-2024           | 1985-05-05    | mor aldrig i BEF          | uoplyst   |
        | -          | 1009   | 2021-2024           | 2021-03-01    | født i vinduet, her siden | nej       |
        | -          | 1010   | 2022-2024           | 2021-03-01    | mangler i fødselsåret     | uoplyst   |
        """,
        FACTOR,
    )
    assert found == expected


def test_two_years_is_a_shorter_window_for_decisions_and_for_presence() -> None:
    found, expected = answers(
        """
        | AFG_DATO   | mor i BEF | forventet |
        | 2021-12-31 | 2017-2024 | nej       |
        | 2022-01-01 | 2017-2024 | ja        |
        | -          | 2021-2024 | nej       |
        | -          | 2022-2024 | uoplyst   |
        """,
        FACTOR,
        definition="sfi5-v1-f2-2aar",
    )
    assert found == expected


def test_ever_reaches_back_to_the_first_delivered_year() -> None:
    found, expected = answers(
        """
        | AFG_DATO   | mor i BEF | det er                                     | forventet |
        | 2017-01-01 | 2017-2024 | første dag i det første leverede KRAF      | ja        |
        | 2018-12-31 | 2017-2024 | for gammel til fem år                      | ja        |
        | 2016-12-31 | 2017-2024 | før KRAF begynder: findes ikke             | nej       |
        | -          | 2017-2024 | her fra BEF begynder (2017)                | nej       |
        | -          | 2018-2024 | ikke her det første år                     | uoplyst   |
        """,
        FACTOR,
        definition="sfi5-v1-f2-nogensinde",
    )
    assert found == expected
