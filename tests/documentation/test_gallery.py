"""The pictures of docs/plots.md are those of the code above them, and of the scenario as it is."""

import json
from pathlib import Path

import pytest

import diamondsim as ds
from benchmarks.gallery import PAGE, parts

PICTURES = {picture: code for code, picture in parts() if picture}


def about(picture: str) -> dict[str, object]:
    image = pytest.importorskip("PIL.Image", reason="of an extra").open(PAGE.parent / picture)
    with image:
        return dict(json.loads(image.info["Description"]))


def test_every_picture_of_the_library_is_shown():
    assert {Path(picture).stem for picture in PICTURES} == set(ds.plot.__all__)
    for picture, code in PICTURES.items():
        assert f"ds.plot.{Path(picture).stem}(" in code


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_was_made_by_the_code_above_it(picture):
    assert about(picture)["code"] == PICTURES[picture], "draw it again: python3 dev.py gallery"


def test_the_pictures_say_what_the_scenario_says_today():
    scenario = ds.load_scenario("lapse-2027")
    for picture in ("figures/shortage_heat_map.png", "figures/replication_timeline.png"):
        head = " ".join(str(about(picture)["head"]).replace("\\n", " ").split())
        assert scenario.title in head
        assert f"as of {scenario.as_of}" in head
        assert str(scenario.legal_state)[:60] in head
