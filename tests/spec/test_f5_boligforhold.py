"""f5: mors boligforhold. Always the mother's own dwelling at the reference date. In row n the dwelling that
BOL describes has ADRESSE_ID 2000 + n."""

from tests.spec.tables import answers

FACTOR = "f5_boligforhold"


def test_a_rented_dwelling_counts() -> None:
    found, expected = answers(
        """
        | UDLEJNINGFH | i BOL | det er                    | forventet |
        | 1           | ja    | udlejet                   | ja        |
        | 2           | ja    | beboet af ejer            | nej       |
        | 3           | ja    | ikke benyttet             | uoplyst   |
        | 9           | ja    | uoplyst                   | uoplyst   |
        | -           | ja    | ikke udfyldt              | uoplyst   |
        | 1           | nej   | boligen findes ikke i BOL | uoplyst   |
        """,
        FACTOR,
    )
    assert found == expected


def test_it_is_the_mothers_dwelling_and_not_the_childs() -> None:
    found, expected = answers(
        """
        | UDLEJNINGFH | barnets ADRESSE_ID | mors ADRESSE_ID | det er                        | forventet |
        | 1           | 2001               | 2001            | bor sammen                    | ja        |
        | 1           | 5555               | 2002            | barnet bor hos sin far        | ja        |
        | 1           | 2003               | 5555            | mors bolig ikke i BOL         | uoplyst   |
        | 2           | 2004               | 2001            | mor bor i første rækkes bolig | ja        |
        | 1           | 2005               | -               | mor uden adresse              | uoplyst   |
        """,
        FACTOR,
    )
    assert found == expected


def test_without_the_mothers_own_row_on_the_day_it_is_unknown() -> None:
    found, expected = answers(
        """
        | UDLEJNINGFH | MOR_ID | mor i BEF | mor dør i | det er                  | forventet |
        | 1           | 1001   | 2017-2023 | -         | udvandret, gammel bolig | uoplyst   |
        | 1           | 1002   | 2017-2024 | 2024      | død i året              | uoplyst   |
        | 1           | -      | 2017-2024 | -         | ingen mor angivet       | uoplyst   |
        """,
        FACTOR,
    )
    assert found == expected


def test_almen_is_ownership_and_not_tenure() -> None:
    found, expected = answers(
        """
        | UDLEJNINGFH | EJERFORHOLD | i BOL | det er                | forventet |
        | 1           | 10          | ja    | privat udlejning      | nej       |
        | 1           | 20          | ja    | alment boligselskab   | ja        |
        | 2           | 30          | ja    | aktieselskab          | nej       |
        | 1           | -           | ja    | ikke udfyldt          | uoplyst   |
        | 1           | 20          | nej   | ikke i BOL            | uoplyst   |
        """,
        FACTOR,
        definition="sfi5-v1-f5-almen",
    )
    assert found == expected


def test_crowded_is_more_than_one_resident_per_room() -> None:
    """Mother and child live in the dwelling; the dead don't count."""
    found, expected = answers(
        """
        | ANTAL_VAERELSER | andre i boligen | mor dør i | barnets ADRESSE_ID | det er            | forventet |
        | 3               | 0               | -         | 2001               | to i tre værelser | nej       |
        | 2               | 0               | -         | 2002               | to i to værelser  | nej       |
        | 2               | 1               | -         | 2003               | tre i to værelser | ja        |
        | 1               | 0               | -         | 5555               | mor alene i ét    | nej       |
        | 1               | 0               | -         | 2005               | to i ét værelse   | ja        |
        | 0               | 0               | -         | 2006               | nul værelser      | uoplyst   |
        | -               | 0               | -         | 2007               | ikke udfyldt      | uoplyst   |
        | 1               | 0               | 2024      | 2008               | mor død i året    | uoplyst   |
        """,
        FACTOR,
        definition="sfi5-v1-f5-trangt",
    )
    assert found == expected


def test_who_died_in_the_year_no_longer_takes_up_room() -> None:
    found, expected = answers(
        """
        | ANTAL_VAERELSER | andre i boligen | døde i boligen | det er                         | forventet |
        | 3               | 1               | 0              | tre levende i tre værelser     | nej       |
        | 3               | 1               | 1              | og en død                      | nej       |
        | 3               | 2               | 1              | fire levende og en død         | ja        |
        """,
        FACTOR,
        definition="sfi5-v1-f5-trangt",
    )
    assert found == expected
