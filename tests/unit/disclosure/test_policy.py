"""The policy file: what is in it counts, what isn't known is refused."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from assets.disclosure.policy import POLICY_FILE, load_policy


def written(tmp_path, old: str, new: str):
    text = POLICY_FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "policy.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_the_shipped_policy_says_50_children_30_mothers_and_1_to_4():
    policy = load_policy()
    assert (policy.size.min_children, policy.size.min_mothers, policy.small_counts.highest) == (50, 30, 4)


def test_an_unknown_key_is_an_error(tmp_path):
    with pytest.raises(ValidationError, match="extra"):
        load_policy(written(tmp_path, "min_children = 50", "min_children = 50\nmin_kids = 3"))


def test_a_missing_key_is_an_error(tmp_path):
    with pytest.raises(ValidationError, match="min_mothers"):
        load_policy(written(tmp_path, "min_mothers = 30", ""))


@pytest.mark.parametrize(("least", "ok"), [(20, False), (21, True)])
def test_areas_must_be_too_big_to_consist_of_small_counts_only(tmp_path, least, ok):
    path = written(tmp_path, "min_children = 50", f"min_children = {least}")
    if ok:
        assert load_policy(path).size.min_children == least
    else:
        with pytest.raises(ValidationError, match="at least 21"):
            load_policy(path)


def test_the_hash_changes_with_a_value_and_not_with_a_comment(tmp_path):
    assert load_policy(written(tmp_path, "# What may be shown.", "# Other words.")).hash == load_policy().hash
    assert load_policy(written(tmp_path, "min_mothers = 30", "min_mothers = 31")).hash != load_policy().hash
