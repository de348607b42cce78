"""Which sentence of the format a value of a scenario gets."""

from __future__ import annotations

import pytest

from diamondsim.plan import compile_plan
from diamondsim.plan.drawn_once import paths_drawn_once
from diamondsim.scenario import key_meaning, load_scenario


@pytest.mark.parametrize(
    "path, meaning",
    [
        ("inventory_policy.any.cover", "Target stock on hand, as a duration of demand"),
        # A selector with a dot, and one part more than the file may write.
        ("inventory_policy.JP.any.cover", "Target stock on hand, as a duration of demand"),
        (
            "controls.cn_55.licensing.US.any.long_run_rate",
            "Fraction of the flow that is approved in the long run",
        ),
        # An id whose value is a number: the key of the map tells what its values are.
        (
            "facilities.georgia.qualification.any",
            "Duration of the buyers' qualification, by use, class or `any`",
        ),
        ("nowhere.to.be.found", ""),
    ],
)
def test_a_value_has_the_sentence_of_its_key(path: str, meaning: str) -> None:
    assert key_meaning(path) == meaning


# Between them they draw numbers of every kind: shared draws, factors, firms, tranches, prices.
@pytest.mark.parametrize(
    "scenario", ["truce", "against-you", "one-toolmaker", "plant-financing", "priced-2027"]
)
def test_every_number_that_a_shipped_scenario_draws_has_a_sentence(scenario: str) -> None:
    paths = paths_drawn_once(compile_plan(load_scenario(scenario)))
    # Draws that several branches share have the name that the file gives them, which no key explains.
    keys = {name: path for name, path in paths.items() if not name.startswith("draws.")}
    assert [name for name, path in keys.items() if not key_meaning(path)] == []
