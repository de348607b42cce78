"""Textbook problems with known answers, written as scenario files (sources in the files)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import diamondsim as ds
from diamondsim.plan import compile_plan
from diamondsim.sampling import draw
from tests.engines.running import INTERPRETED

HERE = Path(__file__).parent


def expected(scenario: ds.Scenario) -> dict[str, float]:
    return dict(scenario.reference_values)


@pytest.mark.parametrize("rule", ["proportional", "priority", "max-min", "weighted"])
@pytest.mark.parametrize("engine", INTERPRETED)
def test_sixty_units_are_shared_as_the_rule_says(rule: str, engine: str) -> None:
    scenario = ds.load_scenario(HERE / f"allocation-{rule}.yaml")
    plan = compile_plan(scenario)
    draws = draw(plan, seed=0, count=1)
    ledger = INTERPRETED[engine].run(plan, draws)
    strike_begins = 5
    for lane, node in enumerate(plan.lane_node):
        wanted = expected(scenario)[plan.nodes[node].use or ""]
        assert ledger["allocated"][strike_begins, lane, 0] == pytest.approx(wanted, rel=1e-6)
    assert ledger["allocated"][strike_begins, :, 0].sum() == pytest.approx(60.0)
    assert ledger["allocated"][strike_begins - 1, :, 0].sum() == pytest.approx(100.0)


@pytest.fixture(scope="module")
def ban() -> tuple[dict[str, float], xr.Dataset]:
    scenario = ds.load_scenario(HERE / "exponential-ban.yaml")
    paths = ds.monte_carlo(scenario, replications=2_048, seed=3)
    return expected(scenario), paths


def test_the_chance_of_outlasting_a_stock_is_that_of_the_exponential_ban(
    ban: tuple[dict[str, float], xr.Dataset],
) -> None:
    """Four standard errors of the estimate, and half a tick of rounding, which moves the chance by .0008."""
    wanted, paths = ban
    short = (paths["shortage"].sel(region="home", use="u") > 0).to_numpy()
    error = float(np.sqrt(0.6065 * 0.3935 / len(short)))
    assert abs(short.mean() - wanted["P_short"]) < 4 * error + 0.001


def test_the_depth_of_the_shortage_is_that_of_the_exponential_ban(
    ban: tuple[dict[str, float], xr.Dataset],
) -> None:
    """Mean, value at risk and conditional value at risk at 95 %, each within four of its standard errors."""
    wanted, paths = ban
    shortage = np.sort(paths["shortage"].sel(region="home", use="u").to_numpy())
    n = len(shortage)
    assert abs(shortage.mean() - wanted["mean_shortage"]) < 4 * shortage.std() / np.sqrt(n) + 50
    tail = shortage[int(0.95 * n) :]
    # Beyond the quantile an exponential's excess has the mean 36,000 ct; its density there is .05 / 36,000.
    assert abs(np.quantile(shortage, 0.95) - wanted["VaR95"]) < 4 * 36_000 * np.sqrt(0.95 / 0.05 / n)
    assert abs(tail.mean() - wanted["CVaR95"]) < 4 * 36_000 * np.sqrt((1 + 0.95) / 0.05 / n)


def test_a_newsvendor_pays_what_the_book_says() -> None:
    """Ten days are left out, in which the stock forgets its opening; four standard errors over paths."""
    scenario = ds.load_scenario(HERE / "newsvendor.yaml")
    plan = compile_plan(scenario)
    ledger = INTERPRETED["batch"].run(plan, draw(plan, seed=5, count=2_048), record={"stock", "backlog"})
    use = [n.use for n in plan.nodes].index("u")
    cost = (2 * ledger["stock"][10:, use] + 18 * ledger["backlog"][10:, use]).mean(axis=0)
    error = cost.std() / np.sqrt(len(cost))
    assert abs(cost.mean() - expected(scenario)["cost_per_day"]) < 4 * error
    assert error < 0.05


def test_a_lot_bought_from_a_seller_with_disruptions_costs_what_the_book_says() -> None:
    """The parts of the cost at this quantity, of which the book gives the sum.

    It counts stock in continuous time: half a tick of demand more than is left at the end of a tick. The
    horizon ends within a cycle, which is up to one order, and a quarter of a lot held for a year.
    """
    scenario = ds.load_scenario(HERE / "order-quantity.yaml")
    assert scenario.horizon.length is not None
    years = scenario.horizon.length / 365.25
    paths = ds.monte_carlo(scenario, replications=64, seed=7).sel(region="home", use="u")
    holding, orders, lost = (
        paths[cost].to_numpy() / years for cost in ("holding_cost", "delivery_cost", "economic_loss")
    )
    demand, quantity, failing, repairing = 1300, 1300 * 217 / 365.25, 1.5, 14
    dry = failing / (failing + repairing) * -np.expm1(-(failing + repairing) * quantity / demand)
    cycle = quantity / demand + dry / repairing
    parts = np.array([0.225 * quantity**2 / (2 * demand), 8.0, 5.0 * demand * dry / repairing]) / cycle
    assert parts.sum() == pytest.approx(expected(scenario)["cost_per_day"] * 365.25, abs=1e-3)
    assert holding.mean() + 0.225 * demand / 365.25 / 2 == pytest.approx(
        parts[0], abs=0.225 * quantity / 4 / years
    )
    assert orders.mean() == pytest.approx(parts[1], abs=8 / years)
    assert abs(lost.mean() - parts[2]) < 4 * lost.std() / np.sqrt(len(lost))


@pytest.mark.parametrize(
    "plant, periods", [("none", None), ("s1", 45 / 20), ("s2", 45 / 35), ("s3", 45 / 50)]
)
def test_a_pooled_stock_lasts_as_long_as_the_book_says(plant: str, periods: float | None) -> None:
    """To a tick, a hundredth of a period. A missing value: it lasts beyond the horizon."""
    changes: dict[str, object] = (
        {"controls": None} if periods is None else {"controls.out.covers.from": plant}
    )
    scenario = ds.load_scenario(HERE / "time-to-survive.yaml").override(changes)
    lasts = ds.monte_carlo(scenario, replications=1, seed=1)["time_to_survive"].sel(region="home")
    if periods is None:
        assert lasts.isnull().all()
    else:
        assert lasts.to_numpy() / 100 == pytest.approx(periods, abs=0.01)
