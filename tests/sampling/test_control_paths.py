import numpy as np
import pytest
from scipy import stats

from diamondsim.distributions import Beta, Exponential, Uniform
from diamondsim.plan import ControlState
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

LETTERS = {state: state.name[0] for state in ControlState}


def path(control, *, n_ticks=10, tick_days=7.0, block=None):
    return draw_path(control, block or Block(0, 0), n_ticks=n_ticks, tick_days=tick_days)


def story(control, column=0, **more) -> str:
    """The states of one replication by their first letters, from tick 0 on."""
    states = path(control, **more).rows_from(0)[:, column]
    return "".join(LETTERS[ControlState(s)] for s in states)


def test_a_control_stays_in_its_first_state_without_a_timeline():
    assert story(make_control()) == "N" * 10
    assert story(make_control(start=SUSPENDED)) == "S" * 10


def test_dated_entries_take_effect_in_their_tick():
    control = make_control(timeline=(entry(2, ANNOUNCED), entry(5, LICENSING), entry(9, SUSPENDED)))
    assert story(control) == "NNAAALLLLS"


def test_entries_written_out_of_order_are_played_by_date():
    control = make_control(timeline=(entry(5, LICENSING), entry(2, ANNOUNCED)))
    assert story(control) == "NNAAALLLLL"


def test_the_later_of_two_entries_in_one_tick_wins():
    assert story(make_control(timeline=(entry(3, BANNED), entry(3, LICENSING)))) == "NNNLLLLLLL"


def test_unchanged_keeps_the_state_that_an_earlier_entry_of_the_tick_has_set():
    assert story(make_control(timeline=(entry(3, BANNED), entry(3, None)))) == "NNNBBBBBBB"


def test_entries_beyond_the_horizon_change_nothing():
    assert story(make_control(timeline=(entry(10, BANNED), entry(11, LICENSING)))) == "N" * 10


def test_the_last_entry_before_the_horizon_holds_when_it_begins():
    control = make_control(timeline=(entry(-50, BANNED), entry(-20, SUSPENDED), entry(3, LICENSING)))
    drawn = path(control)
    assert drawn.begin == -50
    assert story(control) == "SSSLLLLLLL"
    assert (drawn.states[:30, 0] == BANNED).all()


def test_before_its_first_entry_a_control_is_in_its_first_state():
    drawn = path(make_control(start=SUSPENDED, timeline=(entry(-2, BANNED),)))
    assert drawn.rows_from(-5)[:5, 0].tolist() == [SUSPENDED] * 3 + [BANNED] * 2


def test_a_branch_is_chosen_by_the_uniform_of_the_entry_in_written_order():
    control = make_control(timeline=(entry(3, (0.2, BANNED), (0.5, None), (0.3, SUSPENDED)),))
    block = Block(0, 0)
    uniform = block.uniform("timeline.3")
    expected = np.where(uniform < 0.2, BANNED, np.where(uniform < 0.7, NONE, SUSPENDED))
    assert np.array_equal(path(control, block=block).states[3], expected)


def test_the_last_branch_takes_what_the_others_leave():
    control = make_control(
        timeline=(
            entry(3, (0.1, BANNED), (0.2, LICENSING), (0.0, SUSPENDED)),
            entry(4, (0.5, ANNOUNCED), (0.1, NONE)),
        )
    )
    states = path(control, block=(block := Block(0, 0))).states
    assert np.array_equal(states[3] == SUSPENDED, block.uniform("timeline.3") >= 0.1 + 0.2)
    assert set(states[4]) == {ANNOUNCED, NONE}


def test_an_uncertain_probability_is_drawn_by_itself():
    probability = number(Beta(3.0, 1.0), "rolls_over")
    branches = split((0.0, LICENSING), (0.0, SUSPENDED))
    branches = (type(branches[0])(probability, LICENSING), branches[1])
    control = make_control(timeline=(type(entry(1))(1, "expiry", branches),))
    block = Block(0, 0)
    rolls_over = block.uniform("expiry") < block.value(probability)
    assert np.array_equal(path(control, block=block).states[1] == LICENSING, rolls_over)
    assert np.mean(rolls_over) == pytest.approx(0.75, abs=4 * np.sqrt(0.75 * 0.25 / 1024))


def test_a_sojourn_lasts_its_rounded_time_and_at_least_one_tick():
    def lasting(days):
        return story(
            make_control(start=BANNED, sojourn={BANNED: number(days)}, transitions={BANNED: split(NONE)}),
            n_ticks=5,
        )

    assert lasting(0.0) == "BNNNN"
    assert lasting(10.0) == "BNNNN"
    assert lasting(10.5) == "BBNNN"
    assert lasting(24.4) == "BBBNN"
    assert lasting(1e12) == "BBBBB"


def test_sojourns_follow_each_other():
    control = make_control(
        start=NONE,
        sojourn={NONE: number(14.0), ANNOUNCED: number(7.0), BANNED: number(21.0)},
        transitions={NONE: split(ANNOUNCED), ANNOUNCED: split(BANNED), BANNED: split(NONE)},
    )
    assert story(control, n_ticks=13) == "NNABBBNNABBBN"


def test_a_dated_entry_overrides_a_sojourn():
    control = make_control(
        timeline=(entry(2, BANNED), entry(4, SUSPENDED)),
        sojourn={BANNED: number(28.0)},
        transitions={BANNED: split(NONE)},
    )
    assert story(control) == "NNBBSSSSSS"


def test_an_entry_in_the_tick_in_which_a_sojourn_ends_wins():
    control = make_control(
        start=BANNED,
        timeline=(entry(3, LICENSING),),
        sojourn={BANNED: number(21.0)},
        transitions={BANNED: split(SUSPENDED)},
    )
    assert story(control) == "BBBLLLLLLL"


def test_an_unchanged_entry_lets_a_sojourn_that_ends_in_its_tick_end():
    control = make_control(
        start=BANNED,
        timeline=(entry(3, None),),
        sojourn={BANNED: number(21.0)},
        transitions={BANNED: split(SUSPENDED)},
    )
    assert story(control) == "BBBSSSSSSS"


def test_an_unchanged_entry_lets_the_clock_of_a_sojourn_run_on():
    control = make_control(
        start=BANNED,
        timeline=(entry(2, None),),
        sojourn={BANNED: number(28.0)},
        transitions={BANNED: split(NONE)},
    )
    assert story(control) == "BBBBNNNNNN"


def test_an_entry_that_names_the_state_begins_a_new_sojourn():
    control = make_control(
        start=BANNED,
        timeline=(entry(2, BANNED),),
        sojourn={BANNED: number(28.0)},
        transitions={BANNED: split(NONE)},
    )
    assert story(control) == "BBBBBBNNNN"


def test_a_sojourn_that_begins_before_the_horizon_is_partly_over_when_it_begins():
    control = make_control(
        timeline=(entry(-3, BANNED),), sojourn={BANNED: number(35.0)}, transitions={BANNED: split(SUSPENDED)}
    )
    assert story(control) == "BBSSSSSSSS"


def test_each_sojourn_and_the_branch_that_ends_it_have_streams_of_their_own():
    control = make_control(
        start=LICENSING,
        sojourn={LICENSING: number(Uniform(7.0, 70.0), "on"), NONE: number(7.0)},
        transitions={LICENSING: split((0.5, NONE), (0.5, SUSPENDED)), NONE: split(LICENSING)},
    )
    block = Block(0, 0)
    states = path(control, block=block, n_ticks=40).states
    first = np.maximum(np.floor(block.read(Uniform(7.0, 70.0), "on/visit0") / 7 + 0.5), 1)
    assert np.array_equal((states == LICENSING).cumprod(axis=0).sum(axis=0), first)
    back = block.uniform("on/visit0/next") < 0.5
    column = np.flatnonzero(back)[0]
    begin = int(first[column]) + 1
    second = (states[begin:, column] == LICENSING).cumprod().sum()
    expected = block.read(Uniform(7.0, 70.0), "on/visit1")[column]
    assert second == np.floor(expected / 7 + 0.5)
    assert expected != block.read(Uniform(7.0, 70.0), "on/visit0")[column]


def test_a_sojourn_that_ends_in_unchanged_is_entered_anew():
    control = make_control(
        start=BANNED,
        sojourn={BANNED: number(21.0, "ban")},
        transitions={BANNED: split((0.5, None), (0.5, NONE))},
    )
    block = Block(0, 0)
    banned = path(control, block=block, n_ticks=8).states == BANNED
    renewed = [block.uniform(f"ban/visit{k}/next") < 0.5 for k in range(2)]
    expected = 3 + 3 * renewed[0] + 2 * (renewed[0] & renewed[1])
    assert np.array_equal(banned.sum(axis=0), expected)


def test_a_longer_horizon_keeps_the_path():
    control = make_control(
        sojourn={NONE: number(Exponential(60.0), "off"), BANNED: number(Exponential(30.0), "on")},
        transitions={NONE: split(BANNED), BANNED: split(NONE)},
    )
    assert np.array_equal(path(control, n_ticks=90).states[:40], path(control, n_ticks=40).states)


def test_the_chance_of_a_state_follows_the_closed_form_of_a_markov_chain():
    # Exponential sojourns: P(banned at t) = a / (a + b) * (1 - exp(-(a + b) t)), a = 1/60, b = 1/30 per day.
    # Sojourns rounded to ticks of 0.25 days shift it by less than 0.003, which is added to the interval.
    control = make_control(
        sojourn={NONE: number(Exponential(60.0), "off"), BANNED: number(Exponential(30.0), "on")},
        transitions={NONE: split(BANNED), BANNED: split(NONE)},
    )
    blocks = [path(control, n_ticks=400, tick_days=0.25, block=Block(0, k)).states for k in range(4)]
    banned = np.concatenate(blocks, axis=1) == BANNED
    a, b = 1 / 60, 1 / 30
    for tick in (20, 80, 399):
        expected = a / (a + b) * (1 - np.exp(-(a + b) * tick * 0.25))
        low, high = stats.binomtest(int(banned[tick].sum()), banned.shape[1]).proportion_ci(0.9999)
        assert low - 0.003 < expected < high + 0.003


@pytest.mark.parametrize("months", [3, 6, 12])
def test_an_exponential_ban_outlasts_a_time_with_the_chance_of_the_exponential(months):
    control = make_control(
        start=BANNED, sojourn={BANNED: number(Exponential(360.0), "ban")}, transitions={BANNED: split(NONE)}
    )
    blocks = [path(control, n_ticks=400, tick_days=1.0, block=Block(0, k)).states for k in range(8)]
    lasting = np.concatenate(blocks, axis=1)[30 * months] == BANNED
    expected = np.exp(-(30 * months + 0.5) / 360)
    low, high = stats.binomtest(int(lasting.sum()), len(lasting)).proportion_ci(0.9999)
    assert low < expected < high
