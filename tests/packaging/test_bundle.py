"""The offline bundle: cut from the one lock, and installable with the network off.

The proof itself fetches some 250 MB of wheels: marked slow, run by .ci/run and by `make bundle`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import bundle

LOCK = """\
alpha==1.0 \\
    --hash=sha256:aa
beta==2.0 ; python_full_version < '3.12' \\
    --hash=sha256:bb \\
    --hash=sha256:bc
beta==2.1 ; python_full_version >= '3.12' \\
    --hash=sha256:bd
gamma-delta==3.0 \\
    --hash=sha256:cc
"""


def test_the_cut_keeps_entries_as_they_are_with_all_markers_and_hashes() -> None:
    assert bundle.cut_lock(LOCK, {"beta"}) == LOCK[LOCK.index("beta==2.0") : LOCK.index("gamma")]


def test_a_package_missing_from_the_lock_is_named() -> None:
    with pytest.raises(KeyError, match=r"epsilon.*make lock"):
        bundle.cut_lock(LOCK, {"alpha", "epsilon"})


def test_a_server_gets_what_runs_and_builds_but_no_test_tools() -> None:
    names = bundle.close_over(bundle.runtime_roots(bundle._project()))
    assert {
        "polars",
        "polars-runtime-32",
        "duckdb",
        "dagster",
        "dagster-webserver",
        "hatchling",
        "editables",
    } <= names
    assert not names & {"pytest", "hypothesis", "ruff", "pyright", "pikepdf", "duckdb-cli", "coverage"}
    lock = (bundle.ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "--hash=sha256:" in bundle.cut_lock(lock, names)


def test_equal_contents_are_packed_to_equal_bytes(tmp_path: Path) -> None:
    def pack(place: str, order: list[str]) -> bytes:
        folder = tmp_path / place / "thing"
        folder.mkdir(parents=True)
        for name in order:
            (folder / name).write_text(name, encoding="utf-8")
        archive = tmp_path / f"{place}.tar.gz"
        bundle._pack(folder, archive, mtime=1_700_000_000)
        return archive.read_bytes()

    assert pack("here", ["a", "b"]) == pack("there", ["b", "a"])


@pytest.mark.slow
def test_the_bundle_installs_and_makes_a_release_with_the_network_off(tmp_path: Path) -> None:
    prefix = bundle.cut_off()
    if prefix is None:
        pytest.skip("this machine permits no network namespace (unshare --net)")
    archive = bundle.build(tmp_path)
    help_text = bundle.prove(archive, prefix)
    assert "nightly" in help_text
