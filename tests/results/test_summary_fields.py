"""Which fields of the Ledger a summary reads of a scenario."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from diamondsim.engines import batch
from diamondsim.plan import compile_plan
from diamondsim.results import RECORDED, Settings, Summary, UseSettings, recorded, settings_of
from diamondsim.sampling import draw
from diamondsim.scenario import load_scenario


@pytest.fixture(scope="module")
def shipped():
    scenario = load_scenario("reinstated-2027").override({"horizon.length": "80 weeks"})
    plan = compile_plan(scenario)
    return plan, draw(plan, seed=3, first=0, count=8), settings_of(scenario)


def test_what_has_no_price_is_not_recorded(shipped):
    plan, _, settings = shipped
    use = plan.uses[0]
    assert set(RECORDED) - set(recorded(plan, settings)) == {"lost_sales", "backlog", "from_reserve"}
    dear = replace(settings, uses={use: UseSettings(use, value=1.0)})
    assert set(recorded(plan, dear)) - set(recorded(plan, settings)) == {"lost_sales"}
    slow = replace(settings, uses={use: UseSettings(use, delay_cost=1.0)})
    assert set(recorded(plan, slow)) - set(recorded(plan, settings)) == {"backlog"}
    assert "output" not in recorded(replace(plan, facilities=()), Settings())


def test_what_is_not_recorded_changes_no_metric_and_no_band(shipped):
    plan, draws, settings = shipped
    found = []
    for fields in (recorded(plan, settings), RECORDED):
        summary = Summary(plan, settings)
        summary.add(draws, batch.run(plan, draws, record=fields))
        found.append(summary)
    few, all_of_them = found
    for name, values in few.metrics().items():
        np.testing.assert_array_equal(values, all_of_them.metrics()[name], err_msg=name)
    np.testing.assert_array_equal(few.bands.tracked.counts, all_of_them.bands.tracked.counts)
