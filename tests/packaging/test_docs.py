"""The docs follow the code: rendered parts are fresh, and every command they name exists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from pipelines import docs

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/*.md"))]


def commands() -> list[str]:
    """Every `femfaktor …` and `make …` that the pages show as code."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        code = re.findall(r"```(?:bash|sh|console|ini)\n(.*?)```", text, re.DOTALL) + re.findall(
            r"`([^`\n]+)`", text
        )
        for line in "\n".join(code).splitlines():
            words = re.search(r"(?:^|[\s/])((?:femfaktor|make) [a-z][^#|&;)]*)", line)
            if words:
                found.append(words[1].strip())
    return sorted(set(found))


def make_targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"(?m)^([a-z-]+):", makefile))


def test_rendered_parts_are_fresh() -> None:
    assert docs.stale(docs.render()) == [], "run `make docs WRITE=1`"


def test_every_marked_region_has_a_renderer_and_an_end() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        opened = re.findall(r"<!-- rendered: (\S+) -->", text)
        assert set(opened) <= set(docs.REGIONS), page.name
        assert len(docs.REGION.findall(text)) == len(opened) == text.count("<!-- /rendered -->"), page.name


@pytest.mark.parametrize("command", commands())
def test_every_command_in_the_docs_exists(command: str) -> None:
    from pipelines.cli import main as root

    program, *words = shlex.split(command)
    if program == "make":
        assert {word for word in words if "=" not in word} <= make_targets()
        return
    group: click.Command = root
    while isinstance(group, click.Group) and words and not words[0].startswith("-"):
        names = words.pop(0).split("|")
        assert set(names) <= set(group.commands), command
        group = group.commands[names[0]]
    options = {name for parameter in group.params for name in parameter.opts}
    assert {word.split("=")[0] for word in words if word.startswith("--")} <= options | {"--help"}


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} → {target}"


def test_paths_named_in_contributing_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for path in re.findall(
        r"`((?:assets|pipelines|schemas|reports|sql|synthetic_data|tests|docs)/[^`\s]*)`", text
    ):
        if "<" not in path and "*" not in path:
            assert (ROOT / path).exists(), path
