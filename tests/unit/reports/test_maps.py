"""Where a municipality lies on the overview's map: on the tile grid, or by outlines that were given."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from reports.maps import check_codes, code_of, read_outlines, tiles
from schemas.errors import EnvironmentUnfit


def square(west: float, south: float, side: float) -> list[list[list[float]]]:
    east, north = west + side, south + side
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def geojson(folder: Path, *features: tuple[dict, str, list]) -> Path:
    path = folder / "kommuner.geojson"
    entries = [
        {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}
        for properties, kind, coordinates in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": entries}), encoding="utf-8")
    return path


def test_the_grid_has_the_98_municipalities_each_in_a_place_of_its_own():
    grid = tiles()
    assert len(grid) == 98
    assert len({(tile.row, tile.column) for tile in grid.values()}) == 98


@pytest.mark.parametrize(
    ("north", "south"), [("860", "851"), ("851", "751"), ("751", "630"), ("217", "101"), ("101", "376")]
)
def test_north_lies_above_south(north, south):
    assert tiles()[north].row < tiles()[south].row


@pytest.mark.parametrize(("west", "east"), [("561", "630"), ("630", "461"), ("461", "330"), ("330", "101")])
def test_west_lies_left_of_east(west, east):
    assert tiles()[west].column < tiles()[east].column


@pytest.mark.parametrize(
    ("written", "code"), [("0101", "101"), ("101", "101"), (751, "751"), (" 0825 ", "825")]
)
def test_a_code_is_the_same_with_and_without_its_zero(written, code):
    assert code_of(written) == code


def test_outlines_lie_where_the_settings_say_and_nowhere_by_default(tmp_path):
    from assets.settings import Settings

    assert Settings().outlines(tmp_path) is None
    named = Settings.model_validate({"release": {"outlines": "kommuner.geojson"}})
    assert named.outlines(tmp_path) == tmp_path / "kommuner.geojson"


def test_outlines_are_drawn_north_up_and_as_wide_as_they_are(tmp_path):
    # In metres: one square kilometre beside another that lies a kilometre further north.
    path = geojson(
        tmp_path,
        ({"KOMKODE": "0101"}, "Polygon", square(500_000, 6_200_000, 1_000)),
        ({"kode": 751}, "MultiPolygon", [square(501_000, 6_201_000, 1_000)]),
    )
    outlines = read_outlines(path)
    assert (outlines.width, outlines.height) == (600.0, 600.0)
    corners = [
        tuple(map(float, pair.split())) for pair in re.findall(r"[\d.]+ [\d.]+", outlines.paths["101"])
    ]
    assert {(0.0, 600.0), (300.0, 600.0), (300.0, 300.0), (0.0, 300.0)} == set(corners)
    assert outlines.paths["751"].startswith("M300.0 300.0")


def test_degrees_are_squeezed_as_far_north_as_denmark_lies(tmp_path):
    # cos 56° = 0.5592: a degree of longitude is that much shorter than one of latitude. 600 / 0.5592 = 1073.
    path = geojson(tmp_path, ({"kom": "101"}, "Polygon", square(10, 55.5, 1)))
    outlines = read_outlines(path)
    assert outlines.height == pytest.approx(1073, abs=0.1)


def test_points_on_a_line_are_dropped_and_corners_stay(tmp_path):
    ring = square(500_000, 6_000_000, 1_000)
    along = [[x, 6_000_000.0] for x in range(500_000, 501_000)]
    path = geojson(tmp_path, ({"kom": "101"}, "Polygon", [[*along, *ring[0][1:]]]))
    assert read_outlines(path).paths["101"].count("L") <= 5


@pytest.mark.parametrize(
    "text", ["no json", "[]", '{"features": 3}', '{"features": [{"geometry": {"type": "Polygon"}}]}']
)
def test_a_file_that_cannot_be_used_is_refused_in_words(tmp_path, text):
    path = tmp_path / "kommuner.geojson"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EnvironmentUnfit, match=r"kommuner\.geojson"):
        read_outlines(path)


HOME = square(10, 55.5, 1)


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        (({"kom": 101.0}, "Polygon", HOME), "1 of 2 features whose municipality code is not three digits"),
        (({"kom": "1101"}, "Polygon", HOME), "1 of 2 features whose municipality code is not three digits"),
        (({"navn": "Aarhus"}, "Polygon", HOME), "1 of 2 features without a municipality code in kom, kode"),
        (({"kom": None}, "Polygon", HOME), "1 of 2 features without a municipality code in kom, kode"),
        (({"kom": "751"}, "LineString", HOME[0]), "1 of 2 features that are no polygon"),
        (({"kom": "751"}, "Polygon", []), "1 of 2 features that are no polygon"),
        (({"kom": "751"}, "Polygon", [[[float("nan"), 56.0]] * 4]), "no GeoJSON of polygons with numbers"),
        # Latitude first; UTM metres beside degrees; Web Mercator; the wrong half of the Earth.
        (({"kom": "751"}, "Polygon", square(55.5, 10, 1)), "do not lie in Denmark"),
        (({"kom": "751"}, "Polygon", square(570_000, 6_220_000, 1_000)), "do not lie in Denmark"),
        (({"kom": "751"}, "Polygon", square(1_130_000, 7_580_000, 1_000)), "do not lie in Denmark"),
        (({"kom": "751"}, "Polygon", square(-10, 55.5, 1)), "do not lie in Denmark"),
    ],
)
def test_one_odd_feature_refuses_the_file_and_says_what_is_odd_but_no_value(tmp_path, odd, said):
    path = geojson(tmp_path, ({"kom": "101"}, "Polygon", HOME), odd)
    with pytest.raises(EnvironmentUnfit, match=said) as refused:
        read_outlines(path)
    assert "751" not in str(refused.value) and "Aarhus" not in str(refused.value)


def test_outlines_of_other_municipalities_than_the_releases_are_refused(tmp_path):
    path = geojson(tmp_path, ({"kom": "0101"}, "Polygon", HOME))
    check_codes(read_outlines(path), path, ["751", "101"])
    with pytest.raises(EnvironmentUnfit, match="no feature has the code of a municipality of this release"):
        check_codes(read_outlines(path), path, ["751"])


def test_a_file_that_is_not_there_is_refused_in_words(tmp_path):
    with pytest.raises(EnvironmentUnfit, match=r"kommuner\.geojson"):
        read_outlines(tmp_path / "kommuner.geojson")
