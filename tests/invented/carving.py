"""Individual buyers split off from the demand of an invented market."""

from __future__ import annotations

import copy

from diamondsim.errors import ScenarioError
from diamondsim.plan import compile_plan
from diamondsim.scenario import read_scenario
from tests.invented.outline import Outline
from tests.invented.selecting import Mapping

FIRM = "firm"


def add_buyer(scenario: Mapping, outline: Outline) -> None:
    """Split off a buyer; give it its own suppliers and second sources only if capacities allow them."""
    dice = outline.dice("buyer")
    region = dice.one_of(*scenario["demand"])
    use = dice.one_of(*scenario["demand"][region])
    buyer: Mapping = {"aggregate": f"{region}.{use}", "share": f"{dice.number(5.0, 60.0):.3g}%"}
    if dice.often(0.5):
        buyer["inventory_policy"] = {
            "cover": dice.time(0.0, 8),
            "opening": dice.time(0.0, 8),
            "queue_weight": dice.share(0.0, 1.0),
        }
    if dice.often(0.5):
        begin = int(dice.rng.integers(-3, outline.ticks - 2))
        until = dice.date(begin + 1, outline.ticks)
        ceiling = dice.one_of("none", dice.factor(0.5, 4.0))
        buyer["pre_buy"] = {
            "date": dice.date(begin, begin),
            "until": until,
            "extra": dice.time(0, 8),
            "max_order": ceiling,
        }
    scenario["buyers"] = {FIRM: buyer}
    sellers = dice.one_or_more(list(scenario["producers"]), 0.4)
    second = [name for name in scenario["producers"] if name not in sellers]
    wishes: Mapping = {}
    if dice.often(0.6):
        wishes["suppliers"] = {seller: f"{90 / len(sellers):.3g}%" for seller in sellers}
    if second and dice.often(0.6):
        terms = {
            "from": dice.date(0, outline.ticks / 2),
            "time": dice.time(0.0, 6),
            "share": dice.share(0.0, 0.5),
        }
        wishes["qualify"] = {second[0]: terms}
    for keys in ([*wishes], *([key] for key in wishes)):
        fuller = copy.deepcopy(scenario)
        fuller["buyers"][FIRM] |= {key: wishes[key] for key in keys}
        if keys and _can_start(fuller):
            scenario["buyers"] = fuller["buyers"]
            return


def _can_start(scenario: Mapping) -> bool:
    try:
        compile_plan(read_scenario(scenario))
    except ScenarioError:
        return False
    return True
