"""The worst date of a control, and the smallest shock that breaks a use, on a ban whose effect is known."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import numpy as np
import pytest

import diamondsim as ds
from diamondsim.analysis.shifted_controls import first_binding, starting_at

HOME: dict[str, Any] = {"region": "home", "use": "u", "workers": 1}
DAYS = [dt.date(2026, 1, 11), dt.date(2026, 3, 2), dt.date(2026, 5, 1)]


@pytest.fixture(scope="module")
def textbook():
    return ds.load_scenario("tests/theory/exponential-ban.yaml").override({"horizon.length": "200 days"})


@pytest.fixture(scope="module")
def ban(textbook):
    """A ban of 60 days on a buyer with 20 to 40 days of stock, and a demand that doubles in April."""
    return textbook.override(
        {
            "controls.ban.start": "none",
            "controls.ban.sojourn": None,
            "controls.ban.transitions": None,
            "controls.ban.timeline": {"2026-02-01": "banned", "2026-04-02": "none"},
            "inventory_policy.u.opening": None,
            "inventory_policy.u.cover": "uniform(20 40) days",
        }
    )


def test_the_dates_of_a_control_move_together_and_earlier_ones_stay(ban):
    assert first_binding(ban, "ban") == dt.date(2026, 2, 1)
    moved = starting_at(ban, "ban", dt.date(2026, 3, 3)).controls["ban"].timeline
    assert [str(day) for day in moved] == ["2026-03-03", "2026-05-02"]
    lapse = ds.load_scenario("lapse-2027")
    earlier = starting_at(lapse, "cn_55", dt.date(2026, 12, 1)).controls["cn_55"].timeline
    assert [str(day) for day in earlier] == ["2026-11-11", "2026-12-01", "2027-12-01"]
    kept = lapse.controls["cn_55"].timeline
    assert [*earlier.values()] == [*kept.values()]  # chances and states as they were
    assert [*starting_at(lapse, "cn_55", first_binding(lapse, "cn_55")).controls["cn_55"].timeline] == [*kept]


def test_the_worst_start_is_the_one_that_leaves_the_whole_ban_inside_the_horizon(ban):
    # A ban that begins in July lasts beyond the horizon; one that begins in January is over in March.
    late = dt.date(2026, 7, 10)
    found = ds.worst_start(ban, "ban", starts=[*DAYS, late], **HOME, metric="shortage_mean", replications=64)
    value = found["value"].sel(bound="estimate").values
    assert value[-1] == 0.0
    assert value[:-1].min() > 0
    assert found.attrs["worst"] != str(late)
    assert found.attrs["stated"] == "2026-02-01"
    assert float(found["chance_worst"].sum()) == pytest.approx(1.0)
    # 60 days less the stock, of 30 days on average, out of the horizon.
    assert value[:-1] == pytest.approx(30 * 100, rel=0.15)
    assert (found["value"].sel(bound="low") <= found["value"].sel(bound="high")).all()


def test_the_worst_value_comes_from_fresh_draws(ban):
    found = ds.worst_start(ban, "ban", starts=DAYS, **HOME, metric="shortage_mean", replications=64, seed=5)
    again = ds.monte_carlo(
        starting_at(ban, "ban", dt.date.fromisoformat(found.attrs["worst"])),
        replications=64,
        seed=6,
        workers=1,
    )
    expected = again["shortage_mean"].sel(region="home", use="u", bound="estimate")
    assert float(found["worst_value"].sel(bound="estimate")) == pytest.approx(float(expected))
    stated = ds.monte_carlo(ban, replications=64, seed=6, workers=1)["shortage"].sel(region="home", use="u")
    of_worst = again["shortage"].sel(region="home", use="u")
    assert float(found["difference"].sel(bound="estimate")) == pytest.approx(
        float((of_worst - stated).mean())
    )


def test_a_ban_breaks_a_use_when_it_outlasts_its_stock(textbook):
    """A ban of 60 days is survived with 60 days of stock; the shock is a smaller stock."""
    fixed = textbook.override(
        {
            "controls.ban.sojourn.banned": "60 days",
            "inventory_policy.u.opening": "30 days",
            "inventory_policy.u.cover": "30 days",
            "horizon.length": "100 days",
        }
    )
    shocks = {
        "inventory_policy.u.opening": ("80 days", "0 days"),
        "controls.ban.sojourn.banned": ("1 days", "90 days"),
        "demand.home.u.flow": ("100 ct/day", "110 ct/day"),
    }
    found = ds.reverse_stress(fixed, shocks, **HOME, replications=2, tolerance=0.02)
    by_path = found["breaking_value"].sel(bound="estimate")
    # A shortage is more than 5 % of demand over the window of 28 days: a day and a half.
    assert float(by_path.sel(shock="inventory_policy.u.opening")) == pytest.approx(59, abs=2.5)
    assert float(by_path.sel(shock="controls.ban.sojourn.banned")) == pytest.approx(31, abs=2.5)
    severity = found["severity"].sel(bound="estimate")
    assert float(severity.sel(shock="inventory_policy.u.opening")) == pytest.approx(21 / 80, abs=0.04)
    assert float(severity.sel(shock="controls.ban.sojourn.banned")) == pytest.approx(30 / 89, abs=0.04)
    assert (np.diff(severity.values[np.isfinite(severity.values)]) >= 0).all()
    # More demand breaks a use that is broken already.
    assert float(severity.sel(shock="demand.home.u.flow")) == 0.0
    assert np.isnan(float(by_path.sel(shock="demand.home.u.flow")))


def test_a_shock_that_breaks_nothing_is_infinite(textbook):
    safe = textbook.override({"controls.ban.sojourn.banned": "10 days", "horizon.length": "60 days"})
    shocks = {"controls.ban.sojourn.banned": ("1 days", "20 days")}
    found = ds.reverse_stress(safe, shocks, **HOME, replications=2, tolerance=0.2)
    assert np.isinf(found["severity"]).all()
    assert float(found["chance_severe"][0]) == 0.0


@pytest.mark.parametrize(
    "call, told",
    [
        (
            lambda ban: ds.worst_start(ban, "bn", starts=DAYS, **HOME),
            "there is no control 'bn'; did you mean 'ban'?",
        ),
        (lambda ban: ds.worst_start(ban, "ban", starts=DAYS, region="home", use="v"), "there is no use 'v'"),
        (
            lambda ban: ds.worst_start(ban, "ban", starts=[dt.date(2025, 1, 1), dt.date(2027, 1, 1)], **HOME),
            "2 problems",
        ),
        (
            lambda ban: ds.reverse_stress(
                ban, {"inventory_policy.u.covr": ("1 day", "2 days"), "x.y": ("1", "2")}, **HOME
            ),
            "problems",
        ),
    ],
)
def test_mistakes_are_told_all_at_once_with_the_nearest_name(ban, call, told):
    with pytest.raises(ds.ScenarioError, match=re.escape(told)):
        call(ban)


def test_numbers_out_of_range_are_refused(ban):
    with pytest.raises(ValueError, match="starts: expected from 1 to 100 dates, found 0"):
        ds.worst_start(ban, "ban", starts=[], **HOME)
    with pytest.raises(ValueError, match=r"chance: expected a share .* found 50; did you mean 0\.5"):
        ds.reverse_stress(ban, {"inventory_policy.u.cover": ("9 days", "1 day")}, **HOME, chance=50)
    with pytest.raises(ValueError, match="shocks: expected one or more, found none"):
        ds.reverse_stress(ban, {}, **HOME)
