"""What a machine does to a night, and what comes of it; each with the tests that show it.

Belongs here: the table and its part of docs/faults.md. Does not belong here: the tests
(`test_bad_machine.py`, `test_dying_machine.py`); `test_page.py` holds them to the table and it to them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Trouble:
    happens: str
    comes_to: str
    shown_by: tuple[str, ...]
    """Names of tests, without `test_`."""


TROUBLES = (
    Trouble(
        "The process is killed (SIGKILL) at the 1st, 2nd, 3rd … change it makes to the disk: half a write, "
        "no fsync, no rename",
        "the old release or the new one, whole; the next night ends as if nothing had happened",
        (
            "a_night_that_dies_at_every_tenth_change_up_to_its_proposal_leaves_the_old_release",
            "a_night_that_dies_at_any_change_leaves_the_old_or_the_new_release",
            "a_process_killed_before_the_ledger_has_it_leaves_the_old_release",
            "a_process_killed_at_any_harmful_place_leaves_the_old_or_the_new_release",
            "publishing_synthetic_data_that_dies_anywhere_publishes_all_or_nothing",
            "nothing_is_moved_into_place_before_its_content_is_on_the_disk",
            "what_a_dead_run_left_anywhere_is_gone_after_the_next",
            "counts_that_a_dead_night_left_unfinished_are_not_proposed",
            "a_typed_table_that_is_not_as_it_was_written_is_made_again",
        ),
    ),
    Trouble(
        "A person's approval or discarding dies anywhere",
        "nothing is lost or published twice; once the ledger has it, any run finishes it",
        (
            "an_approval_or_a_discarding_that_dies_anywhere_loses_and_doubles_nothing",
            "once_the_ledger_has_it_any_run_finishes_an_approval_and_before_that_nothing_is_published",
            "a_first_opening_that_dies_anywhere_makes_one_seed",
        ),
    ),
    Trouble(
        "The disk is full from the n-th change on, or files may not grow",
        "exit 40, nothing half-written is used",
        (
            "a_whole_night_whose_files_may_not_grow_is_exit_40_and_the_next_is_as_ever",
            "a_proposal_approved_while_the_disk_is_full_is_exit_40_and_can_be_approved_afterwards",
        ),
    ),
    Trouble(
        "A folder, or the whole home, can't be written",
        "exit 40 with what to look at",
        (
            "a_folder_that_cant_be_written_is_exit_40_with_what_to_look_at",
            "a_home_that_cant_be_written_at_all_is_exit_40_at_the_prompt",
        ),
    ),
    Trouble(
        "No memory, a quota, a broken disk, too many open files",
        "exit 40 in words; anything else is exit 50, by its place in our code and never by its text",
        (
            "what_the_machine_lacks_is_exit_40_in_words_and_never_called_a_bug",
            "a_night_that_runs_out_of_memory_is_refused_and_the_next_is_as_ever",
            "another_error_is_a_bug_and_its_text_stays_inside",
        ),
    ),
    Trouble(
        "A second run while one is under way",
        "exit 30, nothing changes",
        ("a_second_run_is_exit_30_and_changes_nothing",),
    ),
    Trouble(
        "Readers hold the DuckDB files open",
        "they keep the old numbers, who opens afterwards gets the new",
        ("readers_keep_the_old_numbers_and_who_opens_afterwards_gets_the_new",),
    ),
    Trouble(
        "The clock jumps, or is set back an hour in the night of the run",
        "nothing is trusted or kept longer than it should be; runs stand in their order",
        (
            "contents_are_verified_a_week_after_the_last_time_or_when_that_lies_ahead",
            "the_night_the_clock_is_set_back_has_two_runs_at_half_past_two_in_their_order",
            "a_clock_that_jumps_back_does_not_keep_scored_rows",
            "a_register_is_late_by_the_calendar_the_day_after_it_was_due",
        ),
    ),
    Trouble(
        "An umask that opens or closes everything",
        "every file and folder has the mode it is declared to have",
        ("modes_are_what_they_are_declared_whatever_the_umask",),
    ),
    Trouble(
        "A locale without Danish letters",
        "what can be shown is shown",
        ("a_machine_without_danish_letters_shows_what_it_can",),
    ),
    Trouble(
        "The home was moved",
        "nothing to do; goes on when something comes",
        ("a_home_that_moved_has_nothing_to_do_and_goes_on_when_something_comes",),
    ),
    Trouble(
        "State, run history, settings or policy of another version, or damaged",
        "read as far as they go, or exit 40 with the key or file and the way out; the release stands",
        (
            "state_of_another_version_is_refused_with_the_way_out_which_works",
            "state_of_no_known_form_is_called_damaged",
            "state_without_a_version_and_with_an_unknown_key_is_read",
            "runs_noted_by_an_earlier_version_are_told_as_far_as_they_go",
            "the_status_is_told_also_when_settings_or_state_cant_be_read",
            "settings_or_a_policy_of_another_version_are_refused_by_key_and_the_release_stands",
            "settings_from_before_a_section_was_there_are_read",
        ),
    ),
    Trouble(
        "A published file was changed or removed by hand",
        "exit 40 or 21 with what to restore",
        ("a_manifest_that_is_gone_or_damaged_is_said_with_what_to_restore",),
    ),
    Trouble(
        "A delivery changes while it is read",
        "exit 20; the next night takes it",
        ("a_file_that_grows_while_it_is_read_is_refused_and_taken_once_it_is_whole",),
    ),
    Trouble(
        "Years of nights: typed tables, counts, runs, event log",
        "each goes after its days, or when its date is no longer counted",
        (
            "typed_registers_go_once_counted_where_the_setting_says_so_and_come_back_for_the_next_count",
            "quiet_nights_let_the_history_of_old_runs_go_too",
            "counts_of_a_date_that_is_no_longer_counted_are_removed",
            "the_history_of_runs_is_turned_at_its_size_and_read_on",
        ),
    ),
)


def render_troubles() -> list[str]:
    lines = ["## The machine", "", "After each: the last good release as it was, nothing left over.", ""]
    lines += ["| what happens | what comes of it |", "| --- | --- |"]
    return [*lines, *(f"| {trouble.happens} | {trouble.comes_to} |" for trouble in TROUBLES), ""]
