"""The index page through Jinja2.

Belongs here: the template environment. Autoescape is on: a name is text, whatever it holds.
Does not belong here: words (`texts`), rows (`view`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parent / "templates"


def index(page: Mapping[str, Any]) -> str:
    """`index.html` of a release: one file, no scripts, no network."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("index.html.j2").render(page=page)
