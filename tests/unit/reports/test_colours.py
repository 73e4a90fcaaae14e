"""What colours tell apart stays apart in greyscale and for colour-blind readers.

Lightness is CIE L* (0 black, 100 white). Colour blindness is simulated by the matrices of Machado,
Oliveira and Fernandes (2009), severity 1.0, in linear RGB; their rows sum to one, so greys stay as they are.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np
import pytest

from reports import charts

VISION = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
CSS = (Path(charts.__file__).parent / "templates/site/site.css").read_text(encoding="utf-8")
LIGHT, DARK = ([re.findall(rf"--step-{n}: (#\w+)", CSS)[mode] for n in range(1, 6)] for mode in (0, 1))


def luminance(colour: str, vision: str = "usual") -> float:
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    values = np.array([int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)])
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return float(np.clip(VISION[vision] @ linear, 0, 1) @ [0.2126, 0.7152, 0.0722])


def lightness(colour: str, vision: str = "usual") -> float:
    y = luminance(colour, vision)
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


def contrast(colour: str, other: str) -> float:
    """WCAG 2.2, 1.4.3: 1 to 21."""
    high, low = sorted((luminance(colour), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_lightness_and_contrast_are_those_of_the_standards() -> None:
    assert (lightness("#000"), lightness("#fff")) == (0, pytest.approx(100))
    assert lightness("#777777") == pytest.approx(50, abs=0.5)
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    # The lightest grey that passes 4.5 on white, as every guide to WCAG has it.
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert all(abs(matrix.sum(axis=1) - 1).max() < 1e-5 for matrix in VISION.values())


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(charts.ACCENT, charts.BAR_GREY, id="the area's bar and the others'"),
        pytest.param(charts.ACCENT, charts.ACCENT_TINT, id="a share and its interval"),
        pytest.param(charts.ACCENT_TINT, "#ffffff", id="an interval and the paper"),
        pytest.param(charts.BAR_GREY, "#ffffff", id="a bar and the paper"),
        pytest.param(charts.INK, charts.ACCENT, id="a whisker on a bar"),
        pytest.param(charts.GREY, charts.ACCENT_TINT, id="the municipality's line on the interval"),
    ],
)
def test_what_a_chart_tells_apart_differs_in_lightness_for_every_reader(one, other, vision) -> None:
    assert abs(lightness(one, vision) - lightness(other, vision)) >= 12


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("steps", [LIGHT, DARK], ids=["light", "dark"])
def test_the_map_goes_one_way_in_lightness_step_by_step(steps, vision) -> None:
    found = [lightness(step, vision) for step in steps]
    differences = [abs(after - before) for before, after in itertools.pairwise(found)]
    assert found in (sorted(found), sorted(found, reverse=True))
    assert min(differences) >= 8


@pytest.mark.parametrize("text", [charts.INK, charts.GREY, charts.ACCENT])
@pytest.mark.parametrize("paper", ["#ffffff", "#f1f5f7"], ids=["paper", "key figure's box"])
def test_text_has_the_contrast_that_small_print_needs(text, paper) -> None:
    assert contrast(text, paper) >= 4.5
