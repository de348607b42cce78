"""Money, owner and presses of a facility, by days counted by hand. A tick has seven days."""

import numpy as np
import pytest

from diamondsim.distributions import Beta, Uniform
from diamondsim.plan import (
    ControlState,
    Financing,
    Input,
    Milestone,
    OwnershipChange,
    PressSource,
    Tranche,
)
from diamondsim.sampling import draw
from tests.sampling.plans import entry, make_control, make_facility, make_plan, number

STAGES = (("site", number(14.0)), ("building", number(70.0)))


def money(*days, clock=0.0, window=None, wait=None) -> Financing:
    tranches = tuple(
        Tranche(f"t{k}", x if isinstance(x, Input) else number(x), None) for k, x in enumerate(days)
    )
    return Financing(tranches, number(clock), window, None if wait is None else number(wait))


def drawn(controls=(), **changes):
    """Return the tick of each milestone in the first replication, 60 for never, and the Draws."""
    plan = make_plan(n_ticks=60, controls=controls, facilities=(make_facility(stages=STAGES, **changes),))
    draws = draw(plan, seed=0)
    names = [name or what.name for what, name in plan.facilities[0].milestones]
    return dict(zip(names, draws.milestones[0][:, 0].tolist(), strict=True)), draws


def test_the_first_stage_begins_when_the_last_tranche_has_closed():
    ticks, _ = drawn(financing=money(30.0, 105.0, 70.0))
    # Days 30, 105, 70; the site on day 119, the building on day 189.
    assert ticks == {"t0": 4, "t1": 15, "t2": 10, "FINANCED": 15, "site": 17, "building": 27, "RAMPED": 27}


def test_no_tranche_closes_before_the_funding_clock_has_run():
    ticks, _ = drawn(financing=money(7.0, 63.0, clock=42.0))
    assert (ticks["t0"], ticks["t1"], ticks["FINANCED"]) == (6, 9, 9)


def test_money_counts_from_the_decision_and_the_window_from_the_calendar():
    # A decision on day -35: the tranche closes on day 35, one day before the window does.
    ticks, _ = drawn(decision_day=-35.0, financing=money(70.0, window=36.0))
    assert (ticks["t0"], ticks["WINDOW_MISSED"], ticks["building"]) == (5, 60, 17)


def test_a_tranche_that_misses_the_window_cancels_the_facility():
    ticks, draws = drawn(financing=money(30.0, 71.0, window=70.0))
    assert ticks == {
        "WINDOW_MISSED": 10,
        "t0": 4,
        "t1": 60,
        "FINANCED": 60,
        "site": 60,
        "building": 60,
        "RAMPED": 60,
    }
    assert (draws.milestones[0][-2] == 60).all()


def test_a_tranche_that_closes_on_the_windows_last_day_closes():
    ticks, _ = drawn(financing=money(70.0, window=70.0))
    assert (ticks["t0"], ticks["WINDOW_MISSED"]) == (10, 60)


def test_a_facility_that_waits_has_its_money_some_time_after_the_window():
    ticks, _ = drawn(financing=money(30.0, 71.0, window=70.0, wait=35.0))
    assert (ticks["t0"], ticks["WINDOW_MISSED"], ticks["t1"], ticks["site"]) == (4, 10, 15, 17)


def test_what_would_close_even_later_than_the_wait_closes_then():
    ticks, _ = drawn(financing=money(140.0, window=70.0, wait=35.0))
    assert ticks["t0"] == 20


def test_the_sale_of_the_owner_delays_the_stage_that_is_named():
    ticks, _ = drawn(ownership_change=OwnershipChange(number(1.0), number(21.0), 1))
    # The site is ready on day 14; the owner's sale holds the building up until day 35.
    assert (ticks["site"], ticks["building"]) == (2, 15)
    # It has the name of its stage, so that it stands before the stage in the rows.
    _, draws = drawn(ownership_change=OwnershipChange(number(1.0), number(21.0), 0))
    assert draws.milestones[0][:, 0].tolist() == [0, 5, 15, 15]


def test_an_owner_that_is_not_sold_delays_nothing():
    _, draws = drawn(ownership_change=OwnershipChange(number(0.0), number(21.0), 0))
    assert draws.milestones[0][:, 0].tolist() == [60, 2, 12, 12]


def test_owners_are_sold_as_often_as_their_chance_says():
    _, draws = drawn(ownership_change=OwnershipChange(number(0.3, "sale"), number(21.0), 0))
    sold = draws.milestones[0][0] == 0
    assert sold.mean() == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / 1024))
    assert (draws.milestones[0][1][sold] == 5).all()
    assert (draws.milestones[0][1][~sold] == 2).all()


NONE, LICENSING, BANNED = ControlState.NONE, ControlState.LICENSING, ControlState.BANNED


def presses(*granted, probability=1.0, stage=1) -> PressSource:
    licences = tuple((i, number(p, f"c{i}.granted")) for i, p in enumerate(granted))
    return PressSource("away", number(probability, "relies"), number(35.0), stage, licences)


@pytest.mark.parametrize(
    "state, granted, ready",
    [(NONE, 0.0, 12), (LICENSING, 1.0, 12), (LICENSING, 0.0, 17), (BANNED, 1.0, 17)],
)
def test_presses_are_refused_without_a_licence_or_under_a_ban(state, granted, ready):
    _, draws = drawn([make_control(start=state)], presses=presses(granted))
    assert (draws.milestones[0][-2] == ready).all()
    assert (draws.milestones[0][1] == (2 if ready == 17 else 60)).all()


def test_what_counts_is_the_tick_in_which_the_press_stage_begins():
    before = make_control(timeline=(entry(3, BANNED),))
    after = make_control(timeline=(entry(2, BANNED),))
    assert (drawn([before], presses=presses(1.0))[1].milestones[0][-2] == 12).all()
    assert (drawn([after], presses=presses(1.0))[1].milestones[0][-2] == 17).all()


def test_a_stage_that_began_before_the_horizon_met_the_control_of_its_day():
    lifted = make_control(start=BANNED, timeline=(entry(-6, NONE),))
    asked_then = {"decision_day": -63.0, "presses": presses(1.0)}
    asked_later = {"decision_day": -56.0, "presses": presses(1.0)}
    # The press stage begins 14 days after the decision: in tick -7, in tick -6.
    assert (drawn([lifted], **asked_then)[1].milestones[0][-2] == 8).all()
    assert (drawn([lifted], **asked_later)[1].milestones[0][-2] == 4).all()


def test_two_controls_that_refuse_delay_once():
    controls = [make_control("a", start=BANNED), make_control("b", start=LICENSING)]
    _, draws = drawn(controls, presses=presses(1.0, 0.0))
    assert (draws.milestones[0][-2] == 17).all()


def test_a_control_that_requires_another_refuses_only_while_that_one_is_in_force():
    controls = [make_control("a", start=BANNED), make_control("b")]
    plan = make_plan(
        n_ticks=60,
        controls=controls,
        requires=np.array([1, -1]),
        facilities=(make_facility(stages=STAGES, presses=presses(1.0)),),
    )
    assert (draw(plan, seed=0).milestones[0][-2] == 12).all()


def test_chance_of_relying_and_chance_of_a_licence_multiply():
    source = presses(0.4, probability=0.5)
    _, draws = drawn([make_control(start=LICENSING)], presses=source)
    refused = draws.milestones[0][-2] == 17
    assert refused.mean() == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / 1024))


def test_delays_leave_each_others_draws_alone():
    stages = (("site", number(Uniform(7.0, 70.0), "site")), ("building", number(70.0)))
    sale = OwnershipChange(number(Beta(2.0, 2.0), "sale"), number(0.0), 0)
    plain = draw(make_plan(n_ticks=60, facilities=(make_facility(stages=stages),)), seed=0)
    both = draw(
        make_plan(
            n_ticks=60,
            facilities=(
                make_facility(stages=stages, ownership_change=sale, financing=money(0.0, clock=0.0)),
            ),
        ),
        seed=0,
    )
    assert np.array_equal(plain.milestones[0][-3:], both.milestones[0][-3:])


def test_every_milestone_has_its_row_in_the_order_that_the_plan_names():
    facility = make_facility(
        stages=STAGES,
        cancelled=number(0.5, "cancelled"),
        financing=money(7.0, window=500.0),
        ownership_change=OwnershipChange(number(1.0), number(7.0), 0),
        presses=presses(),
    )
    assert [(what, name) for what, name in facility.milestones] == [
        (Milestone.CANCELLED, ""),
        (Milestone.WINDOW_MISSED, ""),
        (Milestone.TRANCHE, "t0"),
        (Milestone.FINANCED, ""),
        (Milestone.OWNER_SOLD, "site"),
        (Milestone.STAGE, "site"),
        (Milestone.PRESSES_REFUSED, "building"),
        (Milestone.STAGE, "building"),
        (Milestone.RAMPED, ""),
    ]
    milestones = draw(make_plan(n_ticks=60, facilities=(facility,)), seed=0).milestones[0]
    alive = milestones[0] == 60
    assert 0.4 < alive.mean() < 0.6
    assert (milestones[:, alive] == np.array([60, 60, 1, 1, 1, 4, 60, 14, 14])[:, np.newaxis]).all()
    assert (milestones[:, ~alive] == np.array([0, *[60] * 8])[:, np.newaxis]).all()
