"""Reports: one accessible A4 page per housing area and an index, drawn from protected tables.

Belongs here: the data model, Danish texts, charts, Typst and HTML templates.
Does not belong here: counting, protecting, reading of files. Imports neither `assets` nor duckdb.

Way of the data: `model` (once, from the tables) → `view` (words and strings) → `charts`, `pdf`, `html`.
"""

from reports.render import render

__all__ = ["render"]
