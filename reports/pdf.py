"""PDF/A-2a + PDF/UA-1 through Typst.

Belongs here: the compiler, its fonts, the fixed date.
Does not belong here: layout (`templates/report.typ`), words (`view`).

The standards make accessibility a compile error: no page without title, alt texts and heading order.
Data goes in as JSON through `sys_inputs`, so nothing in it can be markup.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports import fonts

if TYPE_CHECKING:
    from typst import PDFStandard

TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
STANDARDS: list[PDFStandard] = ["a-2a", "ua-1"]


class Printer:
    """One reused compiler. `day` is the document date of every page: same data, same bytes."""

    def __init__(self, day: date) -> None:
        import typst

        self._folder = tempfile.TemporaryDirectory(prefix="femfaktor-report-")
        root = Path(self._folder.name)
        for cut in fonts.CUTS:
            shutil.copy(fonts.font_file(cut), root)
        shutil.copy(TEMPLATE, root)
        self._compiler = typst.Compiler(
            str(root / TEMPLATE.name), root=str(root), font_paths=[str(root)], ignore_system_fonts=True
        )
        self._date = datetime(day.year, day.month, day.day, tzinfo=UTC)

    def pdf(self, page: Mapping[str, Any]) -> bytes:
        """The page as PDF. Raises RuntimeError on a compiler warning: a font would be replaced silently."""
        result, warnings = self._compiler.compile_with_warnings(
            format="pdf",
            sys_inputs={"page": json.dumps(page, ensure_ascii=False)},
            pdf_standards=STANDARDS,
            timestamp=int(self._date.timestamp()),
        )
        if warnings:
            raise RuntimeError(f"typst: {len(warnings)} warnings: {getattr(warnings[0], 'message', '')}")
        assert isinstance(result, bytes)
        return result
