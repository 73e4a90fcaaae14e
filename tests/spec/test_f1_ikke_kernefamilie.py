"""f1: mor bor ikke i kernefamilie. What a case worker can check against the registers, row by row."""

from datetime import date

from tests.spec.tables import answers

FACTOR = "f1_ikke_kernefamilie"


def test_a_child_that_does_not_live_with_both_parents_counts() -> None:
    found, expected = answers(
        """
        | FM_MARK | det er                      | forventet |
        | 1       | begge forældre              | nej       |
        | 2       | mor og hendes nye partner   | ja        |
        | 3       | enlig mor                   | ja        |
        | 4       | far og hans nye partner     | ja        |
        | 5       | enlig far                   | ja        |
        | 6       | ikke hos forældre, anbragt  | ja        |
        | -       | ikke udfyldt                | uoplyst   |
        """,
        FACTOR,
    )
    assert found == expected


def test_without_a_usable_mother_the_factor_is_unknown() -> None:
    found, expected = answers(
        """
        | FM_MARK | MOR_ID | mor i BEF | mor dør i | det er                             | forventet |
        | 3       | -      | 2024      | -         | ingen mor angivet                  | uoplyst   |
        | 3       | 77777  | 2024      | -         | mor aldrig i BEF                   | uoplyst   |
        | 3       | 1003   | 2017-2024 | 2024      | mor død i året                     | uoplyst   |
        | 1       | 1004   | 2017-2024 | 2024      | også når barnet står hos begge     | uoplyst   |
        | 3       | 1005   | 2017-2022 | 2022      | mor død for to år siden            | uoplyst   |
        | 3       | 1006   | 2017-2022 | -         | mor udvandret, sidst set i live    | ja        |
        | 1       | 1007   | 2017      | -         | mor kun set i det ældste BEF       | nej       |
        | 3       | 1008   | 2017-2024 | 2022      | rettet: død i 2022, levende i 2024 | ja        |
        | -       | 1009   | 2017-2024 | -         | FM_MARK ikke udfyldt               | uoplyst   |
        """,
        FACTOR,
    )
    assert found == expected


def test_from_the_mothers_side_her_own_family_type_decides() -> None:
    found, expected = answers(
        """
        | FM_MARK | mors FAMILIE_TYPE | mor i BEF | mor dør i | det er                          | forventet |
        | 1       | 9                 | 2017-2024 | -         | enlig                           | ja        |
        | 6       | 7                 | 2017-2024 | -         | gift; barnet anbragt            | nej       |
        | 3       | 8                 | 2017-2024 | -         | gift, samme køn                 | nej       |
        | 3       | 2                 | 2017-2024 | -         | registreret partnerskab         | nej       |
        | 3       | 3                 | 2017-2024 | -         | samlevende                      | nej       |
        | 3       | 4                 | 2017-2024 | -         | samboende                       | nej       |
        | 3       | 10                | 2017-2024 | -         | selv ikke-hjemmeboende barn     | nej       |
        | 3       | 5                 | 2017-2024 | -         | kode, der udgik i 2015          | uoplyst   |
        | 3       | 1                 | 2017-2024 | -         | kode, der udgik i 2015          | uoplyst   |
        | 3       | 6                 | 2017-2024 | -         | kode, der ikke findes           | uoplyst   |
        | 3       | -                 | 2017-2024 | -         | ikke udfyldt                    | uoplyst   |
        | 3       | 9                 | 2017-2023 | -         | mor ikke i BEF på dagen         | uoplyst   |
        | 3       | 9                 | 2017-2024 | 2024      | mor død i året                  | uoplyst   |
        """,
        FACTOR,
        definition="sfi5-v1-f1-mor",
    )
    assert found == expected


def test_the_codes_for_single_and_couple_change_on_31_december_2015() -> None:
    table = """
        | mors FAMILIE_TYPE | forventet |
        | 5                 | {}        |
        | 9                 | {}        |
        | 1                 | {}        |
        | 7                 | {}        |
        | 3                 | nej       |
        """
    for day, expected_codes in (
        (date(2015, 9, 30), ("ja", "uoplyst", "nej", "uoplyst")),
        (date(2015, 12, 31), ("uoplyst", "ja", "uoplyst", "nej")),
        (date(2016, 12, 31), ("uoplyst", "ja", "uoplyst", "nej")),
    ):
        found, expected = answers(
            table.format(*expected_codes),
            FACTOR,
            definition="sfi5-v1-f1-mor",
            on=day,
            kraf_to=2015,
            akm=date(2014, 12, 31),
        )
        assert found == expected
