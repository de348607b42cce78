"""Entries that share a draw fall alike as far as their branches do (model.md, eq. 65)."""

import numpy as np
import pytest

from diamondsim.distributions import Beta
from diamondsim.plan import Branch, TimelineEntry
from diamondsim.sampling import draw
from tests.sampling.plans import BANNED, LICENSING, SUSPENDED, make_control, make_plan, number, split

N = 1024


def ends(*entries):
    """Return the state of each control when all is over, (control, R); they all start suspended."""
    controls = tuple(
        make_control(f"c{i}", start=SUSPENDED, timeline=(entry,)) for i, entry in enumerate(entries)
    )
    return draw(make_plan(controls=controls, n_ticks=20), seed=3).control_state[-1]


def at(tick, name, *branches, during=()):
    return TimelineEntry(tick, name, split(*branches), during)


def test_equal_branches_fall_alike_though_their_dates_and_states_differ():
    one, other = ends(
        at(3, "draws.truce", (0.25, LICENSING), (0.75, None)),
        at(6, "draws.truce", (0.25, BANNED), (0.75, None)),
    )
    assert 0.2 < (one == LICENSING).mean() < 0.3
    assert ((one == LICENSING) == (other == BANNED)).all()


def test_with_draws_of_their_own_they_do_not():
    one, other = ends(
        at(3, "draws.truce", (0.25, LICENSING), (0.75, None)),
        at(6, "draws.war", (0.25, BANNED), (0.75, None)),
    )
    both = ((one == LICENSING) & (other == BANNED)).mean()
    assert both == pytest.approx(0.25**2, abs=4 * np.sqrt(0.0625 * 0.9375 / N))


def test_unequal_branches_are_as_dependent_as_they_can_be():
    one, other = ends(
        at(3, "draws.truce", (0.25, LICENSING), (0.75, None)),
        at(3, "draws.truce", (0.4, BANNED), (0.6, None)),
    )
    assert (other[one == LICENSING] == BANNED).all()
    assert 0.35 < (other == BANNED).mean() < 0.45


def test_an_uncertain_chance_is_one_for_all_who_share_the_draw():
    shared = number(Beta(1.0, 3.0), "draws.truce.branch1")
    rest = number(0.75, "draws.truce.branch2")
    one, other = ends(
        TimelineEntry(3, "draws.truce.1", (Branch(shared, LICENSING), Branch(rest, None)), (SUSPENDED,)),
        TimelineEntry(3, "draws.truce.1", (Branch(shared, BANNED), Branch(rest, None)), (SUSPENDED,)),
    )
    assert 0.2 < (one == LICENSING).mean() < 0.3
    assert ((one == LICENSING) == (other == BANNED)).all()


def test_a_control_that_shares_a_draw_leaves_the_others_as_they_were():
    alone = at(3, "controls.x.timeline.2027-01-01", (0.5, LICENSING), (0.5, None))
    own = at(3, "controls.y.timeline.2027-01-01", (0.5, BANNED), (0.5, None))
    shared = at(3, "draws.truce", (0.5, BANNED), (0.5, None))
    assert (ends(alone, own)[0] == ends(alone, shared)[0]).all()
