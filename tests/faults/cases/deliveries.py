"""Files that are not what they should be, whatever is in them.

Belongs here: whole files, links, manifests, encodings. Does not belong here: their rows (`shape.py`), values.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.faults.cases.planting import Plant, lines, raw, text
from tests.faults.delivery import LISTS, YEARS, Delivered
from tests.faults.fault import CSV, PARQUET, Fault, Group, Said

AGAIN = "delivered more than once for"
VOUCHED = "neither SHA256SUMS nor a .done marker vouches for the file"
FILES = (
    *(register for register, years in YEARS.items() for _ in years),
    *LISTS,
)
NO_REGULAR_FILE = "it is no regular file"


def instead(make: Callable[[Path], None]) -> Plant:
    """Something else in the place of AKM's last file."""

    def plant(delivered: Delivered) -> None:
        path = delivered.path("akm")
        path.unlink()
        make(path)

    return plant


def dangling(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


def escaping(path: Path) -> None:
    outside = path.parents[3] / f"elsewhere{path.suffix}"
    outside.write_bytes(b"PNR;SOCIO13\n1;330\n")
    path.symlink_to(outside)


def as_link_inside(delivered: Delivered) -> None:
    """The file lies under another name in the delivery, and its own name is a link to it."""
    path = delivered.path("akm")
    kept = delivered.folder / "store" / "akm.bin"
    kept.parent.mkdir()
    path.replace(kept)
    path.symlink_to(kept)


def twice(delivered: Delivered) -> None:
    """The last year of BOL once more, in a folder of another day."""
    path = delivered.path("bol")
    again = delivered.folder / "levering-2025-03-01" / path.relative_to(delivered.folder)
    again.parent.mkdir(parents=True)
    shutil.copy(path, again)


def same_bytes(delivered: Delivered) -> None:
    shutil.copy(delivered.path("akm", 2022), delivered.path("akm", 2023))


def remove_register(delivered: Delivered) -> None:
    for year in (2023, 2024):
        path = delivered.path("udda", year)
        path.unlink()
        delivered.marker(path).unlink(missing_ok=True)


def unfinished(delivered: Delivered) -> None:
    path = delivered.path("akm")
    path.replace(path.with_name(path.name + ".part"))


def sums(*, wrong: str = "", missing: str = "", unlisted: str = "") -> Plant:
    """SHA256SUMS over everything delivered; for one register a wrong sum, no line, or no file."""

    def plant(delivered: Delivered) -> None:
        found = []
        for path in sorted(delivered.folder.rglob("*")):
            name = str(path.relative_to(delivered.folder))
            if not path.is_file() or path.suffix == ".syntetisk":
                continue
            last = path == delivered.path(wrong or missing or unlisted or "akm")
            if last and unlisted:
                continue
            content = b"other" if last and wrong else path.read_bytes()
            found.append(f"{hashlib.sha256(content).hexdigest()}  {name}")
            if last and missing:
                path.unlink()
                delivered.marker(path).unlink(missing_ok=True)
        (delivered.folder / "SHA256SUMS").write_text("\n".join(found) + "\n", encoding="utf-8")

    return plant


def mark_done(*, but: str = "") -> Plant:
    def plant(delivered: Delivered) -> None:
        for register in ("udda", "akm"):
            if register != but:
                for year in (2022, 2023, 2024):
                    path = delivered.path(register, year)
                    if path.exists():
                        path.with_name(path.name + ".done").touch()

    return plant


def require_manifest(delivered: Delivered) -> None:
    """The home asks for a manifest, and there is none."""
    settings = delivered.folder.parent / "femfaktor.toml"
    before = settings.read_text(encoding="utf-8")
    settings.write_text(before + '[delivery]\nmanifest = "required"\n', encoding="utf-8")


def encoded(encoding: str) -> Callable[[bytes], bytes]:
    return lambda content: content.decode("cp1252").encode(encoding)


def rewrite_list(function: Callable[[bytes], bytes]) -> Plant:
    return text("omraader", function)


def double_encoded(content: bytes) -> bytes:
    return (
        content.decode("utf-8-sig" if content[:3] == b"\xef\xbb\xbf" else "cp1252")
        .encode()
        .decode("cp1252")
        .encode()
    )


def encoded_as_list(encoding: str) -> Callable[[bytes], bytes]:
    def encode(content: bytes) -> bytes:
        return content.decode("utf-8-sig" if content[:3] == b"\xef\xbb\xbf" else "cp1252").encode(encoding)

    return encode


def mixed(content: bytes) -> bytes:
    """One row in Windows-1252, the others in UTF-8."""
    decoded = content.decode("utf-8-sig" if content[:3] == b"\xef\xbb\xbf" else "cp1252")
    rows = decoded.split("\r\n")
    return b"\r\n".join(row.encode("cp1252" if "Mose" in row else "utf-8") for row in rows).replace(
        b"Mosehoj", b"Moseh\xf8j"
    )


def with_bom(content: bytes) -> bytes:
    return b"\xef\xbb\xbf" + content


GROUP = Group(
    "Deliveries",
    "Files that were damaged, cut, confused or not finished on their way.",
    (
        Fault(
            name="an empty file",
            arrives="A file of zero bytes",
            plant=raw("akm", lambda content: b""),
            says=(Said("akm", "", "the file is empty", 0),),
        ),
        Fault(
            name="a header and nothing else",
            arrives="A CSV with its header only",
            plant=text("akm", lines(lambda rows: rows[:1])),
            says=(Said("akm", "", "there are no rows", 0),),
            forms=CSV,
        ),
        Fault(
            name="a gzipped file that was cut",
            arrives="Half of a gzipped CSV",
            plant=raw("udda", lambda content: content[: len(content) // 2]),
            says=(Said("udda", "", "the file can't be read"),),
            forms=("csv.gz",),
        ),
        Fault(
            name="a Parquet file that was cut",
            arrives="A Parquet file without its footer",
            plant=raw("udda", lambda content: content[:-100]),
            says=(Said("udda", "", "the file has no end"),),
            forms=PARQUET,
        ),
        Fault(
            name="a Parquet file with a damaged footer",
            arrives="A Parquet file whose footer is not one",
            plant=raw("udda", lambda content: content[:-1200] + bytes(1192) + content[-8:]),
            says=(Said("udda", "", "the file can't be read"),),
            forms=PARQUET,
        ),
        Fault(
            name="a CSV that was cut within a row",
            arrives="A CSV whose last line has no end",
            plant=text("udda", lambda content: content[:-4]),
            says=(Said("udda", "", "the last line has no end"),),
            forms=CSV,
        ),
        Fault(
            name="a SAS file that was cut",
            arrives="A SAS transport file that ends in its header",
            plant=raw("udda", lambda content: content[:900]),
            says=(Said("udda", "", "the file can't be read"),),
            forms=("xpt",),
        ),
        Fault(
            name="a file of another form than its name",
            arrives="A workbook called like the register's file",
            plant=raw("akm", lambda content: b"PK\x03\x04" + bytes(200)),
            says=(Said("akm", "", "the file is no "),),
        ),
        Fault(
            name="a CSV called Parquet",
            arrives="Text in a file called .parquet",
            plant=raw("akm", lambda content: b"PNR;SOCIO13\n1;330\n"),
            says=(Said("akm", "", "the file is no parquet file"),),
            forms=PARQUET,
        ),
        Fault(
            name="a CSV called gzip",
            arrives="Text that is not packed in a file called .csv.gz",
            plant=raw("akm", gzip.decompress),
            says=(Said("akm", "", "the file is no gz file"),),
            forms=("csv.gz",),
        ),
        Fault(
            name="a register is missing",
            arrives="No UDDA at all",
            plant=remove_register,
            says=(Said("udda", "", "not delivered"),),
        ),
        Fault(
            name="a folder in the place of a file",
            arrives="A folder with the name of a file",
            plant=instead(lambda path: path.mkdir()),
            says=(Said("akm", "", "a folder stands in the place of a file"),),
            forms=("yearly", *CSV, "xpt"),
        ),
        Fault(
            name="a link to nowhere",
            arrives="A symbolic link whose target is gone",
            plant=instead(dangling),
            says=(Said("akm", "", "a link leads nowhere"),),
        ),
        Fault(
            name="a link out of the delivery",
            arrives="A symbolic link to a file outside of the delivery folder",
            plant=instead(escaping),
            says=(Said("akm", "", "a link leads out of the delivery folder"),),
        ),
        Fault(
            name="a link within the delivery",
            arrives="A symbolic link to a file of the delivery",
            plant=as_link_inside,
        ),
        Fault(
            name="a pipe",
            arrives="A named pipe in the place of a file (opening it would wait for ever)",
            plant=instead(lambda path: os.mkfifo(path)),
            says=(Said("akm", "", NO_REGULAR_FILE),),
        ),
        Fault(
            name="a transfer that is not finished",
            arrives="A file that is still called .part",
            plant=unfinished,
            says=(Said("akm", "", "the transfer of the file is not finished"),),
        ),
        Fault(
            name="two deliveries for one period",
            arrives="BOL of one year in two folders",
            plant=twice,
            says=(Said("bol", "", f"{AGAIN} 2024-12-31", 2),),
        ),
        Fault(
            name="the bytes of another year",
            arrives="AKM of 2022 once more, called 2023",
            plant=same_bytes,
            says=(Said("akm", "", "the same bytes were delivered for 2022-12-31 and 2023-12-31", 2),),
        ),
        Fault(
            name="yesterday's bytes again",
            arrives="Every file written again with the bytes it had",
            plant=raw("akm", lambda content: content),
        ),
        Fault(
            name="no manifest where one is required",
            arrives='Neither SHA256SUMS nor .done, and `[delivery] manifest = "required"`',
            plant=require_manifest,
            says=tuple(Said(register, "", VOUCHED) for register in FILES),
        ),
        Fault(
            name="a manifest where one is required",
            arrives='SHA256SUMS, and `[delivery] manifest = "required"`',
            plant=lambda delivered: (sums()(delivered), require_manifest(delivered))[0],
        ),
        Fault(
            name="a list of checksums that holds",
            arrives="SHA256SUMS beside the files",
            plant=sums(),
        ),
        Fault(
            name="bytes that are not those of the checksum",
            arrives="SHA256SUMS with another sum for one file",
            plant=sums(wrong="akm"),
            says=(Said("akm", "", "the bytes are not those of SHA256SUMS"),),
        ),
        Fault(
            name="a file of the checksums is not there",
            arrives="SHA256SUMS that lists a file more than there is",
            plant=sums(missing="bol"),
            says=(Said("", "", "a file of SHA256SUMS was not delivered"),),
        ),
        Fault(
            name="a file that the checksums don't know",
            arrives="SHA256SUMS without one of the files",
            plant=sums(unlisted="akm"),
            says=(Said("akm", "", "the file is not in SHA256SUMS"),),
        ),
        Fault(
            name="markers that say done",
            arrives="A .done marker for each file of two registers",
            plant=mark_done(),
            forms=("parquet",),
        ),
        Fault(
            name="a file without its marker",
            arrives=".done markers for UDDA and none for the rest of the folder",
            plant=mark_done(but="akm"),
            says=(
                *(Said("bef", "", "other files of the folder have a .done marker"),) * 2,
                *(Said("akm", "", "other files of the folder have a .done marker"),) * 2,
                *(Said("kraf", "", "other files of the folder have a .done marker"),) * 5,
                *(Said("bol", "", "other files of the folder have a .done marker"),) * 2,
                Said("omraader", "", "other files of the folder have a .done marker"),
                Said("omraade_adresser", "", "other files of the folder have a .done marker"),
                Said("hfaudd", "", "other files of the folder have a .done marker"),
            ),
            forms=("yearly", *CSV, "xpt"),
        ),
        Fault(
            name="UTF-16",
            arrives='A CSV in UTF-16, as Excel writes "Unicode text"',
            plant=text("akm", encoded("utf-16")),
            says=(Said("akm", "", "the text is UTF-16"),),
            forms=CSV,
        ),
        Fault(
            name="UTF-16 without a mark",
            arrives="A CSV in UTF-16 without its byte order mark",
            plant=text("akm", encoded("utf-16-le")),
            says=(Said("akm", "", "the text holds NUL bytes", 3973),),
            forms=CSV,
        ),
        Fault(
            name="NUL bytes",
            arrives="A CSV with three NUL bytes",
            plant=text("akm", lambda content: content.replace(b";330", b";3\0", 3)),
            says=(Said("akm", "", "the text holds NUL bytes", 3),),
            forms=CSV,
        ),
        Fault(
            name="lines that end in CR",
            arrives="A CSV whose lines end in CR alone: read as it is meant",
            plant=text("akm", lambda content: content.replace(b"\r\n", b"\r")),
            forms=CSV,
        ),
        Fault(
            name="a byte order mark",
            arrives="A CSV in UTF-8 with a byte order mark",
            plant=text("akm", with_bom),
            forms=CSV,
        ),
        Fault(
            name="letters encoded twice",
            arrives="An area list whose æ, ø and å were encoded twice",
            plant=rewrite_list(double_encoded),
            says=(Said("omraader", "name", "letters were decoded wrongly (æ as Ã¦)", 7),),
            echoes=("MosehÃ¸j",),
        ),
        Fault(
            name="two encodings in one file",
            arrives="An area list with some rows in Windows-1252 and some in UTF-8",
            plant=rewrite_list(mixed),
            says=(Said("omraader", "name", "letters were decoded wrongly (æ as Ã¦)", 4),),
        ),
        *(
            Fault(
                name=f"letters of {machine}",
                arrives=f"An area list as {machine} writes it ({encoding})",
                plant=rewrite_list(encoded_as_list(encoding)),
                says=(Said("omraader", "name", "letters were decoded wrongly (æ as Ã¦)", seen),),
            )
            # One name's only such letter is Æ, which DOS makes an apostrophe.
            for machine, encoding, seen in (("an old Mac", "mac-roman", 7), ("DOS", "cp850", 6))
        ),
        Fault(
            name="letters lost on the way",
            arrives="An area list with the sign for a letter that was lost",
            plant=rewrite_list(
                lambda content: content.replace("ø".encode(), "\ufffd".encode()).replace(
                    b"\xf8", "\ufffd".encode("utf-8")
                )
            ),
            says=(Said("omraader", "name", "letters were decoded wrongly (æ as Ã¦)", 6),),
        ),
    ),
)
