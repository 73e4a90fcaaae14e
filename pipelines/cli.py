"""The command line. `femfaktor --help` in English; reports in Danish.

Belongs here: arguments, progress, messages, exit codes. Does not belong here: data logic. Heavy imports
stand inside the commands that need them, so that a quiet night and `--help` start at once.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assets import files
from assets.home import INSIDE, INSIDE_FILE, Home
from schemas.errors import FemfaktorError

if TYPE_CHECKING:
    from assets.workspace import Voice
    from synthetic_data.deliveries import Format
    from synthetic_data.dirt import Profile

EXIT_CODES = """\b
Exit codes:
  0   done, or nothing changed
  2   the command was not understood
  20  input refused: the delivery breaks a contract
  21  disclosure refused: not shown to be safe, or not allowed
  30  another run is active
  40  environment: settings, disk, memory or rights
  50  a bug of ours
"""


class _ReleaseNumber(click.ParamType):
    name = "number"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not re.fullmatch(r"r\d{4}", value):
            self.fail("not a release number such as r0001: see femfaktor release show.", param, ctx)
        return value


RELEASE_NUMBER = _ReleaseNumber()


class _Group(click.Group):
    """Turns expected failures into one message and their exit code; everything else is a bug, exit 50."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FemfaktorError as error:
            click.secho(str(error), fg="red", err=True)
            ctx.exit(error.exit_code)
        except click.exceptions.Exit:
            raise
        except (click.ClickException, click.Abort):
            raise
        except BrokenPipeError:
            # Whoever reads along (`| head`) has read enough; what was to be done is done.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except Exception as error:
            # The text of a third-party error may quote data: cause, or type and place, only.
            from assets.workspace import as_failure

            failure = as_failure("femfaktor", error)
            click.secho(str(failure), fg="red", err=True)
            ctx.exit(failure.exit_code)


@click.group(cls=_Group, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="femfaktor")
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="FEMFAKTOR_HOME",
    default=Path("data"),
    show_default=True,
    help="The data home: settings, extracts, private files, warehouse, releases.",
)
@click.pass_context
def main(ctx: click.Context, home: Path) -> None:
    """In which housing areas do children grow up with three or more of SFI's five risk factors?

    Reads pseudonymised register extracts, scores the factors per child, counts per housing area, protects
    the counts and publishes a DuckDB file, tables and Danish area reports. Never points at a child.

    \b
    First time:      femfaktor demo            (synthetic registers, all the way)
    Real extracts:   femfaktor init
                     femfaktor check DIR
                     femfaktor nightly
                     femfaktor release propose
                     femfaktor release show
                     femfaktor release approve NUMBER
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal or timer without Danish letters (LC_ALL=C) shows something else in their place.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    ctx.obj = Home(home.resolve())


@main.command()
@click.option("--print", "show", is_flag=True, help="Print the default settings instead of writing them.")
@click.pass_obj
def init(home: Home, show: bool) -> None:
    """Make a data home with commented settings and a commented disclosure policy."""
    from assets.settings import TEMPLATE

    if show:
        click.echo(TEMPLATE, nl=False)
        return
    written = _begin(home)
    for path in (home.settings, home.policy):
        click.echo(f"Wrote {path}." if path in written else f"{path} is there already; left as it is.")
    click.echo(
        f"Read both through, put the extracts into {home.root / 'extracts'}, then: femfaktor check DIR"
    )


def _begin(home: Home) -> list[Path]:
    """Make the home, its settings and its policy, as far as they are not there; which files are new."""
    from assets.settings import POLICY_TEMPLATE, TEMPLATE

    home.create()
    files.make_folder(home.root / "extracts", INSIDE)
    written = []
    for path, text in ((home.settings, TEMPLATE), (home.policy, POLICY_TEMPLATE.read_text("utf-8"))):
        if not path.exists():
            files.write(path, text.encode(), INSIDE_FILE)
            written.append(path)
    return written


@main.command()
@click.option("--persons", type=click.IntRange(min=2_000), default=300_000, show_default=True)
@click.option("--seed", type=int, default=20240615, show_default=True)
@click.option(
    "--format",
    "form",
    type=click.Choice(["parquet", "yearly", "csv", "csv.gz", "xpt"]),
    default="parquet",
    show_default=True,
    help="Hive Parquet, a Parquet file per year, municipal CSV, the same gzipped, SAS transport.",
)
@click.option(
    "--profile",
    type=click.Choice(["clean", "typical", "filthy"]),
    default="clean",
    show_default=True,
    help="How dirty: typical is what a good real delivery looks like, filthy has to be refused. What was "
    "planted is in HOME/truth/dirt.json.",
)
@click.option(
    "--years",
    type=click.IntRange(1, 15),
    default=5,
    show_default=True,
    help="Reference years, the last one 2024; the years that a conviction counts back come on top.",
)
@click.option(
    "--registers",
    type=click.Choice(["all", "read"]),
    default="all",
    show_default=True,
    help="All registers, quarters and lists, or those that scoring reads.",
)
@click.option(
    "--check",
    "is_checked",
    is_flag=True,
    help="Print target, achieved and tolerance of every figure, keep them in HOME/synthetic-check.csv, draw "
    "them on .png, .svg and .pdf beside it. Exit code 1 if one is off. Needs all registers as Parquet.",
)
@click.pass_obj
def synth(
    home: Home,
    persons: int,
    seed: int,
    years: int,
    registers: str,
    form: Format,
    profile: Profile,
    is_checked: bool,
) -> None:
    """Write synthetic registers into the home's extracts (real municipality codes; names invented).

    All names are invented and every file is marked synthetic. The planted truth goes to HOME/truth, outside
    the extracts. The same seed gives the same bytes.
    """
    from synthetic_data import ALL, DEFAULT_YEARS, READ

    if is_checked and (form != "parquet" or registers != "all" or profile != "clean"):
        raise click.UsageError("--check reads all registers, clean, as Parquet: leave out the other options")
    last = DEFAULT_YEARS[-1]
    make_synthetic(
        home,
        persons=persons,
        seed=seed,
        form=form,
        profile=profile,
        years=range(last + 1 - years, last + 1),
        registers=ALL if registers == "all" else READ,
    )
    if profile != "clean":
        click.echo(
            'A year comes twice: for a run, write into femfaktor.toml: [delivery] redelivery = "latest"'
        )
    if years != len(DEFAULT_YEARS):
        click.echo(f"For a run, write into femfaktor.toml: [release] reference_years = {years}")
    if is_checked:
        _check_synthetic(home, tuple(range(last + 1 - years, last + 1)), persons, seed)


def _check_synthetic(home: Home, years: tuple[int, ...], persons: int, seed: int) -> None:
    import polars as pl

    from synthetic_data.check import check_delivery, render_table, write_figures
    from synthetic_data.figures import draw_sheet

    truth = home.root / "truth"
    figures = check_delivery(home.root / "extracts", truth, years, persons)
    click.echo(render_table(figures))
    children = pl.read_parquet(truth / f"{years[-1]}-12-31.parquet")
    sheet = home.root / "synthetic-check.png"
    write_figures(figures, sheet.with_suffix(".csv"), persons=persons, years=len(years), seed=seed)
    title = f"SYNTETISKE DATA: {persons:,} persons, {years[-1]}"
    draw_sheet(figures, children, [sheet, sheet.with_suffix(".svg"), sheet.with_suffix(".pdf")], title)
    click.echo(f"Figures: {sheet}, .svg, .pdf, .csv")
    if not all(figure.is_met for figure in figures):
        sys.exit(1)


def make_synthetic(
    home: Home,
    *,
    persons: int,
    seed: int,
    form: Format,
    profile: Profile = "clean",
    years: Sequence[int] | None = None,
    registers: Sequence[str] | None = None,
) -> None:
    from synthetic_data import DEFAULT_YEARS, READ, generate

    _begin(home)
    with _voice() as voice:
        bar = voice.progress("synthetic registers")
        summary = generate(
            home.root / "extracts",
            home.root / "truth",
            persons=persons,
            seed=seed,
            reference_years=years or DEFAULT_YEARS,
            format=form,
            profile=profile,
            registers=registers or READ,
            progress=lambda step, done, total: bar(done, total),
        )
    click.echo(
        f"Synthetic registers in {home.root / 'extracts'}: {summary.persons:,} persons, {summary.children:,} "
        f"children, {summary.areas} areas in {summary.helhedsplaner} helhedsplaner, {summary.files} files"
    )


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@click.pass_obj
def check(home: Home, folder: Path, as_json: bool) -> None:
    """Dry run on a delivery: what is there, what is missing, what can't be mapped, what to write in
    femfaktor.toml; what has drifted from the last good night, what doesn't fit together.

    Reads DIR and keeps nothing. Exit code 20 if `nightly` would refuse the delivery.
    """
    from assets.dry_run import inspect_delivery
    from assets.settings import load_settings

    home.create()
    result = inspect_delivery(folder, home, load_settings(home.settings))
    click.echo(json.dumps(result.as_dict(), ensure_ascii=False) if as_json else result.to_text(), nl=as_json)
    sys.exit(0 if result.is_usable else 20)


@main.command()
@click.option(
    "--verify",
    is_flag=True,
    help="Read all contents again instead of trusting size and date (weekly anyway).",
)
@click.option(
    "--accept-drift",
    multiple=True,
    metavar="REGISTER[/DAY]",
    help="Let this register differ from the last good night by any amount, this once; it is written down.",
)
@click.option("--json", "as_json", is_flag=True, help="For machines: one object with `state`.")
@click.pass_obj
def nightly(home: Home, verify: bool, accept_drift: tuple[str, ...], as_json: bool) -> None:
    """The unattended run: extracts to warehouse; synthetic data on to a release.

    Nothing changed: says so within two seconds. Something changed: redoes what depends on it and says why.
    Something wrong: refuses, says what, and leaves the last good state as it was.
    """
    if accept_drift:
        from schemas.registers import READ

        if unknown := sorted({name.split("/")[0] for name in accept_drift} - set(READ)):
            raise click.BadParameter(f"no register {', '.join(unknown)}", param_hint="--accept-drift")
    _run(home, as_json=as_json, verify=verify, accept_drift=accept_drift)


@main.group()
def release() -> None:
    """Propose a release, look at what it changes, approve it."""


@release.command()
@click.option("--json", "as_json", is_flag=True, help="For machines: one object with `state`.")
@click.pass_obj
def propose(home: Home, as_json: bool) -> None:
    """Protect, render and audit the warehouse's latest counts, and lay them before a person.

    Needs controller, purpose and legal_basis in femfaktor.toml. Nothing is visible under HOME/releases until
    somebody approves; synthetic data approves itself.
    """
    _run(home, as_json=as_json, jobs=("release",))


@release.command()
@click.argument("number", required=False, type=RELEASE_NUMBER)
@click.option(
    "--relations", is_flag=True, help="List in words what can be computed from the published counts."
)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@click.pass_obj
def show(home: Home, number: str | None, relations: bool, as_json: bool) -> None:
    """List releases and proposals; with NUMBER, what one changes and what its audit said.

    Without NUMBER the shares of the latest release stand below the list.
    """
    from pipelines.summary import describe_release, list_releases, print_description, print_shares

    if number is not None:
        description = describe_release(home, number, relations=relations)
        click.echo(json.dumps(description, ensure_ascii=False)) if as_json else print_description(description)
        return
    rows = list_releases(home)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['number']}  {row['state']:<10}  {row['marking']}")
    if home.latest.exists():
        print_shares(home.latest)
    elif not rows:
        click.echo("No release yet: run `femfaktor nightly`.")


@release.command()
@click.argument("number", type=RELEASE_NUMBER)
@click.pass_obj
def approve(home: Home, number: str) -> None:
    """Sign a proposal and publish it: `latest` moves in one step.

    Records who approved which files when. Refused if the files changed since the audit, if another release
    was approved in between, if a newer proposal waits, or if a second person is required and you are not
    one.
    """
    from assets.approval import approve as approve_proposal
    from assets.people import current_person
    from assets.settings import load_settings

    second_person = load_settings(home.settings).release.second_person
    with _locked(home):
        target = approve_proposal(home, number, current_person(), second_person=second_person)
    click.echo(f"{number} is published: {target}")
    click.echo("Now back up private/seed, private/ledger and releases together (docs/releasing.md, Backup).")


@release.command()
@click.argument("number", type=RELEASE_NUMBER)
@click.pass_obj
def discard(home: Home, number: str) -> None:
    """Remove a proposal that nobody is going to approve. Its number is not used again."""
    from assets.approval import discard as discard_proposal

    with _locked(home):
        discard_proposal(home, number)
    click.echo(f"{number} is discarded.")


@contextmanager
def _locked(home: Home) -> Iterator[None]:
    """The home for this process alone, and what it writes there for its account alone."""
    from assets.home import keep_private
    from assets.people import check_account
    from pipelines.locking import locked
    from schemas.errors import EnvironmentUnfit

    if not home.private.is_dir():
        raise EnvironmentUnfit(f"No data home at {home.root}: see --home, or `femfaktor init`.")
    keep_private()
    check_account(home)
    home.create()
    with locked(home):
        yield


@main.command()
@click.argument("out", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def dpo(home: Home, out: Path | None) -> None:
    """Write the page for the data protection officer (Danish HTML; HOME/databeskyttelse.html).

    Purpose, legal basis, what is kept where and how long, what leaves, what makes it safe: from settings and
    policy as they stand, and from what the audit of the newest proposal or release measured.
    """
    from pipelines.dpo import write_dpo

    out = out or home.root / "databeskyttelse.html"
    write_dpo(home, out)
    click.echo(f"Wrote {out}")


@main.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
def report(home: Home, out: Path) -> None:
    """Render the area reports of the latest release again, into OUT."""
    from assets.release import read_release
    from assets.settings import load_settings
    from reports import render
    from schemas.errors import EnvironmentUnfit

    if not home.latest.exists():
        raise EnvironmentUnfit("No release yet: run `femfaktor nightly` first.")
    if out.resolve().is_relative_to(home.root.resolve()):
        raise click.BadParameter("is in the data home; what is published there is never written again.")
    with _voice() as voice:
        outlines = load_settings(home.settings).outlines(home.root)
        files = render(read_release(home.latest), out, outlines=outlines, progress=voice.progress("reports"))
    click.echo(f"{len(files)} files in {out}")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@click.option("-n", "count", type=click.IntRange(1), default=5, show_default=True, help="How many runs.")
@click.pass_obj
def status(home: Home, as_json: bool, count: int) -> None:
    """The last runs (when, how they ended, what was redone and why), what was left aside in the registers,
    and how fresh each is.
    """
    from assets import clock
    from pipelines.status import print_status, tell_status

    today = clock.now().date()
    if as_json:
        click.echo(json.dumps(tell_status(home, count, today), ensure_ascii=False, default=str))
    else:
        print_status(home, count, today)


@main.command()
@click.option("--port", default=3000, show_default=True)
@click.pass_obj
def ui(home: Home, port: int) -> None:
    """The asset graph in a browser, on this machine only (127.0.0.1), read-only.

    There is no login: whoever can reach the port sees counts and run times, never data.
    """
    import os
    import subprocess

    from pipelines.run import prepare_instance

    home.create()
    prepare_instance(home)
    program = Path(sys.executable).with_name("dagster-webserver")
    if not program.exists():
        raise click.ClickException("dagster-webserver is not installed: pip install 'femfaktor[ui]'")
    click.echo(f"http://127.0.0.1:{port}  (Ctrl-C ends it)")
    command = [str(program), "-h", "127.0.0.1", "-p", str(port), "-m", "pipelines.definitions", "--read-only"]
    sys.exit(subprocess.call(command, env={**os.environ, "FEMFAKTOR_HOME": str(home.root)}))


@main.command()
@click.argument("factor")
@click.option("--definition", default="sfi5-v1", show_default=True)
@click.pass_obj
def explain(home: Home, factor: str, definition: str) -> None:
    """Rule, codes, window, source and certainty of a factor, e.g. `explain f2`."""
    from assets.risk_factors.definitions import load_definitions
    from assets.risk_factors.explain import explain as explain_factor

    definitions = load_definitions(home.definitions)
    if definition not in definitions:
        raise click.BadParameter(f"one of: {', '.join(sorted(definitions))}", param_hint="--definition")
    click.echo(explain_factor(factor, definitions[definition]))


@main.command()
@click.option("--persons", type=click.IntRange(min=2_000), default=100_000, show_default=True)
@click.option("--seed", type=int, default=20240615, show_default=True)
@click.pass_obj
def demo(home: Home, persons: int, seed: int) -> None:
    """Synthetic registers, a whole night, and where to look: what `make run` does."""
    from pipelines.summary import print_shares, print_where_to_look

    _begin(home)
    if not any((home.root / "extracts").glob("*")):
        make_synthetic(home, persons=persons, seed=seed, form="parquet")
    _run(home, as_json=False)
    print_shares(home.latest)
    print_where_to_look(home)


def _run(home: Home, *, as_json: bool, **options: Any) -> None:
    from pipelines.night import run_night

    with _voice(quiet=as_json) as voice:
        outcome = run_night(home, voice, **options)
    if as_json:
        click.echo(outcome.as_json())
    else:
        words = {
            "nothing_changed": "nothing changed",
            "done": "done",
            "refused": "refused",
            "failed": "failed",
        }
        for message in outcome.messages:
            click.secho(message, fg="red", err=True)
        click.echo(f"{words[outcome.state]} in {outcome.seconds:.1f} s; release: {outcome.release or 'none'}")
        if outcome.proposal:
            click.echo(
                f"{outcome.proposal} waits for a person: femfaktor release show {outcome.proposal}, then "
                f"femfaktor release approve {outcome.proposal} (or discard)"
            )
    if outcome.exit_code:
        sys.exit(outcome.exit_code)


@contextmanager
def _voice(quiet: bool = False) -> Iterator[Voice]:
    """For a terminal bars, for a log one line per step, for a machine nothing."""
    from assets.workspace import Voice

    if quiet:
        yield Voice()
        return
    if not sys.stderr.isatty():
        yield Voice(say=lambda line: click.echo(line, err=True))
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as bars:

        def progress(label: str) -> Callable[[int, int], None]:
            task = bars.add_task(label, total=None)
            return lambda done, total: bars.update(task, completed=done, total=total)

        yield Voice(lambda line: bars.console.print(line, markup=False, highlight=False), progress)
