"""Which fields of the Ledger a summary reads of a scenario."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from diamondsim.draws import Draws
from diamondsim.engines import batch
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan, compile_plan
from diamondsim.results import RECORDED, Settings, Summary, UseSettings, recorded, settings_of
from diamondsim.results.metrics import METRICS
from diamondsim.sampling import draw
from diamondsim.scenario import load_scenario


@pytest.fixture(scope="module")
def shipped():
    scenario = load_scenario("reinstated-2027").override({"horizon.length": "80 weeks"})
    plan = compile_plan(scenario)
    return plan, draw(plan, seed=3, first=0, count=8), settings_of(scenario)


def summary_of(plan: Plan, settings: Settings, draws: Draws, ledger: Ledger) -> Summary:
    summary = Summary(plan, settings)
    summary.add(draws, ledger)
    return summary


def read(plan: Plan, settings: Settings, draws: Draws, more: float) -> set[str]:
    """Return the fields that change a summary if their numbers are doubled and increased."""
    ledger = batch.run(plan, draws, record=RECORDED)
    before = summary_of(plan, settings, draws, ledger).arrays()

    def changes(field: str) -> bool:
        others = replace(ledger, arrays={**ledger.arrays, field: 2 * ledger[field] + more})
        after = summary_of(plan, settings, draws, others).arrays()
        return any(not np.array_equal(after[name], before[name], equal_nan=True) for name in before)

    return {field for field in RECORDED if changes(field)}


@pytest.mark.parametrize("prices", [{}, {"value": 1.0}, {"delay_cost": 1.0}, {"holding_cost": 1.0}])
def test_what_is_read_is_recorded_and_nothing_in_vain(shipped, prices):
    plan, draws, settings = shipped
    use = plan.uses[0]
    settings = replace(settings, uses={use: UseSettings(use, **prices)})
    fields = {*recorded(plan, settings)}
    # Fields that are always zero need not be recorded; others may be zero by chance.
    assert read(plan, settings, draws, more=0.0) <= fields <= read(plan, settings, draws, more=1.0)


def test_what_has_no_price_is_not_recorded(shipped):
    plan, _, settings = shipped
    loss = METRICS["economic_loss"]
    use = plan.uses[0]
    assert loss.recorded(plan, settings) == set()
    assert loss.recorded(plan, replace(settings, uses={use: UseSettings(use, value=1.0)})) == {"lost_sales"}
    assert loss.recorded(plan, replace(settings, uses={use: UseSettings(use, delay_cost=1.0)})) == {"backlog"}
    assert "output" not in recorded(replace(plan, facilities=()), Settings())


def test_what_is_not_recorded_changes_no_metric_and_no_band(shipped):
    plan, draws, settings = shipped
    found = []
    for fields in (recorded(plan, settings), RECORDED):
        found.append(summary_of(plan, settings, draws, batch.run(plan, draws, record=fields)))
    few, all_of_them = found
    for name, values in few.metrics().items():
        np.testing.assert_array_equal(values, all_of_them.metrics()[name], err_msg=name)
    np.testing.assert_array_equal(few.bands.tracked.counts, all_of_them.bands.tracked.counts)
