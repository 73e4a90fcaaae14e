"""`make docs`: the parts of the documentation that follow from declarations, rendered or checked.

Belongs here: which file or marked region comes from which declaration, and tables that only the docs need.
Does not belong here: the declarations (`schemas/`, `assets/risk_factors/definitions/`), hand-written text.

A marked region reads `<!-- rendered: name -->` … `<!-- /rendered -->`; a whole file says on its first line
that it is rendered.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from schemas.tables import Column, Table

ROOT = Path(__file__).resolve().parents[1]
DEFAULT_DEFINITION = "sfi5-v1"
BANNER = "<!-- Rendered from the declarations: edit those, then run `make docs WRITE=1`. -->\n\n"
REGION = re.compile(r"(<!-- rendered: (?P<name>[a-z-]+) -->\n).*?(<!-- /rendered -->)", re.DOTALL)


def _factors() -> str:
    from assets.risk_factors.definitions import load_definitions
    from assets.risk_factors.explain import render_factor_table

    return render_factor_table(load_definitions(None)[DEFAULT_DEFINITION])


def _definitions() -> str:
    from assets.risk_factors.explain import render_markdown

    return render_markdown()


def _registers() -> str:
    from schemas.registers import render_markdown

    return render_markdown()


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _rows(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(header)
    lines = [head, ["---"] * len(head), *([_cell(text) for text in row] for row in rows)]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _commands() -> str:
    from pipelines.cli import main as root

    def rows(group: click.Group, path: str) -> Iterable[tuple[str, str]]:
        for name, command in group.commands.items():
            arguments = [
                p.make_metavar(click.Context(command))
                for p in command.params
                if p.param_type_name == "argument"
            ]
            words = " ".join([path, name, *arguments])
            if isinstance(command, click.Group):
                yield from rows(command, words)
            else:
                yield f"`{words}`", inspect.cleandoc(command.help or "").split("\n\n")[0]

    return _rows(("command", "what it does"), rows(root, "femfaktor"))


def _exit_codes() -> str:
    from pipelines.cli import EXIT_CODES

    return _rows(("code", "meaning"), re.findall(r"(?m)^ +(\d+) +(.+)$", EXIT_CODES))


def render_tables(title: str, intro: str, tables: Iterable[Table]) -> str:
    """A page that lists `tables` with every column: name, type, what it holds (as in the file, Danish)."""

    def about(column: Column) -> str:
        return column.da + (f". Værdier: {', '.join(column.values)}" if column.values else "")

    parts = [f"# {title}\n\n{intro}\n"]
    for table in tables:
        rows = [
            (f"`{c.name}`", str(c.dtype.__name__), "yes" if c.nullable else "", about(c))
            for c in table.columns
        ]
        keys = ", ".join(f"`{name}`" for name in table.key)
        parts.append(f"\n## {table.name}\n\n{table.da}\n\nOne row per {keys}.\n\n")
        parts.append(_rows(("column", "type", "may be NULL", "meaning"), rows))
    return "".join(parts)


def _release() -> str:
    from schemas.release import RELEASE_TABLES

    intro = (
        "What leaves the private side: in `femfaktor.duckdb`, as CSV and in one Excel workbook. Hidden is "
        "NULL, never 0; `cell_status` says why. The meanings are the comments the DuckDB file carries."
    )
    return render_tables("Tables of a release", intro, RELEASE_TABLES)


def _warehouse() -> str:
    from schemas.warehouse import WAREHOUSE_TABLES, WAREHOUSE_VIEWS

    intro = (
        "`warehouse/warehouse.duckdb`: exact counts for every definition side by side, never a row per "
        "child. It stays inside the authority. The meanings are the comments the file carries."
    )
    return render_tables("Tables of the warehouse", intro, (*WAREHOUSE_TABLES, *WAREHOUSE_VIEWS))


def _analysts() -> str:
    from schemas.release_views import RELEASE_VIEWS

    parts = []
    for view in RELEASE_VIEWS:
        rows = ((f"`{name}`", da) for name, da in view.columns.items())
        columns = _rows(("column", "meaning"), rows)
        parts.append(
            f"### {view.question}\n\n`{view.name}`: {view.da}\n\n```sql\n{view.example}\n```\n\n"
            f"<details><summary>Columns of <code>{view.name}</code></summary>\n\n{columns}\n</details>\n"
        )
    return "\n".join(parts)


def _synthetic() -> str:
    from synthetic_data.check import render_markdown

    return render_markdown(sorted((ROOT / "docs/synthetic-check").glob("*.csv")))


REGIONS: dict[str, Callable[[], str]] = {
    "factors": _factors,
    "commands": _commands,
    "exit-codes": _exit_codes,
    "analysts": _analysts,
    "synthetic": _synthetic,
}
FILES: dict[str, Callable[[], str]] = {
    "docs/factors.md": _definitions,
    "docs/registers.md": _registers,
    "docs/release.md": _release,
    "docs/warehouse.md": _warehouse,
}


def _fill(text: str) -> str:
    def region(match: re.Match[str]) -> str:
        # The blank lines keep Markdown tables apart from the comments.
        return f"{match[1]}\n{REGIONS[match['name']]().strip()}\n\n{match[3]}"

    return REGION.sub(region, text)


def _with_banner(page: str) -> str:
    return page if "make docs WRITE=1" in page else BANNER + page


def render() -> dict[str, str]:
    """Path below the repository → what the file should hold: rendered files and files with regions."""
    pages = {path: _with_banner(make().strip()) + "\n" for path, make in FILES.items()}
    for path in (
        "README.md",
        "CONTRIBUTING.md",
        *sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("docs/*.md")),
    ):
        if path not in pages:
            pages[path] = _fill((ROOT / path).read_text(encoding="utf-8"))
    return pages


def stale(pages: dict[str, str]) -> list[str]:
    """The paths whose file differs from `pages` or is missing."""

    def held(path: str) -> str | None:
        return (ROOT / path).read_text(encoding="utf-8") if (ROOT / path).exists() else None

    return [path for path, text in pages.items() if held(path) != text]


@click.command()
@click.option(
    "--check", "mode", flag_value="check", default=True, help="List what is stale, exit 1 if anything is."
)
@click.option("--write", "mode", flag_value="write", help="Render it.")
def main(mode: str) -> None:
    """Check or render the documentation that follows from declarations."""
    pages = render()
    behind = stale(pages)
    if mode == "write":
        for path in behind:
            (ROOT / path).parent.mkdir(exist_ok=True)
            (ROOT / path).write_text(pages[path], encoding="utf-8")
            click.echo(f"rendered {path}")
    elif behind:
        for path in behind:
            click.echo(f"stale: {path}", err=True)
        click.echo("mend with: make docs WRITE=1", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
