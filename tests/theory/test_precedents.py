"""The desks of a shipped scenario beside what was seen after the controls on gallium and germanium (2023)."""

from __future__ import annotations

import numpy as np
import pytest

from diamondsim.engines import batch
from diamondsim.plan import compile_plan
from diamondsim.results import MONTHS, RECORDED_FOR_ADMITTED, Precedent, admitted_by_month, precedents
from diamondsim.sampling import draw
from diamondsim.scenario import load_scenario


@pytest.fixture(scope="module")
def admitted() -> dict[int, np.ndarray]:
    plan = compile_plan(load_scenario("reinstated-2027"))
    draws = draw(plan, seed=1, first=0, count=512)
    ledger = batch.run(plan, draws, record=RECORDED_FOR_ADMITTED)
    control = [c.name for c in plan.controls].index("cn_55")
    return dict(zip(MONTHS, admitted_by_month(plan, draws, ledger, control=control), strict=True))


@pytest.mark.parametrize("precedent", precedents(), ids=lambda p: p.name)
@pytest.mark.parametrize("month", [1, 2, 3, 4])
def test_the_trough_of_precedents_lies_within_what_the_desks_let_pass(
    admitted: dict[int, np.ndarray], precedent: Precedent, month: int
) -> None:
    """The stated band is 2 to 98 %: eight points, so that one outside would be a reason to look again."""
    low, high = np.quantile(admitted[month], [0.02, 0.98])
    assert low - 0.005 <= precedent.by_month[month] <= high


def test_front_loading_reaches_the_surge_before_effect_of_the_quieter_precedent(
    admitted: dict[int, np.ndarray],
) -> None:
    """1.0 (gallium), 1.8 (germanium) and 3.4 times (graphite) were seen: all are covered."""
    low, middle, high = np.quantile(admitted[-1], [0.02, 0.5, 0.98])
    assert low < 1.3
    assert 1.8 < middle < 3.0
    assert high > 3.4


def test_what_passes_climbs_from_the_trough_to_a_level_below_the_old_one(
    admitted: dict[int, np.ndarray],
) -> None:
    medians = [float(np.median(admitted[month])) for month in (1, 3, 6, 12)]
    assert medians == sorted(medians)
    assert medians[0] < 0.15
    assert 0.4 < medians[-1] < 0.8


def test_months_outside_the_horizon_are_missing_not_zero(admitted: dict[int, np.ndarray]) -> None:
    plan = compile_plan(load_scenario("reinstated-2027").override({"horizon.length": "300 days"}))
    draws = draw(plan, seed=1, first=0, count=2)
    ledger = batch.run(plan, draws, record=RECORDED_FOR_ADMITTED)
    control = [c.name for c in plan.controls].index("cn_55")
    told = dict(zip(MONTHS, admitted_by_month(plan, draws, ledger, control=control), strict=True))
    assert np.isfinite(told[6]).all()
    assert np.isnan(told[8]).all()
