"""What the exports after earlier controls say of relapses, beside batches (docs/evidence.md, section 3).

`python -m benchmarks.relapse_rate` prints it. A month with hardly any exports may lie between two batches or
in a relapse. So relapses are counted by one rule in the record and in draws of the same months, and each rate
of relapse gets the likelihood of the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.backtesting.cases import Case, cases
from diamondsim.backtesting.licence_paths import BATCH_MONTHS, draw_paths, licence_numbers
from diamondsim.backtesting.scoring import log_likelihood
from diamondsim.constants import DAYS_PER_MONTH
from diamondsim.distributions import Constant, Distribution
from diamondsim.sampling.block import Block
from diamondsim.sampling.random_streams import BLOCK
from diamondsim.scenario import load_scenario

SERIES = ("gallium/all", "germanium/all", "graphite/all", "antimony-oxide/all", "magnets/all")
"""Exports to all destinations that are followed for months."""
LOW, BACK = 0.25, 0.5
"""A relapse is a spell of months at `LOW` of the normal flow or less, after a month at `BACK` or more."""
RATES = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
"""Relapses a year that are compared; an even prior reaches from the first to the last."""
LEVELS = (0.05, 0.5, 0.95)
FORMS = ("shipped", "batches")
"""Numbers of the licensing rule: of the scenario, and the wider ones of the backtest. Both have batches."""

_MOST_MONTHS = 6
"""Longest relapse that the likelihood knows, in months."""


@dataclass(frozen=True)
class Likelihood:
    """What the record says of the rate of relapse.

    Attributes
    ----------
    log_ratio : dict of str to (rates,) array
        Log likelihood of each of `RATES` less that of no relapses, by series.
    quantiles : (levels,) array
        Of the rate, given all series and an even prior, at `LEVELS`.
    mean : float
        Of the same.
    """

    log_ratio: dict[str, FloatArray]
    quantiles: FloatArray
    mean: float


def followed() -> tuple[Case, ...]:
    """Return the cases of `SERIES`."""
    return tuple(case for case in cases() if case.name in SERIES)


def numbers(form: str, *, batches: bool = True) -> dict[str, Distribution]:
    """Return what is drawn for an episode in a form, with the shipped batches or with none."""
    found = licence_numbers(load_scenario("reinstated-2027"), "cn_55", batches=form == "batches")
    found.pop("batch", None)
    return {**found, "batch": BATCH_MONTHS} if batches else found


def relapses(months: tuple[int, ...], exports: FloatArray) -> IntArray:
    """Count spells of low months after the flow had come back; a month without a figure ends a spell.

    Parameters
    ----------
    months : tuple of int
        Months of control with a figure, ascending.
    exports : (months, R) array
        Over those of a normal month.

    Returns
    -------
    (R,) int array

    Examples
    --------
    >>> relapses((1, 2, 3, 4, 6), np.array([[0.1], [0.6], [0.2], [0.1], [0.0]]))
    array([2])
    """
    found = np.zeros(exports.shape[1], dtype=np.int64)
    back = np.zeros(exports.shape[1], dtype=bool)
    low_before = np.zeros(exports.shape[1], dtype=bool)
    before = 0
    for month, share in zip(months, exports, strict=True):
        low = back & (share <= LOW)
        found += low & ~(low_before if month == before + 1 else np.zeros_like(low))
        back |= (share >= BACK) & (month >= 1)
        low_before, before = low, month
    return found


def counted() -> dict[str, int]:
    """Return the relapses of the record by series."""
    return {case.name: int(relapses(case.months, case.observed[:, None])[0]) for case in followed()}


def counted_in_draws(rate: float, *, draws: int, batches: bool = True, form: str = "shipped") -> IntArray:
    """Return the relapses that the same rule counts in draws of the months of the record, (draws,)."""
    drawn = {**numbers(form, batches=batches), "relapse_rate": Constant(rate)}
    total = np.zeros(draws, dtype=np.int64)
    for case in followed():
        paths = draw_paths(
            drawn, replications=draws, months=case.months[-1], seed=0, name=f"relapses/{case.name}"
        )
        total += relapses(case.months, paths.shipped[[*case.months]])
    return total


def likelihood(form: str, *, draws: int) -> Likelihood:
    """Return the likelihood of each rate, with batches, over draws of the other numbers.

    For each draw it is exact up to whole months: a filter over months adds up all ways in which relapses may
    have begun and ended. A relapse begins in a month with the probability `1 - exp(-rate / 12)`.
    """
    drawn = {**numbers(form), "relapse_rate": Constant(0.0)}
    last = max(case.months[-1] for case in followed())
    free = draw_paths(drawn, replications=draws, months=last, seed=0, name="relapses")
    held = {**drawn, "relapse_rate": Constant(1e6), "relapse_length": Constant(1e6)}
    in_relapse = draw_paths(held, replications=draws, months=last, seed=0, name="relapses")
    lengths = _lengths(drawn["relapse_length"])
    log_ratio = {}
    for case in followed():
        seen = dict(zip(case.months, case.observed, strict=True))
        free_months, relapse_months = (
            [
                log_likelihood(seen[m], each.mean[m], free.batch) if m in seen else np.zeros(draws)
                for m in range(1, case.months[-1] + 1)
            ]
            for each in (free, in_relapse)
        )
        by_rate = np.array(
            [log_marginal(free_months, relapse_months, rate=rate, lengths=lengths) for rate in RATES]
        )
        log_ratio[case.name] = by_rate - by_rate[0]
    grid = np.linspace(RATES[0], RATES[-1], 601)
    weight = np.exp(np.interp(grid, RATES, np.sum([*log_ratio.values()], axis=0)))
    weight /= weight.sum()
    at = np.searchsorted(np.cumsum(weight), LEVELS)
    return Likelihood(log_ratio, grid[at], float(weight @ grid))


def _lengths(length: Distribution) -> FloatArray:
    """Return the probability of a relapse of 1, 2, ... months, each length rounded."""
    drawn = Block(0, 0, slice(0, BLOCK)).read(length, "relapses/length") / DAYS_PER_MONTH
    months = np.clip(np.rint(drawn), 1, _MOST_MONTHS).astype(int)
    share: FloatArray = np.bincount(months, minlength=_MOST_MONTHS + 1)[1:] / len(drawn)
    return share


def log_marginal(
    free: list[FloatArray], in_relapse: list[FloatArray], *, rate: float, lengths: FloatArray
) -> float:
    """Return the log of the mean likelihood of a series over draws; state k has k months of relapse left."""
    begins = -np.expm1(-rate / 12)
    with np.errstate(divide="ignore"):
        log_begin, log_stay = np.log(begins * lengths)[:, None], np.log1p(-begins)
    state = np.full((1 + _MOST_MONTHS, len(free[0])), -np.inf)
    state[0] = 0.0
    for of_free, of_relapse in zip(free, in_relapse, strict=True):
        can_begin = np.logaddexp(state[0], state[1])
        going_on = np.vstack([state[2:], np.full((1, len(of_free)), -np.inf)])
        state = np.vstack([(can_begin + log_stay)[None], np.logaddexp(can_begin + log_begin, going_on)])
        state[0] += of_free
        state[1:] += of_relapse
    return float(logsumexp(state) - np.log(len(free[0])))


def lines(draws: int = 16384) -> list[str]:
    """Return what is printed."""
    record: Mapping[str, int] = counted()
    months = sum(month >= 1 for case in followed() for month in case.months)
    made = [f"record: {sum(record.values())} relapses in {months} months: {dict(record)}"]
    for batches in (True, False):
        for rate in (0.0, 0.5, 1.0):
            found = counted_in_draws(rate, draws=draws, batches=batches)
            low, high = np.quantile(found, (0.05, 0.95))
            kind = "batches" if batches else "steady"
            made.append(f"{kind}, {rate:g} a year: {found.mean():.1f} on average, {low:.0f} to {high:.0f}")
    for form in FORMS:
        fit = likelihood(form, draws=draws)
        low, middle, high = fit.quantiles
        total = np.sum([*fit.log_ratio.values()], axis=0)
        ratios = ", ".join(f"{rate:g}: {np.exp(value):.2f}" for rate, value in zip(RATES, total, strict=True))
        made.append(f"{form}: mean {fit.mean:.2f}, median {middle:.2f}, 90 % {low:.2f} to {high:.2f}")
        made.append(f"  likelihood over that of none: {ratios}")
    return made


if __name__ == "__main__":
    print("\n".join(lines()))
