"""Audited: the rendered files read back, held against the protected tables and attacked, before anyone sees
them.

Belongs here: the Dagster asset with its blocking check. Does not belong here: the audit (`audit/`, which
shares no code with the rest).
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

import dagster as dg

from assets import files
from assets.approval import AUDIT_FILE, write_json
from assets.audit import Limits, audit_release
from assets.disclosed import (
    FOR_AUDIT,
    POLICIES_FILE,
    POPULATIONS_FILE,
    PROTECTION_FILE,
    UNCHANGED_FILE,
    staged,
)
from assets.disclosure import Policy
from assets.release.manifest import numbered
from assets.rendered import rendered
from assets.settings import load_owner_policy
from assets.workspace import Workspace, guarded
from schemas.errors import DisclosureRefused
from schemas.release import FACTORS

CHECK = "release_is_as_protected"


def limits_of(policies: Sequence[Policy]) -> Limits:
    """What dates under these policies must withstand together, in the audit's terms: the widest of each."""
    rounding = policies[0]  # the same for all dates of a series
    return Limits(
        base=rounding.rounding.base if rounding.method == "controlled-rounding" else 1,
        min_width=min(policy.audit.narrowest_interval for policy in policies),
        min_children=min(policy.size.min_children for policy in policies),
        min_mothers=min(policy.size.min_mothers for policy in policies),
        group_share=max(policy.group.share_pct for policy in policies) / 100,
        factor_children={
            factor: min(policy.min_children_of_factor(factor, "omraade") for policy in policies)
            for factor in FACTORS
        },
        share_points=max(policy.shares.max_rounding_points for policy in policies),
    )


@guarded("audited")
def audit_staged(workspace: Workspace) -> tuple[int, list[str]]:
    """How many values were compared, and what was found wrong: then the staged release is removed."""
    folder = staged(workspace)
    if folder is None:
        return 0, []
    given = folder / FOR_AUDIT
    policies = {
        date.fromisoformat(day): Policy.model_validate(each)
        for day, each in json.loads((given / POLICIES_FILE).read_text(encoding="utf-8")).items()
    }
    report = audit_release(
        folder / "release",
        folder / "tables",
        populations=given / POPULATIONS_FILE,
        unchanged=given / UNCHANGED_FILE,
        earlier=numbered(workspace.home.releases),
        limits=limits_of(list(policies.values())),
        by_date={day: limits_of([policy]) for day, policy in policies.items()},
    )
    if load_owner_policy(workspace.home.policy).audit.all_decided:
        rule = (
            "not audited exactly, and [audit] all_decided in policy.toml says that this refuses the release"
        )
        report.find("release", rule, sum(report.not_exact.values()))
    protection = json.loads((given / PROTECTION_FILE).read_text(encoding="utf-8"))
    report.share_errors = {
        each["reference_date"]: {name: each["share_error_points"][name] for name in ("mean", "p95", "max")}
        for each in protection["dates"]
        if each["share_error_points"]["shares"]
    }
    write_json(folder / AUDIT_FILE, {"audit": asdict(report), "protection": protection})
    workspace.say(report.as_text())
    if report.findings:
        workspace.failures.append(
            DisclosureRefused("The audit refused the release:\n" + "\n".join(map(str, report.findings)))
        )
        files.remove_tree(folder)
    return report.checked, [str(finding) for finding in report.findings]


@dg.asset(
    key="audited",
    group_name="audited",
    deps=[rendered],
    check_specs=[
        dg.AssetCheckSpec(
            CHECK,
            asset="audited",
            blocking=True,
            description="Filerne siger det samme som de beskyttede tabeller.",
        )
    ],
    description="Filerne læst tilbage og holdt op mod de beskyttede tabeller.",
)
def audited(workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult:
    checked, findings = audit_staged(workspace)
    return dg.MaterializeResult(
        metadata={"values_compared": checked},
        check_results=[
            dg.AssetCheckResult(passed=not findings, check_name=CHECK, metadata={"findings": findings})
        ],
    )


ASSETS = [audited]
