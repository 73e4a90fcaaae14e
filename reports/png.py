"""Pictures for slides: the charts as PNG through Typst, each with its finding, source and marking on it.

Belongs here: the compiler and the description inside each file. Does not belong here: which figures (`view`).

The description (PNG's own text chunk) is the alt text: a picture that is pasted elsewhere still says what it
shows. Beside it stands the SHA-256 of the chart as the unit's web page has it: there the audit reads it.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Mapping
from typing import Any

from reports.html import inline_svg
from reports.pdf import Compiler

PIXELS_PER_INCH = 180.0
SIGNATURE = b"\x89PNG\r\n\x1a\n"


class Photographer(Compiler):
    """One reused compiler for pictures."""

    def __init__(self) -> None:
        super().__init__("pictures.typ")

    def pictures(self, page: Mapping[str, Any]) -> dict[str, bytes]:
        """PNG by figure, for a view's `pictures`."""
        out = self.compile(page, format="png", ppi=PIXELS_PER_INCH)
        images = out if isinstance(out, list) else [out]
        return {
            figure["name"]: labelled(
                image,
                Description=f"{figure['description']} {page['source']} {page['marking']}",
                Source=hashlib.sha256(inline_svg(figure["svg"]).encode()).hexdigest(),
            )
            for figure, image in zip(page["figures"], images, strict=True)
        }


def labelled(image: bytes, **texts: str) -> bytes:
    """The picture with these texts by keyword (iTXt), right after the header."""
    chunks = b""
    for keyword, text in texts.items():
        body = keyword.encode() + b"\0\0\0da\0\0" + text.encode()
        chunks += (
            struct.pack(">I", len(body)) + b"iTXt" + body + struct.pack(">I", zlib.crc32(b"iTXt" + body))
        )
    end_of_header = len(SIGNATURE) + 4 + 4 + 13 + 4
    return image[:end_of_header] + chunks + image[end_of_header:]
