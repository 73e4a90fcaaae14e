"""The figure sheet of a checked synthetic delivery: every figure against its target, and three distributions.

Belongs here: drawing. Does not belong here: measuring (`check.py`), report charts (`reports/charts.py`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from synthetic_data.check import Figure

INK, SOFT, GOOD, BAD = "#1f2933", "#9aa5b1", "#0b6e4f", "#b3261e"


def draw_sheet(figures: list[Figure], truth: pl.DataFrame, paths: list[Path], title: str) -> None:
    """One page; the form is each path's suffix: png, svg or pdf."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    style: Any = {
        "svg.hashsalt": "femfaktor",
        "font.size": 8,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    with plt.rc_context(style):
        sheet, axes = plt.subplot_mosaic(
            [["all", "factors"], ["all", "sizes"], ["all", "risk"]],
            figsize=(12, 11), width_ratios=[1.5, 1], layout="constrained",
        )  # fmt: skip
        sheet.suptitle(title, color=INK)
        _draw_figures(axes["all"], figures)
        inside = truth.filter(pl.col("area_ids").list.len() > 0)
        _draw_factors(axes["factors"], truth, inside)
        _draw_areas(axes["sizes"], axes["risk"], inside)
        # Where things stand is the same in every form.
        sheet.draw_without_rendering()
        sheet.set_layout_engine("none")
        for path in paths:
            metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(path.suffix[1:])
            sheet.savefig(path, dpi=130, metadata=metadata)
        plt.close(sheet)


def _draw_figures(axis, figures: list[Figure]) -> None:
    """Distance from the target in tolerances: between -1 and 1 is met."""
    axis.axvspan(-1, 1, color="#e6f2ec", zorder=0)
    for row, figure in enumerate(figures):
        nearest = min(max(figure.achieved, figure.low), figure.high)
        off = (figure.achieved - nearest) / max(figure.tolerance, 1e-9)
        shown = float(np.clip(off, -2, 2))
        axis.plot(shown, row, "o" if figure.is_met else "X", color=GOOD if figure.is_met else BAD, ms=4)
    axis.set_yticks(range(len(figures)), [f"{f.group}: {f.name}" for f in figures], fontsize=6.5)
    axis.set_ylim(len(figures) - 0.5, -0.5)
    axis.set_xlim(-2.1, 2.1)
    axis.set_xlabel("distance from the target, in tolerances (cross: off)")


def _draw_factors(axis, truth: pl.DataFrame, inside: pl.DataFrame) -> None:
    for offset, rows, color, label in ((-0.2, truth, SOFT, "all children"), (0.2, inside, GOOD, "in areas")):
        known = rows.filter(pl.col("n_known") == 5)["n_yes"]
        shares = [100 * (known == n).sum() / max(len(known), 1) for n in range(6)]
        bars = axis.bar(np.arange(6) + offset, shares, 0.4, color=color, label=label)
        axis.bar_label(bars, fmt="%.1f", fontsize=6)
    axis.set_xlabel("number of factors")
    axis.set_ylabel("per cent of children")
    axis.legend(frameon=False, loc="upper right")


def _draw_areas(sizes, risk, inside: pl.DataFrame) -> None:
    per_area = (
        inside.explode("area_ids")
        .filter(pl.col("area_ids").str.starts_with("omr-"))
        .group_by("area_ids")
        .agg(
            children=pl.len(),
            share=100 * (pl.col("state") == "særlig").sum() / (pl.col("state") != "uafklaret").sum(),
        )
        .sort("area_ids")
    )
    sizes.hist(per_area["children"].to_numpy(), bins=20, color=GOOD)
    sizes.set_xlabel("children in an area")
    sizes.set_ylabel("areas")
    risk.scatter(per_area["children"].to_numpy(), per_area["share"].to_numpy(), s=10, color=GOOD)
    risk.axhspan(35, 37, color="#e6f2ec", zorder=0)
    risk.set_xlabel("children in an area")
    risk.set_ylabel("per cent at risk")
