"""f4: mor har ingen uddannelse eller kun grundskole. HFAUDD is looked up in the format table: here 0001 and
1021 have hovedområde 10, 1095 has 15, 4081 has 30, 5166 has 40, 9999 has 90; 7777 is not in it."""

from tests.spec.tables import answers

FACTOR = "f4_ingen_uddannelse"
TABLE = """
    | HFAUDD | i UDDA | MOR_ID | det er                          | forventet |
    | 0001   | ja     | 1001   | ingen uddannelse                | ja        |
    | 1021   | ja     | 1002   | grundskole                      | ja        |
    | 1095   | ja     | 1003   | hovedområde 15, trods 10 forrest | nej      |
    | 4081   | ja     | 1004   | erhvervsuddannelse              | nej       |
    | 5166   | ja     | 1005   | kort videregående               | nej       |
    | 9999   | ja     | 1006   | hovedområde 90, uoplyst         | {missing} |
    | 7777   | ja     | 1007   | koden står ikke i tabellen      | {missing} |
    | -      | ja     | 1008   | ikke udfyldt                    | {missing} |
    | 0001   | nej    | 1009   | ikke i UDDA                     | {missing} |
    | 0001   | ja     | -      | ingen mor angivet               | uoplyst   |
    """


def test_the_level_comes_from_the_format_table_and_not_from_the_code() -> None:
    found, expected = answers(TABLE.format(missing="uoplyst"), FACTOR)
    assert found == expected


def test_missing_education_can_count_as_yes_but_a_missing_mother_never_does() -> None:
    found, expected = answers(TABLE.format(missing="ja"), FACTOR, definition="sfi5-v1-f4-mangler-ja")
    assert found == expected


def test_it_is_the_mothers_education_and_not_the_fathers() -> None:
    """In row n the mother has id 1000 + n; here each one's father of the child is another row's mother."""
    found, expected = answers(
        """
        | HFAUDD | FAR_ID | det er                                    | forventet |
        | 0001   | 1002   | mor uden uddannelse, far faglært          | ja        |
        | 4081   | 1001   | mor faglært, far uden uddannelse          | nej       |
        | 9999   | 1001   | mor uoplyst, far uden uddannelse          | uoplyst   |
        """,
        FACTOR,
    )
    assert found == expected
