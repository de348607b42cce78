from dataclasses import replace

import numpy as np

from diamondsim.distributions import Uniform
from diamondsim.sampling.block import Block
from diamondsim.sampling.spells import find_spells, per_spell
from diamondsim.sampling.timing import NEVER, paint, rounded_ticks
from tests.sampling.plans import SPELL, number

INSIDE = np.array(
    [
        [1, 0, 0],
        [1, 0, 0],
        [0, 1, 0],
        [1, 0, 0],
        [0, 1, 0],
        [1, 1, 0],
    ],
    dtype=bool,
)


def test_runs_are_maximal_half_open_and_numbered_from_zero():
    spells = find_spells(INSIDE)
    assert spells.count == 3
    assert spells.begin.tolist() == [[0, 2, 6], [3, 4, 6], [5, 6, 6]]
    assert spells.end.tolist() == [[2, 3, 6], [4, 6, 6], [6, 6, 6]]


def test_a_value_of_each_run_is_spread_over_its_ticks():
    spells = find_spells(INSIDE)
    values = np.array([[10, 20, 30], [11, 21, 31], [12, 22, 32]])
    spread = np.where(INSIDE, spells.spread(values), 0)
    assert spread.T.tolist() == [[10, 10, 0, 11, 0, 12], [0, 0, 20, 0, 21, 21], [0] * 6]


def test_what_never_holds_has_no_spells():
    spells = find_spells(np.zeros((4, 2), dtype=bool))
    assert spells.count == 0
    assert per_spell(number(Uniform(0.0, 1.0), "x"), spells, Block(0, 0, slice(0, 2))).shape == (0, 2)


def test_a_spell_draws_what_it_would_draw_if_every_replication_had_it():
    block = Block(0, 0, slice(0, 3))
    x = replace(number(Uniform(0.0, 1.0), "x"), drawn=SPELL)
    values = per_spell(x, find_spells(INSIDE), block)
    assert values[0, :2].tolist() == block.read(x.distribution, "x/spell0")[:2].tolist()
    assert values[1, :2].tolist() == block.read(x.distribution, "x/spell1")[:2].tolist()
    assert values[2, 0] == block.read(x.distribution, "x/spell2")[0]
    assert len(np.unique(values[values != 0])) == 5


def test_days_are_rounded_to_the_nearest_tick_and_halves_go_up():
    days = np.array([0.0, 3.4, 3.5, 10.4, 10.5, -3.5, -3.6, 1e300, np.inf])
    assert rounded_ticks(days, 7.0).tolist() == [0, 0, 1, 1, 2, 0, -1, NEVER, NEVER]


def test_painting_cuts_off_what_lies_outside_and_sets_nothing_where_the_end_is_not_after_the_begin():
    table = np.zeros((5, 5))
    paint(
        table,
        np.array([-3, 3, 4, NEVER, 2]),
        np.array([2, 9, 4, NEVER, 1]),
        np.array([1.0, 2.0, 3.0, 4.0, 5.0]),
    )
    assert table.T.tolist() == [[1, 1, 0, 0, 0], [0, 0, 0, 2, 2], [0] * 5, [0] * 5, [0] * 5]
