"""What a scenario does not give is unknown in its results, not 0, and the results say for what and why."""

from __future__ import annotations

import numpy as np
import pytest

import diamondsim as ds
from diamondsim.analysis import sensitivity
from diamondsim.plan import compile_plan
from diamondsim.plan.check import check
from diamondsim.reporting import build_report, json_report, text_report
from diamondsim.results import settings_of, undeclared_of
from diamondsim.results.metrics import METRICS
from diamondsim.scenario import load_scenario
from diamondsim.simulation import Precision
from tests.simulation.small import short_ban

SECOND_USE = {
    "uses.v": {"grades": {"g": "100%"}},
    "demand.home.v": "1 ct/day",
    "trade.plant.home": "101 ct/day",
    "inventory_policy.v": {"opening": "1 day", "cover": "1 day", "lead": "0 days", "max_order": "none"},
}
LOSS_COMMENT = "NaN for a use that gives neither `value` nor `delay_cost`: "


def test_a_use_without_a_value_has_an_unknown_loss_and_the_variables_say_so():
    run = ds.monte_carlo(
        short_ban().override({**SECOND_USE, "uses.v.value": "1 USD/ct"}), replications=8, workers=1
    )
    home = run.sel(region="home")
    for name in ("economic_loss", "economic_loss_mean", "economic_loss_quantiles", "economic_loss_cvar"):
        assert home[name].sel(use="u").isnull().all()
        assert home[name].sel(use="v").notnull().any()
        assert run[name].attrs["comment"] == f"{LOSS_COMMENT}u"
    assert run["holding_cost"].attrs["comment"] == "NaN for a use that gives no `holding_cost`: u, v"
    assert run["holding_cost"].isnull().all()
    assert "comment" not in run["shortage"].attrs


def test_a_loss_of_nothing_that_is_written_down_is_nothing():
    given = {
        "uses.u.value": "0 USD/ct",
        "uses.u.holding_cost": "0 USD/ct/yr",
        "uses.u.delivery_cost": "0 USD",
    }
    run = ds.monte_carlo(short_ban(**given), replications=8, workers=1)
    for name in ("economic_loss", "holding_cost", "delivery_cost"):
        assert (run[name].sel(region="home", use="u") == 0.0).all()
        assert "comment" not in run[name].attrs


def test_of_a_value_and_a_cost_of_delay_one_is_enough():
    one = ds.monte_carlo(short_ban(**{"uses.u.value": "2 USD/ct"}), replications=8, workers=1)
    zero = {"uses.u.value": "2 USD/ct", "uses.u.delay_cost": "0 USD/ct/yr"}
    both = ds.monte_carlo(short_ban(**zero), replications=8, workers=1)
    np.testing.assert_array_equal(one["economic_loss"], both["economic_loss"])
    assert one["economic_loss"].max() > 0


@pytest.mark.parametrize("name", [name for name, metric in METRICS.items() if metric.unit == "USD"])
def test_each_metric_in_money_says_where_it_is_unknown(name):
    """Of a scenario with prices that gives no cost of anything, each says of whom."""
    changes = {"reserves.us": {"region": "US", "grade": "mesh", "opening": "1 Mct", "release": "1 Mct/month"}}
    scenario = load_scenario("priced-2027").override({**changes, "reserves.us.serves": ["machining"]})
    comment = METRICS[name].comment(compile_plan(scenario), settings_of(scenario))
    wanted = {
        "economic_loss": f"{LOSS_COMMENT}thermal_plates, quantum, ",
        "holding_cost": "NaN for a use that gives no `holding_cost`: ",
        "delivery_cost": "NaN for a use that gives no `delivery_cost`: ",
        "reserve_cost": "NaN for a reserve that gives neither `holding_cost` nor `interest`: us",
    }
    unpriced = "NaN for a use that gives no price to any of its grades: "
    assert comment["comment"].startswith(wanted.get(name, unpriced))


def test_the_uses_that_have_no_price_are_those_whose_cost_is_unknown():
    scenario = load_scenario("priced-2027").override({"horizon.length": "4 weeks"})
    run = ds.monte_carlo(scenario, replications=2, workers=1)
    unknown = run["extra_cost"].isnull().all("replication") & run["shortage"].notnull().all("replication")
    names = [
        f"{r}.{u}" for r in run["region"].values for u in run["use"].values if unknown.sel(region=r, use=u)
    ]
    assert run["extra_cost"].attrs["comment"].partition(": ")[2].split(", ") == names


def test_questions_about_an_unknown_loss_are_refused():
    scenario = short_ban()
    with pytest.raises(
        ds.ScenarioError, match=r"uses\.u: without `value` and `delay_cost` its economic loss"
    ):
        ds.flip(
            scenario,
            "inventory_policy.u.cover",
            region="home",
            use="u",
            metric="economic_loss_mean",
            threshold=1.0,
            low="1 day",
            high="9 days",
        )
    until = Precision("economic_loss_mean", region="home", use="u", half_width=1.0)
    with pytest.raises(ValueError, match=f"economic_loss_mean of home, u is unknown; {LOSS_COMMENT}u"):
        ds.monte_carlo(scenario, until=until, workers=1)
    run = ds.monte_carlo(scenario, replications=64, workers=1)
    with pytest.raises(ValueError, match=f"{LOSS_COMMENT}u"):
        sensitivity(run, metric="economic_loss", region="home", use="u")


def test_the_uses_concerned_are_those_named():
    scenario = short_ban().override({**SECOND_USE, "uses.v.value": "1 USD/ct"})
    found = undeclared_of(compile_plan(scenario), settings_of(scenario), "economic_loss_mean")
    assert found is not None
    assert found.concerns({"region": "home", "use": "u"})
    assert not found.concerns({"region": "home", "use": "v"})
    assert undeclared_of(compile_plan(scenario), settings_of(scenario), "shortage_mean") is None


@pytest.mark.parametrize(
    "values, text, ids",
    [
        ({}, "The economic loss is unknown: no use gives a `value` or a `delay_cost`.", ["u", "v"]),
        (
            {"u": "1"},
            "The economic loss of uses that give neither `value` nor `delay_cost` is unknown: v.",
            ["v"],
        ),
        ({"u": "1", "v": "0"}, "", []),
    ],
)
def test_the_report_names_the_uses_whose_loss_is_unknown(values, text, ids):
    changes = {f"uses.{use}.value": f"{value} USD/ct" for use, value in values.items()}
    scenario = short_ban().override({**SECOND_USE, **changes})
    report = build_report(
        scenario, ds.monte_carlo(scenario, replications=32, workers=1), check=check(scenario)
    )
    shown = " ".join(text_report(report).split())
    assert text in shown
    assert shown.count("economic loss") == (1 if text else 0)
    assert json_report(report)["loss_unknown"] == ids
    assert ("Value at stake over the horizon" in shown) == ("u" in values)


def test_uses_of_one_name_are_told_apart_by_their_region():
    third = {
        "uses.w": {"name": "Lapping", "grades": {"g": "100%"}, "value": "2 USD/ct"},
        "demand.home.w": "1 ct/day",
        "trade.plant.home": "102 ct/day",
        "inventory_policy.w": SECOND_USE["inventory_policy.v"],
    }
    names = {"uses.u.name": "All uses", "uses.v.name": "All uses"}
    scenario = short_ban().override({**SECOND_USE, **third, **names})
    run = ds.monte_carlo(scenario, replications=32, workers=1)
    shown = " ".join(text_report(build_report(scenario, run, check=check(scenario))).split())
    assert "is unknown: All uses in home; All uses in home." in shown
