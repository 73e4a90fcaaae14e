"""The short text of a report, for a mail.

Belongs here: order and line breaks. Does not belong here: words (`texts`), choosing (`view`).
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

WIDTH = 72


def text(page: Mapping[str, Any]) -> str:
    """One report as plain text: what the first page says, without figures and tables."""
    key = page["key"]
    parts = [
        [page["name"], *([page["place"]] if page["place"] else []), page["as_of"]],
        [page["marking"]] if page["marking"] else [],
        [key["title"], *([key["body"]] if key["body"] else [])],
        [key["sizes"]] if key["sizes"] else [],
    ]
    for name in ("compare", "factors", "numbers", "ages", "years"):
        figure = page[name]
        note = [figure["note"]] if name in ("factors", "years") and figure["note"] else []
        parts.append([figure["heading"].upper(), figure["finding"], *note])
    others = page["initiatives"]
    named = [
        f"- {each['title']} ({each['kommune']})" + (f": {each['line']}" if each["line"] else "")
        for aim in others["aims"]
        for each in aim["initiatives"]
    ]
    parts.append([others["heading"].upper(), others["lead"], *named])
    parts.append([page["reading"]["heading"].upper(), page["reading"]["paragraphs"][0], page["definition"]])
    return "\n\n".join("\n".join(map(_wrapped, part)) for part in parts if part) + "\n"


def _wrapped(line: str) -> str:
    line = line.replace("\u200b", "")
    after = "  " if line.startswith("- ") else ""
    return textwrap.fill(line, WIDTH, subsequent_indent=after, break_on_hyphens=False)
