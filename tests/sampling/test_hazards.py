"""Moves by chance and expiries (model.md, eq. 66 and 67)."""

import numpy as np
import pytest

from diamondsim.distributions import Exponential, Gamma
from diamondsim.plan import ControlState, Hazard, TimelineEntry
from diamondsim.sampling.block import Block
from diamondsim.sampling.control_paths import draw_path
from tests.sampling.plans import (
    ANNOUNCED,
    BANNED,
    LICENSING,
    NONE,
    SUSPENDED,
    entry,
    make_control,
    number,
    split,
)

YEAR = 365.25
TICK = 7.0


def hazard(state: ControlState, to: ControlState, per_year, name: str = "") -> Hazard:
    return Hazard(state, to, number(per_year, name or f"hazards.{state.name}.{to.name}"))


def states(control, *, n_ticks=60, block=None):
    return draw_path(control, block or Block(0, 0), n_ticks=n_ticks, tick_days=TICK).rows_from(0)


def waits(block, name: str, visit: int, per_year: float):
    """Ticks until a hazard strikes, worked out by hand from its stream."""
    days = -np.log1p(-block.uniform(f"{name}/visit{visit}")) / (per_year / YEAR)
    return np.maximum(np.floor(days / TICK + 0.5), 1)


def test_a_hazard_strikes_after_the_wait_of_its_own_stream():
    control = make_control(start=SUSPENDED, hazards=(hazard(SUSPENDED, BANNED, 2.0),))
    block = Block(0, 0)
    strikes = waits(block, "hazards.SUSPENDED.BANNED", 0, 2.0)
    expected = np.where(np.arange(60)[:, None] >= strikes, BANNED, SUSPENDED)
    assert np.array_equal(states(control, block=block), expected)
    assert (strikes == 1).any()
    assert (strikes >= 60).any()


def test_of_two_hazards_the_sooner_strikes():
    hazards = (hazard(NONE, BANNED, 2.0), hazard(NONE, LICENSING, 1.0))
    block = Block(0, 0)
    drawn = states(make_control(hazards=hazards), block=block)
    days = [-np.log1p(-block.uniform(f"{h.per_year.name}/visit0")) for h in hazards]
    sooner = np.where(days[0] / 2 < days[1], BANNED, LICENSING)
    struck = drawn[-1] != NONE
    assert struck.sum() > 900
    assert np.array_equal(drawn[-1, struck], sooner[struck])


def test_another_hazard_leaves_those_that_strike_before_it_as_they_were():
    one = states(make_control(hazards=(hazard(NONE, BANNED, 2.0),)))
    two = states(make_control(hazards=(hazard(NONE, BANNED, 2.0), hazard(NONE, LICENSING, 0.3))))
    never = (two != LICENSING).all(axis=0)
    assert 0 < never.sum() < 1024
    assert np.array_equal(one[:, never], two[:, never])
    assert (one[:, ~never] == NONE)[two[:, ~never] == NONE].all()


def test_a_hazard_of_rate_0_never_strikes():
    assert (states(make_control(hazards=(hazard(NONE, BANNED, 0.0),))) == NONE).all()


def test_a_hazard_that_certainly_strikes_at_once_takes_one_tick():
    assert states(make_control(hazards=(hazard(NONE, BANNED, 1e12),)))[:3, 0].tolist() == [
        NONE,
        BANNED,
        BANNED,
    ]


def test_a_rate_that_is_uncertain_is_drawn_once_for_a_replication():
    rate = number(Gamma(1.5, 1 / 1.06), "rate")
    control = make_control(
        hazards=(Hazard(NONE, BANNED, rate), hazard(BANNED, NONE, 1e12)),
    )
    block = Block(0, 0)
    drawn = states(control, block=block)
    first = drawn.argmax(axis=0)
    per_year = block.value(rate)
    expected = np.maximum(
        np.floor(-np.log1p(-block.uniform("rate/visit0")) / (per_year / YEAR) / TICK + 0.5), 1
    )
    struck = drawn.any(axis=0)
    assert np.array_equal(first[struck], expected[struck])
    again = np.maximum(np.floor(-np.log1p(-block.uniform("rate/visit1")) / (per_year / YEAR) / TICK + 0.5), 1)
    second = first + 1 + again
    within = np.flatnonzero(struck & (second < 60))
    assert len(within) > 100
    assert (drawn[second[within].astype(int), within] == BANNED).all()


@pytest.mark.parametrize("days, story", [(14.0, "LLS"), (1e6, "LLL")])
def test_a_sojourn_that_is_over_first_ends_as_it_would_without_hazards(days, story):
    control = make_control(
        start=LICENSING,
        sojourn={LICENSING: number(days)},
        transitions={LICENSING: split(SUSPENDED)},
        hazards=(hazard(LICENSING, BANNED, 1e-9),),
    )
    drawn = states(control, n_ticks=3)[:, 0]
    assert "".join(ControlState(s).name[0] for s in drawn) == story


def test_a_sojourn_after_a_hazard_ends_in_what_follows_it_and_not_in_the_state_of_the_hazard():
    control = make_control(
        sojourn={LICENSING: number(14.0)},
        transitions={LICENSING: split(SUSPENDED)},
        hazards=(hazard(NONE, LICENSING, 1e12),),
    )
    assert story(control, n_ticks=6) == "NLLSSS"


def test_the_sooner_of_hazard_and_sojourn_wins():
    control = make_control(
        start=LICENSING,
        sojourn={LICENSING: number(Exponential(100.0), "sojourn")},
        transitions={LICENSING: split(SUSPENDED)},
        hazards=(hazard(LICENSING, BANNED, 3.0),),
    )
    block = Block(0, 0)
    drawn = states(control, block=block, n_ticks=400)
    wait = -np.log1p(-block.uniform("hazards.LICENSING.BANNED/visit0")) / (3.0 / YEAR)
    sojourn = block.read(Exponential(100.0), "sojourn/visit0")
    left = (drawn != LICENSING).any(axis=0)
    assert left.all()
    assert np.array_equal(drawn[-1], np.where(wait < sojourn, BANNED, SUSPENDED))


def test_a_dated_entry_overrides_a_hazard_that_runs():
    control = make_control(
        start=SUSPENDED, timeline=(entry(1, NONE),), hazards=(hazard(SUSPENDED, BANNED, 5.0),)
    )
    drawn = states(control)
    assert (drawn[0] == SUSPENDED).all()
    assert (drawn[1:] == NONE).all()


def test_an_unchanged_entry_lets_a_hazard_run_on():
    hazards = (hazard(NONE, BANNED, 2.0),)
    plain = states(make_control(hazards=hazards))
    assert np.array_equal(plain, states(make_control(hazards=hazards, timeline=(entry(7, None),))))


# Expiries


def expiry(tick: int, during, *branches) -> TimelineEntry:
    return TimelineEntry(tick, f"expiry.{tick}", split(*branches), during)


def story(control, n_ticks=8) -> str:
    return "".join(ControlState(s).name[0] for s in states(control, n_ticks=n_ticks)[:, 0])


def test_an_expiry_happens_only_to_a_control_that_comes_from_one_of_its_states():
    ends = expiry(3, (SUSPENDED,), LICENSING)
    assert story(make_control(start=SUSPENDED, timeline=(ends,))) == "SSSLLLLL"
    assert story(make_control(start=BANNED, timeline=(ends,))) == "BBBBBBBB"
    assert story(make_control(start=BANNED, timeline=(expiry(3, (SUSPENDED, BANNED), NONE),))) == "BBBNNNNN"


def test_an_expiry_repeats_while_the_state_lasts():
    timeline = tuple(expiry(t, (SUSPENDED,), (0.75, None), (0.25, LICENSING)) for t in (2, 4, 6))
    block = Block(0, 0)
    drawn = states(make_control(start=SUSPENDED, timeline=timeline), block=block)
    lapsed = np.array([block.uniform(f"expiry.{t}") >= 0.75 for t in (2, 4, 6)])
    first = np.where(lapsed.any(axis=0), 2 * lapsed.argmax(axis=0) + 2, 99)
    expected = np.where(np.arange(60)[:, None] >= first, LICENSING, SUSPENDED)
    assert np.array_equal(drawn, expected)


def test_a_sojourn_that_ends_on_the_tick_of_an_expiry_is_not_over_yet():
    control = make_control(
        start=LICENSING,
        sojourn={LICENSING: number(21.0)},
        transitions={LICENSING: split(SUSPENDED)},
        timeline=(expiry(3, (SUSPENDED,), BANNED),),
    )
    assert story(control) == "LLLSSSSS"


def test_a_state_entered_the_tick_before_an_expiry_expires():
    ends = (expiry(2, (SUSPENDED,), BANNED), expiry(3, (SUSPENDED,), ANNOUNCED))
    control = make_control(timeline=(ends[0], entry(2, SUSPENDED), ends[1]))
    assert story(control) == "NNSAAAAA"
