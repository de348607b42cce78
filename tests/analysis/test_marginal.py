"""What a step of a number is worth: known answers, pairs of runs, and mistakes."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any

import numpy as np
import pytest

import diamondsim as ds
from diamondsim.analysis.stated_numbers import InputStep, text_at
from diamondsim.results import mean, paired_difference
from tests.simulation.small import short_ban

OPENING = "inventory_policy.u.opening"
USE = {"region": "home", "use": "u"}
MEAN_DAYS, SALES = 20.0, 100.0
"""Of the ban, and of what the buyer uses in a day."""


def limits(variable):
    return tuple(variable.values.tolist())


@pytest.fixture(scope="module")
def scenario():
    return short_ban(**{"uses.u.value": "2 USD/ct"})


@pytest.fixture(scope="module")
def runs(scenario):
    """The run as it is, with a day more and a day less at the start."""
    days = {"usual": "10 days", "more": "11 days", "less": "9 days"}
    return {
        name: ds.monte_carlo(scenario.override({OPENING: each}), replications=200, seed=3, workers=1)
        for name, each in days.items()
    }


@pytest.fixture(scope="module")
def found(scenario):
    steps = {OPENING: "1 day", "controls.ban.sojourn.banned": "+1 day"}
    return ds.marginal_value(scenario, steps, replications=200, seed=3, workers=1)


def flip_of(scenario: ds.Scenario, path: str) -> object:
    return ds.flip(scenario, path, region="US", use="polishing", threshold=0.1)


def test_a_step_in_both_directions_is_half_of_the_difference_between_the_two(found, runs):
    change = found["change"].sel(step=OPENING, **USE)
    more, less = (runs[name].sel(USE) for name in ("more", "less"))
    wanted = mean((more["shortage"].values - less["shortage"].values) / 2)
    assert limits(change.sel(metric="shortage_mean")) == pytest.approx(
        (wanted.value, wanted.low, wanted.high)
    )
    short = [run["peak_shortfall"].values > run.attrs["threshold"] for run in (more, less)]
    wanted = paired_difference(*short)
    assert limits(change.sel(metric="probability_of_shortage")) == pytest.approx(
        (wanted.value / 2, wanted.low / 2, wanted.high / 2)
    )


@pytest.mark.parametrize("step, name, sign", [("+1 day", "more", 1), ("-1 day", "less", -1)])
def test_a_step_with_a_sign_is_the_difference_from_the_scenario(scenario, runs, step, name, sign):
    found = ds.marginal_value(scenario, {OPENING: step}, replications=200, seed=3, workers=1)
    stepped, usual = (runs[each].sel(USE)["shortage"].values for each in (name, "usual"))
    wanted = mean(stepped - usual)
    change = found["change"].sel(step=OPENING, metric="shortage_mean").sel(USE)
    assert limits(change) == (wanted.value, wanted.low, wanted.high)
    assert found["direction"].values.tolist() == [sign]
    assert found.attrs["runs"] == 2


def test_a_day_of_stock_saves_what_the_chance_of_a_longer_ban_says(found):
    """d/ds E[(L - s)+] = -P(L > s), cut at the horizon of 60 days: the ban is exponential."""
    change = found["change"].sel(step=OPENING, metric="shortage_mean", **USE)
    value, low, high = limits(change)
    wanted = -SALES * math.exp(-10 / MEAN_DAYS)
    half = (high - low) / 2
    assert abs(value - wanted) < 2 * half + 0.1 * SALES
    assert half < 0.15 * SALES


def test_money_is_what_the_lost_sales_are_worth(found):
    money, change = found["money"].sel(step=OPENING), found["change"].sel(step=OPENING, **USE)
    assert limits(money.sel(item="economic_loss")) == pytest.approx(
        limits(change.sel(metric="economic_loss_mean"))
    )
    assert limits(money.sel(item="total")) == limits(money.sel(item="economic_loss"))
    assert np.isnan(money.sel(item=["holding_cost", "reserve_cost"])).all()


def test_what_holding_stock_costs_is_added_to_the_total():
    costly = short_ban(**{"uses.u.value": "2 USD/ct", "uses.u.holding_cost": "0.1 USD/ct/day"})
    found = ds.marginal_value(costly, {OPENING: "+1 day"}, replications=20, workers=1)
    loss, holding, total = (
        found["money"].sel(step=OPENING, item=item, bound="estimate").item()
        for item in ("economic_loss", "holding_cost", "total")
    )
    assert holding > 0 > loss
    assert total == pytest.approx(loss + holding)


def test_without_values_there_is_no_money():
    found = ds.marginal_value(short_ban(), {OPENING: "+1 day"}, replications=5, workers=1)
    assert np.isnan(found["money"]).all()


# Steps


def stepped(path, text, sign=None, scenario="lapse-2027"):
    loaded = ds.load_scenario(scenario)
    step = InputStep.read(path, text)
    return text_at(step.applied(loaded, step.signs[0] if sign is None else sign), path)


def test_a_distribution_is_shifted_a_number_moved_and_a_date_too():
    cover = "inventory_policy.polishing.cover"
    assert stepped(cover, "+1 week") == "tri(10 40 75) days * tri(1.0 1.2 1.6) + 1 week"
    assert stepped(cover, "-1 day") == "tri(10 40 75) days * tri(1.0 1.2 1.6) - 1 day"
    decision = dt.date.fromisoformat(stepped("facilities.georgia.decision", "-1 month"))
    assert (dt.date(2026, 2, 17) - decision).days == 30
    usual = short_ban()
    moved = InputStep.read(OPENING, "1 week").applied(usual, 1)
    assert text_at(moved, OPENING) == "17 days"


@pytest.mark.parametrize(
    "steps, told",
    [
        ({"inventory_policy.u.openin": "1 day"}, "did you mean 'inventory_policy.u.opening'?"),
        ({OPENING: "much"}, "expected a step, such as '+1 day', '-1 month' or '1%', found 'much'"),
        ({OPENING: "0 days"}, "expected a fixed step above 0, found '0 days'"),
        ({OPENING: "1 ct"}, "expected a duration, found '1 ct'"),
        ({OPENING: "11 days"}, "; '+11 days' moves it only the other way"),
    ],
)
def test_a_step_that_does_not_fit_is_refused_before_a_run(steps, told):
    with pytest.raises(ds.ScenarioError, match=re.escape(told)):
        ds.marginal_value(short_ban(), steps, replications=5, workers=1)


@pytest.mark.parametrize("call", [lambda s, p: ds.marginal_value(s, {p: "30 days"}), flip_of])
def test_a_date_that_is_a_key_is_refused_with_what_moves_it(call):
    lapse = ds.load_scenario("lapse-2027")
    dates = [number.path for number in lapse.numbers if re.search(r"timeline\.\d{4}-\d\d-\d\d$", number.path)]
    assert dates
    with pytest.raises(ds.ScenarioError, match=r"the date is a key: .*`ds\.worst_start` move"):
        call(lapse, dates[0])
    with pytest.raises(ds.ScenarioError) as refused:
        call(lapse, dates[0].rpartition(".")[0])
    assert dates[0] not in str(refused.value), "a path that cannot be moved is not suggested"


def test_all_steps_that_do_not_fit_are_named_at_once():
    with pytest.raises(ds.ScenarioError) as error:
        ds.marginal_value(short_ban(), {OPENING: "1 ct", "inventory_policy.u.cover": "-1 yr"})
    assert len(error.value.problems) == 2


def test_no_steps_and_no_mapping_are_refused():
    with pytest.raises(ValueError, match="steps: expected at least one path"):
        ds.marginal_value(short_ban(), {})
    wrong: Any = [OPENING]
    with pytest.raises(TypeError, match="steps: expected a mapping"):
        ds.marginal_value(short_ban(), wrong)


@pytest.mark.parametrize(
    "path, why",
    [
        (
            "buyers.firm.inventory_policy.cover",
            ", where by default 10 days, from inventory_policy.u.cover, applies; state it first: "
            "--set 'buyers.firm.inventory_policy.cover=10 days'",
        ),
        (
            "inventory_policy.u.lot",
            ", where by default 0 days applies; state it first: --set 'inventory_policy.u.lot=0 days'",
        ),
        ("uses.u.value", "; state it first: --set 'uses.u.value=VALUE'"),
        ("inventory_policy.u.covr", "; did you mean 'inventory_policy.u.cover'?"),
        ("horizon.tick", ""),
    ],
)
def test_a_number_that_is_not_stated_is_refused_with_what_applies_and_how_to_state_it(path, why):
    usual = short_ban(**{"producers.plant.lead.home": "0 days"}).override(
        {"buyers.firm": {"aggregate": "home.u", "share": "50%"}}
    )
    with pytest.raises(ds.ScenarioError) as refused:
        ds.marginal_value(usual, {path: "1 day"}, replications=2)
    (line,) = str(refused.value).splitlines()[1:]
    assert line == f"the scenario states no number at {path!r}{why}"
