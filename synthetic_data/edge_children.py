"""Edge children and non-cases: the name spells the branch a child takes, expectations are written by hand.

Belongs here: the cases, and the delivery that sets them among simulated people.
Does not belong here: how a setting becomes register rows (`edge_setup.py`), what the pipeline makes of them.

In every family all five factors are "no" except where the case says otherwise, so a wrong answer shows alone.
KRAF and AKM end in 2023: at 31 December 2024 the conviction window is 1 January 2019 - 31 December 2023.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from schemas.release import FACTORS
from synthetic_data.deliveries import write_delivery
from synthetic_data.edge_setup import NO_ROW, Decision, Row, Setting, as_frame, person_id, tell_rows
from synthetic_data.incomes import weeks_of
from synthetic_data.registers import RegisterYear
from synthetic_data.scope import Scope, year_end
from synthetic_data.world import World

SAERLIG, IKKE, UAFKLARET = "særlig", "ikke", "uafklaret"
REFERENCE_YEARS = (2014, 2015, 2024)
REFERENCE_DATES = tuple(year_end(year) for year in REFERENCE_YEARS)
DEFAULT = "sfi5-v1"
Answer = bool | None


@dataclass(frozen=True)
class EdgeCase:
    """What must come out for one child: per factor true, false or None (unknown); empty if not counted."""

    name: str
    why: str
    pnr: int
    reference_date: date
    definition: str
    expected: dict[str, Answer]
    expected_state: str | None
    expected_counted: bool


CASES: list[EdgeCase] = []
_SETTINGS: dict[str, Setting] = {}


def write_edge_delivery(folder: Path, *, simulated_persons: int = 2_000, seed: int = 1) -> None:
    """A hive Parquet delivery with every edge family among simulated people; EnvironmentUnfit as `generate`.

    Reference dates: REFERENCE_DATES. Every case is asserted at its own date, under its own definition.
    """
    scope = Scope(simulated_persons, seed, REFERENCE_YEARS)
    world = World(scope)
    rows: dict[tuple[str, int], list[Row]] = {}
    for name, setting in _SETTINGS.items():
        for key, found in tell_rows(name, setting, scope).items():
            rows.setdefault(key, []).extend(found)

    told: set[tuple[str, int]] = set()

    def parts() -> Iterator[RegisterYear]:
        for part in world.tell():
            edge = rows.get((part.register, part.year or 0), [])
            frame = pl.concat([part.frame, as_frame(edge, part.frame)]).sort(part.frame.columns[0])
            told.add((part.register, part.year or 0))
            yield replace(part, frame=frame) if edge else part
        for (register, year), edge in rows.items():
            # Registers that the simulated people have no rows in.
            if (register, year) not in told:
                yield RegisterYear(register, year, pl.DataFrame(edge).sort("PNR"))

    write_delivery(folder, parts(), "parquet")


def _case(
    name: str,
    why: str,
    state: str | None,
    setting: Setting = Setting(),  # noqa: B008  # frozen
    *,
    f1: Answer = False,
    f2: Answer = False,
    f3: Answer = False,
    f4: Answer = False,
    f5: Answer = False,
    on: int = 2024,
    definition: str = DEFAULT,
) -> None:
    answers = (f1, f2, f3, f4, f5)
    counted = state is not None
    expected: dict[str, Answer] = dict(zip(FACTORS, answers, strict=True)) if counted else {}
    CASES.append(EdgeCase(name, why, person_id(name), year_end(on), definition, expected, state, counted))
    _SETTINGS[name] = setting


def _on(*day: int, **more: int | None) -> Setting:
    """A family whose mother has one decision, on the given day."""
    return Setting(decisions=(Decision(date(*day), **more),))  # pyright: ignore[reportArgumentType]


def _list_f1() -> None:
    mother_side = f"{DEFAULT}-f1-mor"
    _case("f1_lives_with_both_parents_counts_not", "FM_MARK 1 is the nuclear family.", IKKE)
    _case(
        "f1_mother_and_new_partner_counts",
        "FM_MARK 2 is not both parents.",
        IKKE,
        Setting(fm_mark=2),
        f1=True,
    )
    _case("f1_single_mother_counts", "FM_MARK 3.", IKKE, Setting(fm_mark=3), f1=True)
    with_father = Setting(fm_mark=4, child_elsewhere=True)
    _case(
        "f1_father_and_new_partner_counts", "FM_MARK 4; the mother lives alone.", IKKE, with_father, f1=True
    )
    with_father = Setting(fm_mark=5, child_elsewhere=True)
    _case("f1_single_father_counts", "FM_MARK 5; the mother lives alone.", IKKE, with_father, f1=True)
    placed = Setting(fm_mark=6, child_elsewhere=True)
    _case(
        "f1_placed_child_counts",
        "FM_MARK 6 is yes, though the mother lives with the father.",
        IKKE,
        placed,
        f1=True,
    )
    _case("f1_fm_mark_blank_is_unknown", "Unknown is not no.", IKKE, Setting(fm_mark=None), f1=None)
    _case(
        "f1_mother_blank_is_unknown",
        "Without MOR_ID nothing is known about the mother, FM_MARK or not.",
        UAFKLARET,
        Setting(mother_blank=True, fm_mark=5),
        f1=None, f2=None, f3=None, f4=None, f5=None,
    )  # fmt: skip
    _case(
        "f1_mother_dead_in_the_reference_year_is_unknown",
        "She is in the snapshot with CIVST D: no usable mother, but her window and AKM are known.",
        UAFKLARET,
        Setting(mother_dies=2024, fm_mark=5),
        f1=None, f4=None, f5=None,
    )  # fmt: skip
    _case(
        "f1_mother_dead_for_years_is_unknown",
        "Her last row, of 2020, says D.",
        UAFKLARET,
        Setting(mother_dies=2020, fm_mark=5),
        f1=None, f2=None, f3=None, f4=None, f5=None,
    )  # fmt: skip
    _case(
        "f1_mother_abroad_is_unknown",
        "MOR_ID is filled in, but she was never in BEF.",
        UAFKLARET,
        Setting(mother_years=(), fm_mark=5),
        f1=None, f2=None, f3=None, f4=None, f5=None,
    )  # fmt: skip
    _case(
        "f1_mother_in_earlier_years_only_counts",
        "Alive when last seen, in 2019: usable for f1, unknown for the rest.",
        UAFKLARET,
        Setting(mother_years=range(2009, 2020), fm_mark=5),
        f1=True, f2=None, f3=None, f4=None, f5=None,
    )  # fmt: skip
    _case(
        "f1_mother_first_seen_after_the_date_is_unknown",
        "A later BEF knows her; at the date nobody did.",
        UAFKLARET,
        Setting(mother_years=range(2015, 2025), fm_mark=5),
        f1=None, f2=None, f3=None, f4=None, f5=None, on=2014,
    )  # fmt: skip
    for code, on, answer, branch, why in (
        (5, 2014, True, "code_5_before_the_switch_counts", "5 was single until December 2015."),
        (5, 2015, None, "code_5_on_the_switch_is_unknown", "On 31 December 2015 there is no code 5."),
        (9, 2014, None, "code_9_before_the_switch_is_unknown", "9 was not there yet."),
        (9, 2015, True, "code_9_on_the_switch_counts", "9 is single from 31 December 2015."),
        (1, 2014, False, "code_1_before_the_switch_counts_not", "1 was a married couple."),
        (1, 2015, None, "code_1_on_the_switch_is_unknown", "7 and 8 took the place of 1."),
        (7, 2015, False, "code_7_on_the_switch_counts_not", "7 is a married couple from 31 December 2015."),
        (3, 2015, False, "code_3_on_the_switch_counts_not", "Couples with a joint child kept their code."),
    ):
        setting = Setting(family_type=code)
        _case(f"f1_mother_side_{branch}", why, IKKE, setting, f1=answer, on=on, definition=mother_side)
    expired = Setting(family_type=5)
    _case(
        "f1_child_side_ignores_the_mothers_code",
        "An expired FAMILIE_TYPE is f1-mor's matter.",
        IKKE,
        expired,
        on=2015,
    )
    _case(
        "f1_mother_side_placed_child_of_a_couple_counts_not",
        "The mother lives with the father: the two sides differ for placed children.",
        IKKE,
        placed,
        definition=mother_side,
    )
    single = Setting(family_type=9)
    _case(
        "f1_mother_side_fm_mark_plays_no_part",
        "Her own code decides.",
        IKKE,
        single,
        f1=True,
        definition=mother_side,
    )
    _case(
        "f1_mother_side_dead_is_unknown",
        "A dead mother's FAMILIE_TYPE says nothing.",
        UAFKLARET,
        Setting(mother_dies=2024, fm_mark=5),
        f1=None, f4=None, f5=None, definition=mother_side,
    )  # fmt: skip


def _list_f2() -> None:
    for branch, why, setting, answer, on in (
        (
            "decision_a_day_more_than_five_years_before_counts_not",
            "30-12-2018.",
            _on(2018, 12, 30),
            False,
            2024,
        ),
        (
            "decision_exactly_five_years_before_counts_not",
            "The window is open below.",
            _on(2018, 12, 31),
            False,
            2024,
        ),
        ("decision_a_day_less_than_five_years_before_counts", "01-01-2019.", _on(2019, 1, 1), True, 2024),
        ("decision_on_krafs_last_day_counts", "The window is closed above.", _on(2023, 12, 31), True, 2024),
        (
            "decision_after_krafs_last_day_counts_not",
            "Delivered in the file of 2023, but outside what KRAF covers.",
            _on(2024, 1, 1, delivered=2023),
            False,
            2024,
        ),
        ("decision_on_the_reference_date_counts", "31-12-2014.", _on(2014, 12, 31), True, 2014),
        ("decision_the_day_after_the_reference_date_counts_not", "01-01-2015.", _on(2015, 1, 1), False, 2014),
        ("window_follows_the_reference_date_open_below", "31-12-2009.", _on(2009, 12, 31), False, 2014),
        ("window_follows_the_reference_date_first_day", "01-01-2010.", _on(2010, 1, 1), True, 2014),
        ("decision_on_29_february_counts", "A day like any other.", _on(2020, 2, 29), True, 2024),
        ("acquittal_only_counts_not", "11 is frifindelse.", _on(2021, 5, 4, kind=11), False, 2024),
        ("fine_notice_counts_not", "21 is bødeforlæg.", _on(2021, 5, 4, kind=21), False, 2024),
        ("judgment_in_absence_counts_not", "7 is udeblivelse.", _on(2021, 5, 4, kind=7), False, 2024),
        ("type_between_the_listed_counts_not", "85 is not listed.", _on(2021, 5, 4, kind=85), False, 2024),
        ("type_70_counts", "70 is listed, among withdrawn charges.", _on(2021, 5, 4, kind=70), True, 2024),
        ("type_88_counts", "The last of the list.", _on(2021, 5, 4, kind=88), True, 2024),
        ("traffic_law_counts_not", "First digit 2.", _on(2021, 5, 4, law=2610100), False, 2024),
        ("other_special_law_counts_not", "First digit 3.", _on(2021, 5, 4, law=3510100), False, 2024),
        ("special_law_3310_counts_not", "Between 3210 and 3410.", _on(2021, 5, 4, law=3310100), False, 2024),
        ("drugs_act_counts", "3210.", _on(2021, 5, 4, law=3210100), True, 2024),
        ("weapons_act_counts", "3410.", _on(2021, 5, 4, law=3410100), True, 2024),
        ("type_blank_counts_not", "A blank is no conviction.", _on(2021, 5, 4, kind=None), False, 2024),
        ("law_blank_counts_not", "A blank is no law.", _on(2021, 5, 4, law=None), False, 2024),
        (
            "date_blank_counts_not",
            "A blank day is in no window.",
            Setting(decisions=(Decision(None, delivered=2021),)),
            False,
            2024,
        ),
    ):
        _case(f"f2_{branch}", why, IKKE, setting, f2=answer, on=on)
    dropped = tuple(Decision(date(2020, 3, 1), kind=kind) for kind in (22, 39, 62, 69, 71, 79))
    _case(
        "f2_withdrawn_charges_count_not", "Tiltalefrafald, six kinds of it.", IKKE, Setting(decisions=dropped)
    )
    both = (Decision(date(2020, 3, 1), kind=11), Decision(date(2021, 3, 1), kind=3))
    _case("f2_acquittal_beside_a_conviction_counts", "One is enough.", IKKE, Setting(decisions=both), f2=True)
    several = tuple(Decision(date(year, 3, 1)) for year in (2019, 2020, 2021, 2022, 2023))
    _case(
        "f2_five_convictions_are_one_factor",
        "Counted once a child.",
        IKKE,
        Setting(decisions=several),
        f2=True,
    )
    for branch, why, years, answer in (
        (
            "mother_there_just_in_time_is_no",
            "In BEF from the window's first year-end.",
            range(2018, 2025),
            False,
        ),
        ("mother_a_year_end_too_late_is_unknown", "Not in BEF at the end of 2018.", range(2019, 2025), None),
        (
            "mother_away_at_one_year_end_is_unknown",
            "Abroad at the end of 2021.",
            {*range(2009, 2025)} - {2021},
            None,
        ),
    ):
        _case(f"f2_{branch}", why, IKKE, Setting(mother_years=tuple(years)), f2=answer)
    _case(
        "f2_mother_gone_after_krafs_last_day_is_no",
        "The window ends with KRAF; at the date she has no row in BEF or UDDA.",
        UAFKLARET,
        Setting(mother_years=range(2009, 2024), fm_mark=5),
        f1=True, f4=None, f5=None,
    )  # fmt: skip
    newcomer = Setting(mother_years=range(2022, 2025), decisions=(Decision(date(2023, 3, 1)),))
    _case(
        "f2_newcomer_with_a_conviction_counts",
        "A row is yes, however short her stay.",
        IKKE,
        newcomer,
        f2=True,
    )
    _case(
        "f2_mother_abroad_with_a_conviction_counts",
        "KRAF knows her though BEF does not.",
        UAFKLARET,
        Setting(mother_years=(), fm_mark=5, decisions=(Decision(date(2023, 3, 1)),)),
        f1=None, f2=True, f3=None, f4=None, f5=None,
    )  # fmt: skip
    _case(
        "f2_mother_died_convicted_counts",
        "What was decided in the window stays decided.",
        UAFKLARET,
        Setting(mother_dies=2024, fm_mark=5, decisions=(Decision(date(2022, 3, 1)),)),
        f1=None, f2=True, f4=None, f5=None,
    )  # fmt: skip
    two, ever = f"{DEFAULT}-f2-2aar", f"{DEFAULT}-f2-nogensinde"
    _case("f2_two_years_open_below", "31-12-2021.", IKKE, _on(2021, 12, 31), definition=two)
    _case("f2_two_years_first_day", "01-01-2022.", IKKE, _on(2022, 1, 1), f2=True, definition=two)
    since_2021 = Setting(mother_years=range(2021, 2025))
    _case(
        "f2_two_years_need_three_year_ends", "In BEF since the end of 2021.", IKKE, since_2021, definition=two
    )
    late = Setting(mother_years=range(2022, 2025))
    _case(
        "f2_two_years_late_by_one_is_unknown",
        "Not in BEF at the end of 2021.",
        IKKE,
        late,
        f2=None,
        definition=two,
    )
    _case(
        "f2_ever_on_the_first_day_of_the_data",
        "KRAF begins in 2009.",
        IKKE,
        _on(2009, 1, 1),
        f2=True,
        definition=ever,
    )
    _case("f2_ever_without_a_decision", "In every BEF there is.", IKKE, definition=ever)
    since_2010 = Setting(mother_years=range(2010, 2025))
    _case(
        "f2_ever_late_by_one_is_unknown", "Not in the first BEF.", IKKE, since_2010, f2=None, definition=ever
    )


def _list_f3() -> None:
    for code, answer, text in (
        (330, True, "kontanthjælp"),
        (321, True, "førtidspension"),
        (322, True, "folkepension"),
        (323, False, "efterløn, next to folkepension"),
        (320, None, "no code of SOCIO13: blanked when typed"),
        (310, False, "in education"),
        (210, False, "unemployed"),
        (410, False, "others, not unemployed"),
        (420, False, "a child's code"),
    ):
        branch = {True: "counts", False: "counts_not", None: "is_unknown"}[answer]
        _case(f"f3_socio13_{code}_{branch}", f"{code} is {text}.", IKKE, Setting(work=code), f3=answer)
    _case("f3_socio13_blank_is_unknown", "A row without a code.", IKKE, Setting(work=None), f3=None)
    _case("f3_not_in_akm_is_unknown", "Unknown is not no.", IKKE, Setting(work=NO_ROW), f3=None)
    on_benefit = Setting(work_in={2023: 330})
    _case("f3_latest_akm_a_year_behind_counts", "2023 is the latest.", IKKE, on_benefit, f3=True)
    _case("f3_benefit_only_in_earlier_akm_counts_not", "2022 is passed.", IKKE, Setting(work_in={2022: 330}))
    missing = Setting(work_in={2022: 330, 2023: NO_ROW})
    _case("f3_missing_in_latest_akm_is_unknown", "2022 doesn't stand in for 2023.", IKKE, missing, f3=None)
    then = Setting(work_in={2014: 330})
    _case("f3_akm_of_the_reference_year_counts", "There by now.", IKKE, then, f3=True, on=2014)
    _case("f3_akm_after_the_reference_date_counts_not", "2015.", IKKE, Setting(work_in={2015: 330}), on=2014)
    _case("f3_socio13_220_counts_not", "Sickness benefit and the like.", IKKE, Setting(work=220))
    successors = f"{DEFAULT}-f3-efterfoelgere"
    setting = Setting(work=220)
    _case("f3_successors_220_counts", "The upper reading.", IKKE, setting, f3=True, definition=successors)
    _case("f3_successors_210_counts_not", "Not a successor.", IKKE, Setting(work=210), definition=successors)


def _list_f3_weeks() -> None:
    half, any_week = f"{DEFAULT}-f3-dream26", f"{DEFAULT}-f3-dream-enhver"

    def on(code: int, weeks: range, year: int = 2024) -> dict[str, int]:
        return dict.fromkeys(weeks_of(year)[weeks.start - 1 : weeks.stop - 1], code)

    # 31 December 2024 is a Tuesday: weeks 1-52 of 2024 have ended, and are the 52.
    for branch, why, weeks, answer in (
        ("25_weeks_counts_not", "A week short.", on(130, range(1, 26)), False),
        ("26_weeks_counts", "Half of the year.", on(130, range(1, 27)), True),
        ("27_weeks_counts", "More than half.", on(130, range(26, 53)), True),
        ("weeks_before_the_window_count_not", "All of 2023.", on(781, range(1, 53), 2023), False),
        (
            "weeks_of_two_benefits_counts",
            "They add up.",
            on(738, range(1, 14)) | on(781, range(40, 53)),
            True,
        ),
        ("weeks_of_another_benefit_counts_not", "Unemployment benefit.", on(111, range(1, 53)), False),
        ("weeks_all_blank_counts_not", "In DREAM from before, nothing this year.", {}, False),
        ("25_weeks_abroad_counts_not", "Too few to decide.", on(997, range(1, 26)), False),
        ("26_weeks_abroad_is_unknown", "They could be the 26.", on(997, range(1, 27)), None),
        (
            "15_weeks_and_11_abroad_is_unknown",
            "Together they could be the 26.",
            on(130, range(1, 16)) | on(997, range(16, 27)),
            None,
        ),
    ):
        _case(f"f3_dream_{branch}", why, IKKE, Setting(weeks=weeks), f3=answer, definition=half)
    _case("f3_dream_no_row_counts_not", "Never a benefit, and always here.", IKKE, definition=half)
    came = Setting(mother_years=range(2024, 2025))
    _case(
        "f3_dream_no_row_of_a_newcomer_is_unknown",
        "She was not here for all of the 52 weeks, nor for f2's years.",
        IKKE,
        came,
        f2=None, f3=None, definition=half,
    )  # fmt: skip
    _case(
        "f3_any_week_counts",
        "One is enough.",
        IKKE,
        Setting(weeks=on(130, range(1, 2))),
        f3=True,
        definition=any_week,
    )
    # 2015 has 53 weeks, and week 53 ends on 3 January 2016.
    for branch, why, weeks, answer in (
        ("week_52_of_2015_counts", "It ended on 27 December.", on(130, range(52, 53), 2015), True),
        ("week_53_of_2015_counts_not", "It is not over.", on(130, range(53, 54), 2015), False),
        ("week_52_of_2014_counts_not", "Week 1 of 2015 is the first.", on(130, range(52, 53), 2014), False),
    ):
        _case(f"f3_any_{branch}", why, IKKE, Setting(weeks=weeks), f3=answer, on=2015, definition=any_week)


def _list_f4() -> None:
    for code, answer, text in (
        ("0001", True, "ingen uddannelse, hovedområde 10"),
        ("1010", True, "10. klasse, hovedområde 10"),
        ("1006", True, "6. klasse, hovedområde 10"),
        ("9999", None, "igang, hovedområde 90"),
        ("1095", None, "uoplyst though it begins with 10, hovedområde 90"),
        ("0000", None, "afbrudt, hovedområde 90"),
        ("0009", None, "in no format table"),
        ("1353", False, "forberedende, hovedområde 15"),
        ("1042", False, "gymnasial though it begins with 10, hovedområde 20"),
        ("9811", False, "AMU though it begins with 98, hovedområde 39"),
        ("5166", False, "sygeplejerske, hovedområde 50"),
    ):
        branch = {True: "counts", False: "counts_not", None: "is_unknown"}[answer]
        _case(f"f4_hfaudd_{code}_{branch}", f"{code} is {text}.", IKKE, Setting(education=code), f4=answer)
    _case("f4_not_in_udda_is_unknown", "Often from abroad.", IKKE, Setting(education=NO_ROW), f4=None)
    _case("f4_hfaudd_blank_is_unknown", "A row without a code.", IKKE, Setting(education=None), f4=None)
    as_yes = f"{DEFAULT}-f4-mangler-ja"
    missing = Setting(education=NO_ROW)
    _case(
        "f4_missing_as_yes_not_in_udda_counts",
        "The variant's point.",
        IKKE,
        missing,
        f4=True,
        definition=as_yes,
    )
    unknown = Setting(education="9999")
    _case("f4_missing_as_yes_9999_counts", "90 is missing too.", IKKE, unknown, f4=True, definition=as_yes)
    _case("f4_missing_as_yes_vocational_counts_not", "Known is known.", IKKE, definition=as_yes)


def _list_f5() -> None:
    for branch, why, setting, answer in (
        ("rented_counts", "UDLEJNINGFH 1.", Setting(tenure=1), True),
        ("owner_counts_not", "UDLEJNINGFH 2.", Setting(tenure=2), False),
        ("tenure_3_is_unknown", "UDLEJNINGFH 3 is not in use.", Setting(tenure=3), None),
        ("tenure_9_is_unknown", "UDLEJNINGFH 9.", Setting(tenure=9), None),
        ("tenure_blank_is_unknown", "A row without a code.", Setting(tenure=None), None),
        ("dwelling_not_in_bol_is_unknown", "No match.", Setting(tenure=NO_ROW), None),
        (
            "mothers_address_blank_is_unknown",
            "No dwelling to look up.",
            Setting(mother_address_blank=True),
            None,
        ),
        (
            "bol_of_new_years_day_decides",
            "BOL 2025 is the state at the end of 2024; BOL 2024 still said rented.",
            Setting(tenure=2, tenure_until_2024=1),
            False,
        ),
    ):
        _case(f"f5_{branch}", why, IKKE, setting, f5=answer)
    apart = Setting(fm_mark=5, child_elsewhere=True, tenure=1, tenure_elsewhere=2)
    _case(
        "f5_mother_rents_child_does_not_counts",
        "Her dwelling, not the child's.",
        IKKE,
        apart,
        f1=True,
        f5=True,
    )
    apart = Setting(fm_mark=5, child_elsewhere=True, tenure=2, tenure_elsewhere=1)
    _case("f5_child_rents_mother_does_not_counts_not", "The same the other way.", IKKE, apart, f1=True)
    almen, crowded = f"{DEFAULT}-f5-almen", f"{DEFAULT}-f5-trangt"
    for branch, why, setting, answer in (
        ("almen_counts", "EJERFORHOLD 20, whatever the tenure.", Setting(owner=20), True),
        ("rented_from_a_private_owner_counts_not", "EJERFORHOLD 10.", Setting(owner=10, tenure=1), False),
        ("ownership_blank_is_unknown", "A row without a code.", Setting(owner=None), None),
    ):
        _case(f"f5_almen_{branch}", why, IKKE, setting, f5=answer, definition=almen)
    for branch, why, setting, answer in (
        ("fewer_persons_than_rooms_counts_not", "3 in 4 rooms.", Setting(rooms=4), False),
        ("as_many_persons_as_rooms_counts_not", "3 in 3 rooms.", Setting(rooms=3), False),
        ("more_persons_than_rooms_counts", "4 in 3 rooms.", Setting(rooms=3, siblings=1), True),
        ("no_rooms_is_unknown", "0 rooms is no answer.", Setting(rooms=0), None),
        ("the_dead_take_no_room", "The father died in the year.", Setting(rooms=2, father_dies=2024), False),
    ):
        _case(f"f5_crowded_{branch}", why, IKKE, setting, f5=answer, definition=crowded)


def _list_children() -> None:
    for branch, why, born, on, counted in (
        ("turned_18_the_day_before_is_no_child", "Born 30-12-2006.", date(2006, 12, 30), 2024, False),
        ("turns_18_on_the_reference_date_is_no_child", "Born 31-12-2006.", date(2006, 12, 31), 2024, False),
        ("turns_18_the_day_after_is_a_child", "Born 01-01-2007.", date(2007, 1, 1), 2024, True),
        ("turns_17_on_the_reference_date_is_a_child", "Born 31-12-2007.", date(2007, 12, 31), 2024, True),
        ("born_on_the_reference_date_is_a_child", "Born 31-12-2024.", date(2024, 12, 31), 2024, True),
        ("born_on_new_years_day_is_a_child", "Born 01-01-2024.", date(2024, 1, 1), 2024, True),
        ("born_on_29_february_is_a_child", "Born 29-02-2008, aged 16.", date(2008, 2, 29), 2024, True),
        ("born_on_29_february_too_old", "Born 29-02-1996, aged 18.", date(1996, 2, 29), 2014, False),
        (
            "grown_up_since_was_a_child_then",
            "Born 01-01-1997, aged 17 at the end of 2014.",
            date(1997, 1, 1),
            2014,
            True,
        ),
    ):
        _case(f"age_{branch}", why, IKKE if counted else None, Setting(born=born), on=on)
    _case(
        "child_dead_in_the_year_is_not_counted",
        "In the snapshot with CIVST D.",
        None,
        Setting(child_dies=2024),
    )
    _case("child_dead_for_years_is_not_counted", "Last in BEF in 2020.", None, Setting(child_dies=2020))
    gone = Setting(child_years=range(2013, 2024))
    _case("child_emigrated_is_not_counted", "Last in BEF at the end of 2023.", None, gone)
    not_yet = Setting(child_years=range(2015, 2025))
    _case("child_immigrated_later_is_not_counted", "First in BEF at the end of 2015.", None, not_yet, on=2014)

    mother = Setting(fm_mark=3, work=330, education="0001")
    name = "siblings_eldest_of_four"
    _case(name, "Three factors.", SAERLIG, mother, f1=True, f3=True, f4=True)
    for branch, why, setting, state, f1 in (
        ("share_their_mothers_factors", "The same three.", Setting(fm_mark=3), SAERLIG, True),
        (
            "placed_one",
            "f1 is the child's own, and yes.",
            Setting(fm_mark=6, child_elsewhere=True),
            SAERLIG,
            True,
        ),
        (
            "half_sibling_with_both_parents",
            "f1 is the child's own, and no: two left.",
            Setting(fm_mark=1),
            IKKE,
            False,
        ),
    ):
        setting = Setting(
            born=date(2019, 9, 9),
            fm_mark=setting.fm_mark,
            child_elsewhere=setting.child_elsewhere,
            sibling_of=name,
        )
        _case(f"siblings_{branch}", why, state, setting, f1=f1, f3=True, f4=True)
    twice = Setting(fm_mark=3, work=330, tenure=1, twice=True, decisions=(Decision(date(2021, 1, 2)),))
    _case(
        "duplicate_rows_are_one_child",
        "Every row of the family was delivered twice, in every register.",
        SAERLIG,
        twice,
        f1=True, f2=True, f3=True, f5=True,
    )  # fmt: skip


def _list_borders() -> None:
    for branch, why, setting, state, answers in (
        (
            "two_yes_is_not",
            "Below the border.",
            Setting(fm_mark=3, work=330),
            IKKE,
            (True, False, True, False, False),
        ),
        (
            "three_yes_is",
            "At the border.",
            Setting(fm_mark=3, work=330, tenure=1),
            SAERLIG,
            (True, False, True, False, True),
        ),
        (
            "four_yes_is",
            "Above the border.",
            Setting(fm_mark=3, work=330, tenure=1, education="0001"),
            SAERLIG,
            (True, False, True, True, True),
        ),
        (
            "five_yes_is",
            "All there are.",
            Setting(fm_mark=3, work=330, tenure=1, education="0001", decisions=(Decision(date(2021, 1, 2)),)),
            SAERLIG,
            (True, True, True, True, True),
        ),
        (
            "three_yes_two_unknown_is",
            "What is unknown can't undo it.",
            Setting(fm_mark=3, work=330, tenure=1, education=NO_ROW, mother_years=range(2019, 2025)),
            SAERLIG,
            (True, None, True, None, True),
        ),
        (
            "two_yes_one_unknown_is_undetermined",
            "It may be the third.",
            Setting(fm_mark=3, work=330, tenure=9),
            UAFKLARET,
            (True, False, True, False, None),
        ),
        (
            "one_yes_two_unknown_is_undetermined",
            "They may be the second and the third.",
            Setting(fm_mark=3, tenure=9, education=NO_ROW),
            UAFKLARET,
            (True, False, False, None, None),
        ),
        (
            "one_yes_one_unknown_is_not",
            "Two at most.",
            Setting(fm_mark=3, tenure=9),
            IKKE,
            (True, False, False, False, None),
        ),
        (
            "no_yes_two_unknown_is_not",
            "Two at most.",
            Setting(tenure=9, education=NO_ROW),
            IKKE,
            (False, False, False, None, None),
        ),
        (
            "no_yes_three_unknown_is_undetermined",
            "They may be three.",
            Setting(tenure=9, education=NO_ROW, work=NO_ROW),
            UAFKLARET,
            (False, False, None, None, None),
        ),
    ):
        f1, f2, f3, f4, f5 = answers
        _case(f"border_{branch}", why, state, setting, f1=f1, f2=f2, f3=f3, f4=f4, f5=f5)


_LISTS = (_list_f1, _list_f2, _list_f3, _list_f3_weeks, _list_f4, _list_f5, _list_children, _list_borders)
for _list_cases in _LISTS:
    _list_cases()
