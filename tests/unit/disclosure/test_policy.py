"""The policy file: what is in it counts, what isn't known is refused."""

from __future__ import annotations

import pytest

from assets.disclosure.policy import POLICY_FILE, load_policy
from schemas.errors import EnvironmentUnfit


def written(tmp_path, old: str, new: str):
    text = POLICY_FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "policy.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_the_shipped_policy_is_the_one_the_documentation_describes():
    policy = load_policy()
    assert policy.method == "controlled-rounding"
    assert (policy.rounding.base, policy.audit.narrowest_interval) == (5, 4)
    assert (policy.size.min_children, policy.size.min_mothers) == (50, 30)
    assert (policy.group.share_pct, policy.group.almene_dwellings_pct) == (90, 95)
    assert (policy.area_factor.min_children, policy.area_factor.min_children_f2_doemt) == (200, 500)
    assert (policy.shares.max_rounding_points, policy.shares.one_decimal_from_children) == (2.0, 5000)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("min_children = 50\n", "min_children = 50\nmin_kids = 3\n", "size.min_kids: unknown key"),
        ("min_mothers = 30", "", "size.min_mothers: missing"),
        ("base = 5", 'base = "5"', "rounding.base: Input should be a valid integer"),
        ("base = 5", "base = 2", "rounding.base: Input should be greater than or equal to 3"),
        ("base = 5", "base = = 5", "is not valid TOML"),
        ('"controlled-rounding"', '"swapping"', "method: Input should be 'controlled-rounding'"),
        ("[group]", "[grupper]", "group: missing"),
        ("narrowest_interval = 4", "narrowest_interval = 5", "must be at most 4"),
        ("min_children = 50", "min_children = 20", "must be at least 21"),
        ("base = 5", "base = 10", "rounding.base is 10"),
        ("share_pct = 90", "share_pct = 80", "group.share_pct is 80"),
    ],
)
def test_what_is_not_a_policy_is_refused_by_name(tmp_path, old, new, message):
    with pytest.raises(EnvironmentUnfit, match=r"policy\.toml") as refused:
        load_policy(written(tmp_path, old, new))
    assert message in str(refused.value)


def test_nothing_is_protected_without_a_policy(tmp_path):
    with pytest.raises(EnvironmentUnfit, match="Nothing is protected without a policy"):
        load_policy(tmp_path / "policy.toml")


def test_the_hash_changes_with_a_value_and_not_with_a_comment(tmp_path):
    assert load_policy(written(tmp_path, "# What may be shown", "# Other words")).hash == load_policy().hash
    assert load_policy(written(tmp_path, "min_mothers = 30", "min_mothers = 31")).hash != load_policy().hash


@pytest.mark.parametrize(
    ("factor", "level", "children"),
    [
        ("f1_ikke_kernefamilie", "omraade", 200),
        ("f1_ikke_kernefamilie", "rest", 200),
        ("f1_ikke_kernefamilie", "kommune", 50),
        ("f2_doemt", "omraade", 500),
        ("f2_doemt", "kommune", 500),
        ("f2_doemt", "leverance", 500),
    ],
)
def test_children_an_area_needs_before_a_factor_is_shown(factor, level, children):
    assert load_policy().min_children_of_factor(factor, level) == children


def test_a_share_needs_200_children_for_two_points_of_rounding():
    # Four children of 200 are 2.0 points, of 199 more.
    assert load_policy().min_children_of_share() == 200
