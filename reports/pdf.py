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

TEMPLATES = Path(__file__).parent / "templates"
PAGES = 2
STANDARDS: list[PDFStandard] = ["a-2a", "ua-1"]


class Compiler:
    """One reused Typst compiler over one template, in a folder that holds our fonts and nothing else."""

    def __init__(self, template: str) -> None:
        import typst

        self._folder = tempfile.TemporaryDirectory(prefix="femfaktor-report-")
        root = Path(self._folder.name)
        for cut in fonts.CUTS:
            shutil.copy(fonts.font_file(cut), root)
        shutil.copy(TEMPLATES / template, root)
        self._compiler = typst.Compiler(
            str(root / template), root=str(root), font_paths=[str(root)], ignore_system_fonts=True
        )

    def compile(self, page: Mapping[str, Any], **options: Any) -> bytes | list[bytes]:
        """The page, with `?` for letters that our font doesn't have.

        Raises RuntimeError on a compiler warning: a font would be replaced silently.
        """
        data = fonts.drawable(json.dumps(page, ensure_ascii=False))
        result, warnings = self._compiler.compile_with_warnings(sys_inputs={"page": data}, **options)
        if warnings:
            raise RuntimeError(f"typst: {len(warnings)} warnings: {getattr(warnings[0], 'message', '')}")
        assert result is not None
        return result


class Printer(Compiler):
    """`day` is the document date of every page: same data, same bytes."""

    def __init__(self, day: date) -> None:
        super().__init__("report.typ")
        self._date = datetime(day.year, day.month, day.day, tzinfo=UTC)

    def pdf(self, page: Mapping[str, Any]) -> bytes:
        """A view's `report_page` as PDF. Raises RuntimeError if it does not fit."""
        result = self.compile(
            page, format="pdf", pdf_standards=STANDARDS, timestamp=int(self._date.timestamp())
        )
        assert isinstance(result, bytes)
        if (pages := _pages(result)) != PAGES:
            raise RuntimeError(f"a report is exactly {PAGES} pages, not {pages}")
        return result


def _pages(pdf: bytes) -> int:
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()
