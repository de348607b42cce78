"""Relapses counted and weighed beside batches, by hand and against docs/evidence.md."""

import itertools
import math
import re
from pathlib import Path

import numpy as np
import pytest

from benchmarks.relapse_rate import RATES, counted, counted_in_draws, likelihood, log_marginal, relapses

PAGE = Path(__file__).resolve().parents[2] / "docs" / "evidence.md"
PART = PAGE.read_text(encoding="utf-8").split("### Relapses or batches")[1].split("\n### ")[0]
DRAWS, DRAWS_OF_PAGE = 2048, 16384


def cells(row: str) -> list[list[float]]:
    """Return the numbers in each cell of a row of the page after the first."""
    (line,) = re.findall(rf"^\| {re.escape(row)}.*$", PART, re.MULTILINE)
    return [[float(x) for x in re.findall(r"\d+(?:\.\d+)?", cell)] for cell in line.split("|")[2:-1]]


@pytest.mark.parametrize(
    "shares, found",
    [
        ({1: 0.0, 2: 0.1, 3: 0.4}, 0),  # never half of the flow
        ({1: 0.5, 2: 0.25}, 1),
        ({1: 0.5, 2: 0.26}, 0),
        ({1: 0.6, 2: 0.1, 3: 0.2, 4: 0.9, 5: 0.0}, 2),
        ({1: 0.6, 2: 0.1, 4: 0.1}, 2),  # a month without a figure ends a spell
        ({0: 3.0, 1: 0.0, 2: 0.0}, 0),  # the month before the control does not count as back
    ],
)
def test_a_relapse_is_a_spell_of_low_months_after_half_the_flow(shares, found):
    assert relapses(tuple(shares), np.array([*shares.values()])[:, None]).tolist() == [found]


def test_the_filter_adds_up_all_ways_in_which_relapses_can_lie():
    # Three months; a relapse lasts one month (70 %) or two (30 %) and begins with probability q in a month.
    free, held = np.array([0.2, 0.5, 0.9]), np.array([0.6, 0.3, 0.05])
    lengths, rate = np.array([0.7, 0.3, 0, 0, 0, 0]), 4.0
    q = 1 - math.exp(-rate / 12)
    total = 0.0
    for states in itertools.product("F12C", repeat=3):  # free, one month long, first of two, second of two
        if any((now == "C") != (before == "2") for before, now in itertools.pairwise(("F", *states))):
            continue
        chance = math.prod({"F": 1 - q, "1": q * 0.7, "2": q * 0.3, "C": 1.0}[state] for state in states)
        total += chance * math.prod(free[m] if state == "F" else held[m] for m, state in enumerate(states))
    months = [np.log(np.full(2, value)) for value in free], [np.log(np.full(2, value)) for value in held]
    assert log_marginal(*months, rate=rate, lengths=lengths) == pytest.approx(math.log(total))
    assert log_marginal(*months, rate=0.0, lengths=lengths) == pytest.approx(np.log(free).sum())


def test_the_record_has_the_relapses_that_the_page_counts():
    assert sum(counted().values()) == 6
    assert counted() == {
        "gallium/all": 3,
        "germanium/all": 2,
        "graphite/all": 0,
        "antimony-oxide/all": 1,
        "magnets/all": 0,
    }


def test_batches_alone_make_as_many_spells_as_the_page_says():
    for row, batches in (("with batches", True), ("with a steady flow", False)):
        (record,), *pages = cells(row)
        assert record == 6
        for rate, (mean, *_) in zip((0.0, 0.5, 1.0), pages, strict=True):
            found = counted_in_draws(rate, draws=DRAWS, batches=batches)
            assert found.mean() == pytest.approx(mean, abs=0.25)
    assert counted_in_draws(0.0, draws=DRAWS).mean() > 6


@pytest.mark.parametrize("form, row", [("shipped", "numbers of"), ("batches", "the wider ones")])
def test_the_likelihood_of_the_page_prefers_few_relapses(form, row):
    found = likelihood(form, draws=DRAWS_OF_PAGE)
    *ratios, (mean, median, low, high) = cells(row)
    total = np.sum([*found.log_ratio.values()], axis=0)
    for rate, (ratio,) in zip((0.0, 0.25, 0.5, 1.0, 2.0), ratios, strict=True):
        assert math.exp(total[RATES.index(rate)]) == pytest.approx(ratio, abs=0.0051)
    assert found.mean == pytest.approx(mean, abs=0.0051)
    assert found.quantiles == pytest.approx([low, median, high], abs=0.0051)
    assert total[RATES.index(1.0)] < total[RATES.index(0.5)] < 0
