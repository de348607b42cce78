"""Legal states in time against the closed form of the same chain.

Ticks are days here, so that rounding waits to ticks moves a probability by much less than chance does.
"""

import numpy as np
import pytest
from scipy import linalg, stats

from diamondsim.plan import Hazard, TimelineEntry
from diamondsim.results import Settings
from diamondsim.results.inflow import LegalStates
from diamondsim.results.over_time import legal_state_variables
from diamondsim.sampling import draw
from tests.sampling.plans import (
    ANNOUNCED,
    BANNED,
    LICENSING,
    NONE,
    SUSPENDED,
    make_control,
    make_plan,
    number,
    split,
)

YEAR = 365.25
DAYS = 1300
EXPIRIES = (340, 705, 1070)
RATES_55 = {(SUSPENDED, LICENSING): 0.9, (LICENSING, SUSPENDED): 1.5, (SUSPENDED, BANNED): 0.3}
RATES_46 = {(SUSPENDED, BANNED): 0.6, (BANNED, SUSPENDED): 0.8, (BANNED, NONE): 0.2}
ROLLED_OVER = 0.7
SEEDS = 8


def control(name, rates, expiries=()):
    hazards = tuple(
        Hazard(state, to, number(rate, f"{name}.{state.name}.{to.name}"))
        for (state, to), rate in rates.items()
    )
    branches = split((ROLLED_OVER, None), (1 - ROLLED_OVER, LICENSING))
    timeline = tuple(TimelineEntry(day, f"{name}.{day}", branches, (SUSPENDED,)) for day in expiries)
    return make_control(name, start=SUSPENDED, hazards=hazards, timeline=timeline)


LEGAL_STATES = {
    "A": {"55": False, "46": False},
    "B": {"55": True, "46": False},
    "C": {"55": False, "46": True},
    "D": {"55": True, "46": True},
}


def drawn_states():
    """States of both controls by day, (days, control, replications of some seeds), and what results say."""
    controls = (control("55", RATES_55, EXPIRIES), control("46", RATES_46))
    plan = make_plan(controls=controls, requires=np.array([-1, 0]), n_ticks=DAYS, tick_days=1.0)
    legal = LegalStates(plan, Settings(legal_states=LEGAL_STATES))
    states = []
    for seed in range(SEEDS):
        draws = draw(plan, seed=seed)
        legal.add(draws)
        states.append(draws.control_state)
    return np.concatenate(states, axis=-1), legal_state_variables(legal)["legal_state_probability"]


def chain(rates, expiries=()):
    """Probability of each state by day, (days, states): a matrix exponential between the expiries."""
    generator = np.zeros((5, 5))
    for (state, to), rate in rates.items():
        generator[state, to] += rate / YEAR
        generator[state, state] -= rate / YEAR
    day = linalg.expm(generator)
    lapse = np.eye(5)
    lapse[SUSPENDED] = 0.0
    lapse[SUSPENDED, [SUSPENDED, LICENSING]] = ROLLED_OVER, 1 - ROLLED_OVER
    now = np.eye(5)[SUSPENDED]
    path = [now]
    for today in range(1, DAYS):
        now = now @ day
        if today in expiries:
            now = now @ lapse
        path.append(now)
    return np.array(path)


DRAWN, LEGAL = drawn_states()
CHANCE_55, CHANCE_46 = chain(RATES_55, EXPIRIES), chain(RATES_46)
WHEN = (30, 200, 339, 341, 600, 720, 1000, 1200, 1299)


def assert_within_chance(happened, chance):
    """Compare a count with its probability; half a per cent of a per cent is left to rounding and luck."""
    n = happened.shape[-1]
    for day in WHEN:
        interval = stats.binomtest(int(happened[day].sum()), n).proportion_ci(0.99999)
        assert interval.low - 1e-3 < chance[day] < interval.high + 1e-3, day


@pytest.mark.parametrize("state", [SUSPENDED, LICENSING, BANNED, NONE, ANNOUNCED])
def test_hazards_and_expiries_follow_the_closed_form_of_their_chain(state):
    assert_within_chance(DRAWN[:, 0] == state, CHANCE_55[:, state])
    assert_within_chance(DRAWN[:, 1] == state, CHANCE_46[:, state])


def binding(states):
    return (states == LICENSING) | (states == BANNED)


@pytest.mark.parametrize("on_55", [False, True])
@pytest.mark.parametrize("on_46", [False, True])
def test_each_of_the_four_legal_states_has_the_probability_of_two_independent_chains(on_55, on_46):
    """A: neither in force, B: the first alone, C: the second alone, D: both."""
    happened = (binding(DRAWN[:, 0]) == on_55) & (binding(DRAWN[:, 1]) == on_46)
    p_55, p_46 = (c[:, LICENSING] + c[:, BANNED] for c in (CHANCE_55, CHANCE_46))
    chance = np.where(on_55, p_55, 1 - p_55) * np.where(on_46, p_46, 1 - p_46)
    assert_within_chance(happened, chance)


@pytest.mark.parametrize("state", LEGAL_STATES)
def test_the_probability_of_a_legal_state_in_results_is_that_of_two_independent_chains(state):
    """Whether the second control finds something to ban does not matter: C is not empty."""
    wanted = LEGAL_STATES[state]
    p_55, p_46 = (c[:, LICENSING] + c[:, BANNED] for c in (CHANCE_55, CHANCE_46))
    chance = np.where(wanted["55"], p_55, 1 - p_55) * np.where(wanted["46"], p_46, 1 - p_46)
    found = LEGAL.isel(legal_state=list(LEGAL_STATES).index(state)).values
    n = DRAWN.shape[-1]
    error = np.sqrt(chance * (1 - chance) / n)
    assert (np.abs(found[:, 0] - chance) < 4.5 * error + 1e-3)[list(WHEN)].all()
    covered = (found[:, 1] <= chance) & (chance <= found[:, 2])
    assert covered[list(WHEN)].sum() >= 6  # of nine intervals of 95 %, which hang together
    assert chance[WHEN[-1]] > 0.02


def test_the_four_legal_states_leave_nothing_out():
    assert LEGAL.isel(bound=0).values.sum(axis=1) == pytest.approx(1.0)


def test_a_control_that_requires_another_is_in_force_as_often_as_both_states_bind():
    """By eq. 8 the second control holds goods back in state D alone."""
    both = binding(DRAWN[:, 1]) & binding(DRAWN[:, 0])
    chance = (CHANCE_55[:, [LICENSING, BANNED]].sum(axis=1)) * CHANCE_46[:, BANNED]
    assert_within_chance(both, chance)
