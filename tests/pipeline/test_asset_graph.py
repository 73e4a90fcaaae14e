"""The asset graph as a snapshot: review sees a new edge as a diff.

To accept a wanted change: FEMFAKTOR_UPDATE_SNAPSHOT=1 make test
"""

import json
import os
from pathlib import Path

import dagster as dg

from assets import STAGES
from pipelines.build import build_defs

SNAPSHOT = Path(__file__).with_name("asset_graph.json")


def describe_graph() -> dict:
    defs = build_defs()
    graph = defs.resolve_asset_graph()
    schedules = [s for s in defs.schedules or [] if isinstance(s, dg.ScheduleDefinition)]
    return {
        "assets": {
            node.key.to_user_string(): {
                "group": node.group_name,
                "after": sorted(key.to_user_string() for key in node.parent_keys),
                "partitions": getattr(node.partitions_def, "name", None),
                "blocking_checks": sorted(key.name for key in node.check_keys),
            }
            for node in sorted(graph.asset_nodes, key=lambda node: node.key)
        },
        "jobs": sorted(job.name for job in defs.jobs or []),
        "schedules": {s.name: f"{s.cron_schedule} {s.execution_timezone} -> {s.job_name}" for s in schedules},
    }


def test_the_asset_graph_is_the_one_that_was_reviewed():
    graph = describe_graph()
    if os.environ.get("FEMFAKTOR_UPDATE_SNAPSHOT"):
        SNAPSHOT.write_text(json.dumps(graph, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert graph == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_edges_only_lead_forward_through_the_stages():
    assets = describe_graph()["assets"]
    place = {stage: i for i, stage in enumerate(STAGES)}
    for key, node in assets.items():
        for parent in node["after"]:
            assert place[assets[parent]["group"]] <= place[node["group"]], f"{parent} -> {key}"


def test_nothing_right_of_disclosed_has_a_parent_left_of_it():
    assets = describe_graph()["assets"]
    safe = STAGES[STAGES.index("rendered") :]
    for key, node in assets.items():
        if node["group"] in safe:
            groups = {assets[parent]["group"] for parent in node["after"]}
            assert groups <= {"disclosed", *safe}, key
