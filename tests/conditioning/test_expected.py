"""What replications expect of a month, from numbers worked out by hand and from both engines."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

import diamondsim as ds
from diamondsim.conditioning.expected import expected, misfits
from diamondsim.plan import compile_plan
from diamondsim.sampling import draw
from tests.conditioning.licensed import licensed
from tests.engines.running import INTERPRETED

MONTH = 365.25 / 12


def of(month: int, destination: str, **more: object) -> ds.Observation:
    kwargs = {"quantity": 1.0, "error": 1.0, "source": "s", "control": "desk", **more}
    return ds.Observation(month=dt.date(2026, month, 1), destination=destination, **kwargs)  # type: ignore[arg-type]


def found(scenario: ds.Scenario, *observations: ds.Observation, engine: str = "batch", count: int = 2):
    plan = compile_plan(scenario)
    draws = draw(plan, seed=3, count=count)
    return expected(plan, draws, INTERPRETED[engine].run(plan, draws), observations)


@pytest.mark.parametrize("engine", INTERPRETED)
def test_exports_of_a_calendar_month_are_added_by_days(engine):
    """The desk lets 25 of 100 ct a day pass to home and 20 of 50 to other; June has 30 days."""
    rows = found(
        licensed("25%"),
        of(6, "home", unit="ct"),
        of(6, "other", unit="ct"),
        of(6, "all", unit="ct"),
        of(6, "home"),
        of(6, "all"),
        engine=engine,
    )
    exact = [25 * 30, 20 * 30, 45 * 30, 25 * 30 / (100 * MONTH), 45 * 30 / (150 * MONTH)]
    assert rows == pytest.approx(np.repeat(exact, 2).reshape(5, 2))


def test_a_month_in_which_a_control_begins_has_both_parts():
    """100 ct a day pass until 16 July, when tick 28 begins; a week later the first applications, 25 a day."""
    scenario = licensed("25%", "timeline: {2026-07-16: licensing}")
    july = found(scenario, of(7, "home", unit="ct"))[0]
    assert july == pytest.approx([15 * 100 + 9 * 25] * 2)


def test_the_approval_rate_is_that_of_the_days_in_force():
    scenario = licensed("25%", "timeline: {2026-07-16: licensing}")
    more = {"measure": "licences", "unit": "", "decided": 4, "error": 0.0}
    june, july, everywhere = found(
        scenario, of(6, "home", **more), of(7, "home", **more), of(7, "all", **more)
    )
    assert np.isnan(june).all()
    assert july == pytest.approx([0.25] * 2)
    assert everywhere == pytest.approx([(25 + 20) / 150] * 2)


@pytest.mark.parametrize("batch", [2.0, 4.0, 9.0])
def test_a_batch_of_licences_counts_in_full_up_to_all_of_its_month(batch):
    """All licences of June come in the week of the 18th, tick 24: 7 of 30 days."""
    plan = compile_plan(licensed("25%"))
    draws = draw(plan, seed=3, count=2)
    draws.approval_rate[:] = 0.0
    draws.approval_rate[24] = batch
    june = of(6, "home", measure="licences", unit="", decided=4, error=0.0)
    rate = expected(plan, draws, INTERPRETED["batch"].run(plan, draws), [june])
    assert rate[0] == pytest.approx([min(1.0, batch * 7 / 30)] * 2)


def test_both_engines_expect_the_same_of_a_shipped_scenario():
    scenario = ds.load_scenario("reinstated-2027").override({"horizon.length": "30 weeks"})
    april = dt.date(2027, 4, 1)
    rows = [
        ds.Observation(
            month=april, control="cn_55", destination=to, quantity=1, unit=unit, error=1, source="s"
        )
        for to, unit in (("US", "share"), ("JP", "ct"), ("all", "ct"))
    ]
    batch, event = (found(scenario, *rows, engine=engine, count=4) for engine in ("batch", "event"))
    assert batch == pytest.approx(event, rel=1e-9)
    # In a month without a batch nothing is exported.
    assert (batch >= 0).all()
    assert (batch > 0).any(axis=1).all()


@pytest.mark.parametrize(
    "row, message",
    [
        (of(6, "home", control="dsk"), "there is no control of goods 'dsk'; did you mean 'desk'?"),
        (of(6, "hme"), "desk covers no lane to 'hme'; did you mean 'home'?"),
        (of(6, "away"), "desk covers no lane to 'away'; allowed: all, home, other"),
        (of(6, "home", unit="cm2"), "desk covers nothing to home that is counted in cm2"),
        (of(12, "home"), "the whole of 2026-12 must lie in the horizon, 2026-01-01 to 2026-12-31"),
    ],
)
def test_an_observation_that_does_not_fit_the_scenario_is_refused(row, message):
    assert [str(problem) for problem in misfits(compile_plan(licensed("25%")), [row])] == [message]


@pytest.mark.parametrize("named", ["us_46_2 overcompliance", "cn_54", "machines"])
def test_only_controls_of_goods_can_be_observed(named):
    machines = {
        "timeline": {"2026-12-01": "licensing"},
        "equipment": {"from": ["CN"], "presses": {"granted": "50%"}},
    }
    plan = compile_plan(ds.load_scenario("reinstated-2027").override({"controls.machines": machines}))
    assert "us_46_2 overcompliance" in [control.name for control in plan.controls]
    row = of(4, "US", control=named)
    [problem] = misfits(plan, [row])
    assert problem.why == f"there is no control of goods '{named}'"
    assert problem.allowed == "cn_55, us_46_2"


def test_the_same_figure_twice_and_a_total_beside_its_part_are_refused():
    plan = compile_plan(licensed("25%"))
    rows = [
        of(6, "home"),
        of(6, "home"),
        of(7, "home"),
        of(7, "all"),
        of(7, "other", measure="licences", unit="", decided=4, error=0.0),
    ]
    assert [str(problem) for problem in misfits(plan, rows)] == [
        f"{first} would count what {second} counts already; "
        "allowed: one row for each destination, or one for all"
        for first, second in (
            ("2026-06 desk home exports", "2026-06 desk home exports"),
            ("2026-07 desk all exports", "2026-07 desk home exports"),
        )
    ]


TWO_OF_ONE = {
    "controls.ban": {
        "covers": {"from": "away", "to": "home.any", "grades": ["g"]},
        "timeline": {"2026-07-16": "licensing"},
        "licensing": {"any.any": {"initial_rate": "10%", "long_run_rate": "10%"}},
    }
}


def test_exports_under_two_controls_of_the_same_goods_are_refused_and_their_licences_are_not():
    """Customs count what leaves once, whatever the number of controls; each desk decides for itself."""
    plan = compile_plan(licensed("25%").override(TWO_OF_ONE))
    licences = {"measure": "licences", "unit": "", "decided": 4, "error": 0.0}
    rows = [of(8, "home"), of(8, "all", control="ban"), of(9, "other"), of(9, "home", control="ban")]
    rows += [of(8, "home", **licences), of(8, "home", control="ban", **licences)]
    assert [str(problem) for problem in misfits(plan, rows)] == [
        "2026-08 ban all exports would count what 2026-08 desk home exports counts already; "
        "allowed: one row for each destination, or one for all, of one of the controls"
    ]


def test_carats_and_areas_of_a_month_are_different_goods():
    plates = {
        "grades.p": {"unit": "cm2"},
        "uses.v": {"grades": {"p": "100%"}},
        "inventory_policy.v": {"cover": "60 days", "lead": "7 days"},
        "demand.home.v": "10 cm2/day",
        "producers.grower": {"region": "away", "capacity": {"p": "100 cm2/day"}},
        "trade.grower": {"home": "10 cm2/day"},
        "controls.desk.covers.grades": ["g", "p"],
    }
    scenario = licensed("25%").override(plates)
    assert misfits(compile_plan(scenario), [of(6, "home", unit="ct"), of(6, "home", unit="cm2")]) == []


def test_a_month_at_the_end_of_the_calendar_is_outside_the_horizon():
    row = ds.Observation(month=dt.date(9999, 12, 1), control="desk", quantity=1, error=1, source="s")
    (problem,) = misfits(compile_plan(licensed("25%")), [row])
    assert "the whole of 9999-12 must lie in the horizon" in problem.why
