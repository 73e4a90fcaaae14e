"""`make bundle`: everything a server without internet needs, in one archive, proven with the network off.

Belongs here: choosing the run-time part of requirements.lock, fetching its wheels, packing, the proof.
Does not belong here: the lock itself (`make lock`), running femfaktor on the server (docs/night-run.md).

requirements.lock is the only truth: the bundle's list is cut out of it, hashes and all, never resolved anew.
It holds the run-time packages, those of `femfaktor ui` and the two that build the install; no test tools.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.metadata
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path

import click
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PLATFORM = "linux-x86_64"
# glibc 2.28 is RHEL 8 and Debian 10; a wheel for any older one runs there too. Named one by one, because pip
# doesn't widen a `--platform` to the older ones by itself.
PIP_PLATFORMS = (
    *(f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1)),
    *("manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64"),
)

INSTALL_SH = """\
#!/usr/bin/env bash
# Installs femfaktor into .venv beside this file: no network, nothing outside this folder. Needs CPython 3.11.
set -euo pipefail
umask 022  # the night's account reads what root installs
cd "$(dirname "$(readlink -f "$0")")"
python="${PYTHON:-python3.11}"
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \\
  || { echo "CPython 3.11 is needed: PYTHON=/path/to/python3.11 ./install.sh" >&2; exit 40; }
sha256sum --quiet --check SHA256SUMS || { echo "the bundle is damaged: copy it again" >&2; exit 40; }
rm -rf .venv
"$python" -m venv .venv
# --isolated: no pip setting of this machine can add another source.
install() {
  .venv/bin/python -m pip --isolated --quiet --disable-pip-version-check install \\
    --root-user-action ignore --no-cache-dir --no-index --no-deps "$@"
}
install --find-links wheels --only-binary :all: --require-hashes -r requirements.lock
install --no-build-isolation --editable source
.venv/bin/python -m compileall -q source/assets source/pipelines source/reports source/schemas
.venv/bin/femfaktor --version
"""

# Every module must import with the run-time packages alone; a test tool among the imports would show here.
IMPORT_ALL = """\
import importlib, pkgutil
packages = ("assets", "pipelines", "schemas", "reports", "synthetic_data")
for package in packages:
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, package + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
"""


def _project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def runtime_roots(project: dict) -> list[str]:
    """The requirements a server has: those of the project, of `femfaktor ui` and of the build."""
    table = project["project"]
    return [
        *table["dependencies"],
        *table["optional-dependencies"]["ui"],
        *project["build-system"]["requires"],
    ]


def close_over(requirements: Iterable[str]) -> set[str]:
    """Canonical names of `requirements` and all they need, read from the installed packages (= the lock)."""
    seen: set[tuple[str, str]] = set()
    todo = [Requirement(text) for text in requirements]
    while todo:
        requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        for extra in ("", *sorted(requirement.extras)):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            needed = [Requirement(text) for text in importlib.metadata.requires(name) or []]
            todo += [r for r in needed if r.marker is None or r.marker.evaluate({"extra": extra})]
    return {name for name, _ in seen}


def cut_lock(lock: str, names: set[str]) -> str:
    """The entries of `lock` for `names`, unchanged. Raises KeyError if a name has none."""
    blocks = [block for block in re.split(r"(?m)^(?=\S)", lock) if block.strip()]
    by_name = [(canonicalize_name(re.split(r"[=\s;\[]", block, maxsplit=1)[0]), block) for block in blocks]
    missing = names - {name for name, _ in by_name}
    if missing:
        raise KeyError(f"not in requirements.lock: {', '.join(sorted(missing))}; run `make lock`")
    return "".join(block for name, block in by_name if name in names)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _git(*args: str) -> str:
    return subprocess.run(["git", *args], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def _pack(folder: Path, archive: Path, mtime: int) -> None:
    """Packs `folder` so that equal contents give equal bytes: sorted, no owner, one time stamp."""

    def plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
        info.uid = info.gid = 0
        info.uname = info.gname = ""
        info.mtime = mtime
        info.mode = 0o755 if info.isdir() or info.mode & 0o100 else 0o644
        return info

    # Wheels are compressed already: level 1 is as small and much faster.
    with (
        archive.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=1, mtime=mtime) as zipped,
        tarfile.open(fileobj=zipped, mode="w") as tar,
    ):
        tar.add(folder, folder.name, recursive=False, filter=plain)
        for path in sorted(folder.rglob("*")):
            tar.add(path, f"{folder.name}/{path.relative_to(folder)}", recursive=False, filter=plain)


def build(out_dir: Path) -> Path:
    """Writes femfaktor-<version>-linux-x86_64.tar.gz of the committed source; returns its path."""
    project = _project()
    name = f"femfaktor-{project['project']['version']}-{PLATFORM}"
    out_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out_dir, prefix=".bundle-") as temp:
        folder = Path(temp) / name
        wheels, source = folder / "wheels", folder / "source"
        wheels.mkdir(parents=True)
        source.mkdir()
        lock = folder / "requirements.lock"
        full = (ROOT / "requirements.lock").read_text(encoding="utf-8")
        lock.write_text(cut_lock(full, close_over(runtime_roots(project))), encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        command += ["--no-deps", "--require-hashes", "--only-binary=:all:", "--python-version", "3.11"]
        command += [part for tag in PIP_PLATFORMS for part in ("--platform", tag)]
        command += ["--requirement", str(lock), "--dest", str(wheels)]
        fetched = subprocess.run(command, stderr=subprocess.PIPE, text=True)
        if fetched.returncode:
            raise click.ClickException(f"pip could not fetch the wheels:\n{fetched.stderr}")
        tree = Path(temp) / "source.tar"
        _git("archive", "--format=tar", "--output", str(tree), "HEAD")
        with tarfile.open(tree) as tar:
            tar.extractall(source, filter="data")
        (folder / "install.sh").write_text(INSTALL_SH, encoding="utf-8")
        (folder / "install.sh").chmod(0o755)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        sums = "".join(f"{_sha256(path)}  {path.relative_to(folder)}\n" for path in files)
        (folder / "SHA256SUMS").write_text(sums, encoding="utf-8")
        packed = Path(temp) / "packed.tar.gz"
        _pack(folder, packed, int(_git("log", "-1", "--format=%ct")))
        return packed.replace(out_dir / f"{name}.tar.gz")


def cut_off() -> list[str] | None:
    """The command prefix that runs the rest without a network, or None where this machine permits none."""
    for prefix in (["unshare", "--net"], ["unshare", "--map-root-user", "--net"]):
        if shutil.which("unshare") and subprocess.run([*prefix, "true"], capture_output=True).returncode == 0:
            return prefix
    return None


def prove(archive: Path, prefix: list[str]) -> str:
    """Without a network: installs `archive` in a temp folder, makes a small synthetic release.

    `prefix` is `cut_off()`. Returns what `femfaktor --help` says; CalledProcessError when a step fails.
    """
    with tempfile.TemporaryDirectory(prefix="femfaktor-bundle-") as temp:
        with tarfile.open(archive) as tar:
            tar.extractall(temp, filter="data")
        (folder,) = Path(temp).iterdir()
        # Nothing of the caller's environment: no index, no wheel folder, no other installation.
        env = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": temp,
            "PYTHON": sys.executable,
            "LANG": "C.UTF-8",
        }

        def run(*command: str) -> str:
            done = subprocess.run(
                [*prefix, *command], cwd=folder, env=env, check=True, stdout=subprocess.PIPE, text=True
            )
            return done.stdout

        interfaces = re.findall(r"(?m)^\s*(\S+):", run("cat", "/proc/net/dev"))
        if set(interfaces) - {"lo"}:
            raise RuntimeError("the proof still sees a network")
        run("./install.sh")
        run(".venv/bin/python", "-c", IMPORT_ALL)
        run(".venv/bin/femfaktor", "--home", "proof", "demo", "--persons", "20000")
        return run(".venv/bin/femfaktor", "--help")


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=ROOT / "dist", help="Folder for the archive.")
def main(out: Path) -> None:
    """Build the offline bundle and prove it with the network off."""
    if _git("status", "--porcelain", "--untracked-files=no"):
        click.echo("note: uncommitted changes are not in the bundle (it holds HEAD)", err=True)
    archive = build(out)
    click.echo(f"{archive} ({archive.stat().st_size / 1e6:.0f} MB)")
    prefix = cut_off()
    if prefix is None:
        click.echo("NOT PROVEN: this machine doesn't permit a network namespace (unshare --net)", err=True)
        sys.exit(40)
    try:
        prove(archive, prefix)
    except (subprocess.CalledProcessError, RuntimeError) as error:
        command = error.cmd if isinstance(error, subprocess.CalledProcessError) else [str(error)]
        raise click.ClickException(
            f"NOT PROVEN: {' '.join(command)[:100]} failed with the network off"
        ) from None
    click.echo("proven: installs, and makes a release of a small synthetic delivery, with the network off")


if __name__ == "__main__":
    main()
