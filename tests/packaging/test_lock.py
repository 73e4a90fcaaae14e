"""The locks: hashes for everything, no host name, and all that pyproject.toml asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]


def entries(name: str) -> dict[str, str]:
    """Requirement line → its whole entry."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return {block.split("\\")[0].strip(): block for block in re.split(r"(?m)^(?=\S)", text) if block.strip()}


@pytest.mark.parametrize("lock", ["requirements.lock", "tools.lock"])
def test_every_requirement_is_pinned_and_has_hashes(lock: str) -> None:
    for line, block in entries(lock).items():
        assert re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+", line), line
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), line


@pytest.mark.parametrize("lock", ["requirements.lock", "tools.lock"])
def test_no_lock_names_a_host(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "//" not in text
    assert "index-url" not in text


def test_the_lock_satisfies_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [
        *project["project"]["dependencies"],
        *(line for lines in project["project"]["optional-dependencies"].values() for line in lines),
        *project["build-system"]["requires"],
    ]
    pinned: dict[str, list[str]] = {}
    for line in entries("requirements.lock"):
        requirement = Requirement(line)
        pinned.setdefault(canonicalize_name(requirement.name), []).append(str(requirement.specifier)[2:])
    for text in asked:
        requirement = Requirement(text)
        versions = pinned.get(canonicalize_name(requirement.name), [])
        assert any(requirement.specifier.contains(version, prereleases=True) for version in versions), text


def test_every_runtime_pin_says_why_it_is_there() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    start = lines.index("dependencies = [")
    for line in lines[start + 1 : lines.index("]", start)]:
        assert line.lstrip().startswith("#") or re.search(r'",\s+# \S', line), line


def test_the_project_names_its_licence_and_is_not_uploaded() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "EUPL-1.2"
    assert project["license-files"] == ["LICENSE"]
    assert "EUROPEAN UNION PUBLIC LICENCE v. 1.2" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Private :: Do Not Upload" in project["classifiers"]
