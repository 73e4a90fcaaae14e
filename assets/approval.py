"""Approval: a proposal, its paperwork, the signature, and the one step that makes it the latest release.

Belongs here: `proposals/` and `releases/` as folders, who signs, in which order things become durable. No
Dagster: a person at a prompt waits for this. Does not belong here: building a release (the stages), the chain
itself (`disclosure/ledger.py`).

```
proposals/r0002/proposal.json   who proposed it when, and the ledger entry it would append
proposals/r0002/audit.json      what the audit tried and found, and what the protection cost
proposals/r0002/relations.parquet  what adds up, in words
proposals/r0002/release/        the files, moved to releases/r0002 on approval; the paperwork stays
proposals/r0002/signature.json  who approved which manifest when; a copy goes with the release
```

The order of an approval: sign, append to the ledger, move, point `latest` at it. What the ledger holds is
published; a run that dies after that step is finished by the next (`open_releases`), one that dies before it
has published nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assets import clock, files
from assets.disclosure.ledger import Entry, Ledger, Stand, open_ledger
from assets.fingerprints import hash_file
from assets.home import READABLE, READABLE_FILE, Home
from assets.people import Person
from assets.release.manifest import (
    MANIFEST_FILE,
    SIGNATURE_FILE,
    differing_files,
    numbered,
    waiting_proposals,
)
from schemas.errors import DisclosureRefused
from schemas.release import SYNTHETIC

PROPOSAL_FILE, AUDIT_FILE, RELATIONS_FILE = "proposal.json", "audit.json", "relations.parquet"


@dataclass(frozen=True)
class Proposal:
    """What `proposal.json` says. `accounts`: whose runs counted, protected and proposed it."""

    number: str
    is_synthetic: bool
    manifest: str
    accounts: Sequence[str]
    proposed_by: Mapping[str, str]
    proposed_at: str
    inputs: Mapping[str, str]
    entry: Mapping[str, Any]

    @property
    def ledger_entry(self) -> Entry:
        return Entry.from_content(self.entry)


def release_folder(home: Home, number: str) -> Path | None:
    """The files of a release or of a waiting proposal."""
    for folder in (home.releases / number, home.proposals / number / "release"):
        if folder.is_dir():
            return folder
    return None


def read_proposal(folder: Path) -> Proposal:
    try:
        return Proposal(**json.loads((folder / PROPOSAL_FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise DisclosureRefused(
            f"{folder.name}: {PROPOSAL_FILE} is gone or damaged. Discard the proposal and propose again."
        ) from None


def read_audit(folder: Path) -> dict[str, Any]:
    """What the audit tried and found, of a release or a proposal."""
    try:
        return dict(json.loads((folder / AUDIT_FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise DisclosureRefused(
            f"{folder.name}: {AUDIT_FILE} is gone or damaged. Discard the proposal and propose again; of a "
            "published release, restore it from a backup."
        ) from None


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    files.write(path, (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode())


def open_releases(home: Home) -> tuple[Ledger, bytes]:
    """The verified ledger and the seed, with an approval that died half-way finished.

    Raises:
        DisclosureRefused: seed, ledger and releases don't belong together.
    """
    ledger, seed = open_ledger(home.private, _stands(home))
    if ledger.entries:
        _check_published(_finish(home, ledger))
    return ledger, seed


def _check_published(release: Path) -> None:
    """Of what lies open in the last release the next one is made: it must be what was signed."""
    if wrong := _altered(release, _signed(release)):
        raise DisclosureRefused(
            f"{release.name}: {len(wrong)} published file(s) are not as they were signed, first {wrong[0]}. "
            "Restore the folder from a backup (docs/releasing.md, Backup)."
        )


def _signed(folder: Path) -> str | None:
    """Hash of the manifest that was signed; None if the signature is gone or damaged."""
    try:
        return json.loads((folder / SIGNATURE_FILE).read_text(encoding="utf-8"))["manifest_sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _altered(release: Path, manifest_sha256: str | None) -> list[str]:
    """Files of a release that are not those of a manifest."""
    manifest = release / MANIFEST_FILE
    is_known = not manifest.is_symlink() and manifest.is_file() and hash_file(manifest) == manifest_sha256
    return differing_files(release) if is_known else [MANIFEST_FILE]


def _stands(home: Home) -> list[Stand]:
    """What all releases say of the ledger: their manifests, and the paperwork of those moved there."""
    stands = [
        Stand(folder.name, entry.number, entry.hash)
        for folder in numbered(home.proposals)
        if (folder / SIGNATURE_FILE).is_file() and not (folder / "release").is_dir()
        for entry in [read_proposal(folder).ledger_entry]
    ]
    for release in numbered(home.releases):
        try:
            said = json.loads((release / MANIFEST_FILE).read_text(encoding="utf-8")).get("ledger")
            stand = Stand(release.name, said["length"], said["head"]) if said is not None else None
        except (OSError, ValueError, AttributeError, KeyError, TypeError):
            raise DisclosureRefused(
                f"{release.name}: {MANIFEST_FILE} is gone or damaged. Restore the folder from a backup "
                "(docs/releasing.md, Backup)."
            ) from None
        if stand is None:
            raise DisclosureRefused(
                f"{release.name} was made by an earlier version, without a ledger: nothing can follow it. "
                "Start a new data home (--home)."
            )
        stands.append(stand)
    return stands


def approve(home: Home, number: str, by: Person, *, second_person: bool = False) -> Path:
    """Sign the proposal and publish it; where it now lies. The home must be locked.

    Raises:
        DisclosureRefused: it is not the newest, not as it was audited, not signed by who may, or the ledger
            moved on since.
    """
    ledger, _ = open_releases(home)
    folder = home.proposals / number
    if (home.releases / number).is_dir():
        return home.releases / number
    if not (folder / "release").is_dir():
        raise DisclosureRefused(f"There is no proposal {number}: see femfaktor release show.")
    newest = max(each.name for each in [*waiting_proposals(home), *numbered(home.releases)])
    if newest != number:
        raise DisclosureRefused(
            f"{number} is not the newest: {newest} came after it. Approve that one, or discard it and "
            "propose again."
        )
    proposal = read_proposal(folder)
    _check_files(folder, proposal)
    _check_person(proposal, by, second_person=second_person)
    entry = proposal.ledger_entry
    ledger.check_next(entry)
    write_json(
        folder / SIGNATURE_FILE,
        {
            "release": number,
            "manifest_sha256": proposal.manifest,
            "approved_by": "synthetic data: by itself" if proposal.is_synthetic else asdict(by),
            "approved_at": clock.stamp(),
            "proposed_by": dict(proposal.proposed_by),
            "proposed_at": proposal.proposed_at,
        },
    )
    ledger.append(entry)
    return _finish(home, ledger)


def _check_files(folder: Path, proposal: Proposal) -> None:
    release = folder / "release"
    if wrong := _altered(release, proposal.manifest):
        raise DisclosureRefused(
            f"{folder.name}: {len(wrong)} file(s) are not as they were audited, first {wrong[0]}. Discard "
            "the proposal and propose again."
        )
    manifest = json.loads((release / MANIFEST_FILE).read_text(encoding="utf-8"))
    said, entry = manifest["ledger"], proposal.ledger_entry
    is_marked = manifest["marking"] == SYNTHETIC
    if (said["length"], said["head"], is_marked) != (entry.number, entry.hash, proposal.is_synthetic):
        raise DisclosureRefused(
            f"{folder.name}: {PROPOSAL_FILE} belongs to other files. Discard the proposal and propose again."
        )
    read_audit(folder)


def _check_person(proposal: Proposal, by: Person, *, second_person: bool) -> None:
    if proposal.is_synthetic or not second_person:
        return
    if by.login in proposal.accounts:
        raise DisclosureRefused(
            f"{proposal.number} needs a second person ([release] second_person in femfaktor.toml): "
            f"{by.login} ran the night or proposed it. Let somebody else log in and approve."
        )


def _finish(home: Home, ledger: Ledger) -> Path:
    """What the ledger says is published lies under `releases/`, and `latest` points at the newest."""
    entry = ledger.entries[-1]
    target, folder = home.releases / entry.release, home.proposals / entry.release
    if not target.is_dir():
        release = folder / "release"
        if not (release.is_dir() and (folder / SIGNATURE_FILE).is_file()):
            raise DisclosureRefused(
                f"The ledger says that {entry.release} is published, and it is not under {home.releases}. "
                "Nothing can follow it until it is restored from a backup (docs/releasing.md, Backup)."
            )
        if wrong := _altered(release, _signed(folder)):
            raise DisclosureRefused(
                f"{entry.release} is signed, and {len(wrong)} of its file(s) are not as they were signed, "
                f"first {wrong[0]}. Nothing of it was published, and nothing can follow it until {folder} is "
                "restored from a backup (docs/releasing.md, Backup)."
            )
        files.write(release / SIGNATURE_FILE, (folder / SIGNATURE_FILE).read_bytes())
        files.set_modes(release, READABLE_FILE, READABLE)
        files.move(release, target)
    if not home.latest.is_symlink() or home.latest.readlink() != Path(entry.release):
        files.point(home.latest, entry.release)
    return target


def discard(home: Home, number: str) -> None:
    """Remove a waiting proposal. The home must be locked.

    Raises:
        DisclosureRefused: it is published, or not there.
    """
    open_releases(home)
    folder = home.proposals / number
    if not (folder / "release").is_dir():
        raise DisclosureRefused(
            f"{number} is published and stays."
            if (home.releases / number).is_dir()
            else f"There is no proposal {number}: see femfaktor release show."
        )
    # Out of sight in one step: half a folder is no proposal.
    beside = home.staging / f"discarded-{number}"
    files.move(folder, beside)
    files.remove_tree(beside)
