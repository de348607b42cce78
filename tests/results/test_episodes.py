"""When a shortage begins, lasts and is over."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diamondsim.results.episodes import first_tick, longest_run, quiet_windows, recovery_tick

MASKS = st.lists(st.booleans(), min_size=1, max_size=14)


def column(text: str) -> np.ndarray:
    """`x` is a short tick, `.` is none."""
    return np.array([c == "x" for c in text])[:, None]


def by_loop_longest(short: list[bool]) -> int:
    longest = run = 0
    for now in short:
        run = run + 1 if now else 0
        longest = max(longest, run)
    return longest


def by_loop_recovery(short: list[bool], begin: int, window: int) -> float:
    for t in range(begin + 1, len(short) - window + 1):
        if not any(short[t : t + window]):
            return t
    return math.nan


@pytest.mark.parametrize(
    "text, first, longest, over",
    [
        ("......", math.nan, 0, math.nan),
        ("..xx....", 2, 2, 4),
        ("x.x.xx..", 0, 2, 6),  # gaps of one tick belong to the shortage
        ("..xx.", 2, 2, math.nan),  # one quiet tick does not show that it is over
        ("xx..xxxx", 0, 4, 2),
    ],
)
def test_a_shortage_is_over_when_a_whole_window_stays_quiet(text, first, longest, over):
    short = column(text)
    assert first_tick(short) == pytest.approx([first], nan_ok=True)
    assert longest_run(short) == pytest.approx([longest])
    recovery = recovery_tick(quiet_windows(short, 2), begin=first_tick(short))
    assert recovery == pytest.approx([over], nan_ok=True)


def test_ticks_before_the_loss_of_inflow_do_not_count():
    short = np.hstack([column("x..x"), column("x...")])
    assert first_tick(short, since=np.array([1.0, 1.0])) == pytest.approx([3, math.nan], nan_ok=True)
    assert math.isnan(first_tick(column("xxxx"), since=np.array([math.nan]))[0])


@given(MASKS, st.integers(1, 4))
def test_runs_and_recoveries_are_those_of_a_plain_loop(short, window):
    mask = np.array([short, short[::-1]]).T
    begin = first_tick(mask)
    assert longest_run(mask).tolist() == [by_loop_longest(short), by_loop_longest(short[::-1])]
    recovery = recovery_tick(quiet_windows(mask, window), begin=begin)
    for r, path in enumerate((short, short[::-1])):
        expected = by_loop_recovery(path, path.index(True), window) if any(path) else math.nan
        assert recovery[r] == pytest.approx(expected, nan_ok=True)
