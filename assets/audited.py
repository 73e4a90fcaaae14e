"""Audited: the rendered files read back and held against the protected tables, before anyone sees them.

Belongs here: the Dagster asset with its blocking check. Does not belong here: the audit (`audit/`, which
shares no code with the rest).
"""

import dagster as dg

from assets.audit import Limits, audit_release
from assets.disclosed import staged
from assets.disclosure import Policy, load_policy
from assets.rendered import rendered
from assets.workspace import Workspace, guarded
from schemas.errors import DisclosureRefused
from schemas.release import FACTORS

CHECK = "release_is_as_protected"


def limits_of(policy: Policy) -> Limits:
    """The policy in the audit's own terms."""
    return Limits(
        base=policy.rounding.base if policy.method == "controlled-rounding" else 1,
        min_width=policy.audit.narrowest_interval,
        min_children=policy.size.min_children,
        min_mothers=policy.size.min_mothers,
        group_share=policy.group.share_pct / 100,
        factor_children={factor: policy.min_children_of_factor(factor, "omraade") for factor in FACTORS},
        share_points=policy.shares.max_rounding_points,
    )


@guarded("audited")
def audit_staged(workspace: Workspace) -> tuple[int, list[str]]:
    """How many values were compared, and what was found wrong."""
    folder = staged(workspace)
    if folder is None:
        return 0, []
    report = audit_release(folder / "release", folder / "tables", limits=limits_of(load_policy()))
    if report.findings:
        workspace.failures.append(
            DisclosureRefused("The audit refused the release:\n" + "\n".join(map(str, report.findings)))
        )
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
