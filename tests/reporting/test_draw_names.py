"""Draws are named for people by what the scenario states."""

import re

import pytest

from diamondsim.plan import compile_plan
from diamondsim.plan.drawn_once import paths_drawn_once
from diamondsim.reporting.draw_names import readable_draw
from diamondsim.scenario import key_meaning, load_scenario


@pytest.mark.parametrize(
    "name, path, said",
    [
        ("uses.polishing.growth", "uses.polishing.growth", "uses.polishing.growth"),
        (
            "cn_55/spell0/general_share",
            "controls.cn_55.licensing.US.civil.general_licences.share",
            "controls.cn_55.licensing.*.general_licences.share in the first spell",
        ),
        (
            "cn_55/spell0/dead_time",
            "controls.cn_55.licensing.polishing.dead_time",
            "controls.cn_55.licensing.*.dead_time in the first spell",
        ),
        (
            "controls.cn_55.front_loading/run0",
            "controls.cn_55.front_loading",
            "controls.cn_55.front_loading at the first announcement",
        ),
        (
            "controls.cn_55.sojourn.licensing/visit0",
            "controls.cn_55.sojourn.licensing",
            "controls.cn_55.sojourn.licensing in the first stay",
        ),
        (
            "controls.cn_55.diversion.share/spell0/part1/factor1",
            "controls.cn_55.diversion.share",
            "controls.cn_55.diversion.share in the first spell, part of the mix 2, factor 2",
        ),
        ("reserves.us.opening/term2", "reserves.us.opening", "reserves.us.opening, term 3"),
        (
            "controls.cn_33.equipment.presses.granted/georgia",
            "controls.cn_33.equipment.presses.granted",
            "controls.cn_33.equipment.presses.granted",
        ),
    ],
)
def test_a_draw_is_named_by_the_path_of_its_number(name, path, said):
    assert readable_draw(name, path) == said


@pytest.mark.parametrize("name", ["reinstated-2027", "rollover", "plant-financing", "general-licences"])
def test_no_draw_of_a_shipped_scenario_is_named_after_its_stream(name):
    scenario = load_scenario(name)
    paths = paths_drawn_once(compile_plan(scenario))
    assert len(paths) > 50
    for stream, path in paths.items():
        said = readable_draw(stream, path)
        assert not re.search("/|[a-z]0", said), said
        assert key_meaning(path) or path.startswith("draws.")
