"""Random outages: an alternating renewal process that is stationary from the start (model.md, eq. 83).

The plant runs for exponential times and stops for drawn ones. In the long run it is down with probability
`m / (m + w)`, `m` the mean length of an outage and `w` the mean time between two. The length of an outage
that a random moment falls into is weighted by the length, and the moment is uniform over it.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy import special

from diamondsim.arrays import FloatArray
from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.distributions import Constant, Distribution, Mixture, Product, Sum
from diamondsim.plan import Outages
from diamondsim.sampling.block import Block
from diamondsim.sampling.cdf import Simple
from diamondsim.sampling.inverse import quantile
from diamondsim.sampling.timing import paint, rounded_ticks

_FAR_OUT = 8.0  # Standard deviations; the probability beyond is negligible.
_NODES = 4001


def draw_outages(outages: Outages, block: Block, *, n_ticks: int, tick_days: float) -> FloatArray:
    """Return the share of capacity that is lost.

    Outages begin and end at the ticks nearest to their days. Streams: `<outages>/start` decides whether
    the horizon begins in one, `<days>/met` how long that lasts, `<outages>/elapsed` how much of it is over;
    `<outages>/wait`, `<days>/outage` and `<loss>/outage` have a row for each outage.

    Parameters
    ----------
    outages : Outages
        Rate per year, length and loss.
    block : Block
        Where the numbers come from.
    n_ticks : int
        Number of ticks T.
    tick_days : float
        Length of a tick in days.

    Returns
    -------
    (T, R) array
        Fractions; (T, 1) where there are no outages.
    """
    rate = block.value(outages.per_year) / DAYS_PER_YEAR
    if not (rate > 0).any():
        return np.zeros((n_ticks, 1))
    lost = np.zeros((n_ticks, block.size))
    mean_wait = np.where(rate > 0, 1 / np.where(rate > 0, rate, 1.0), np.inf)
    number = 0
    begin, length = _first(outages, block, mean_wait)
    while True:
        first_tick = rounded_ticks(begin, tick_days)
        if not (first_tick < n_ticks).any():
            return lost
        end = begin + length
        loss = block.value_row(outages.loss, "/outage", number)
        paint(lost, first_tick, rounded_ticks(end, tick_days), loss)
        number += 1
        begin = end + _wait(outages, block, mean_wait, number)
        length = block.value_row(outages.days, "/outage", number)


def _first(outages: Outages, block: Block, mean_wait: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return begin and length in days of the first outage that is not over when the horizon begins."""
    mean = outages.days.distribution.central()
    stopped = block.uniform(f"{outages.name}/start") * (mean + mean_wait) < mean
    elapsed = block.uniform(f"{outages.name}/elapsed")
    met = _met_length(outages.days.distribution, f"{outages.days.name}/met", block)
    begin = np.where(stopped, 0.0, _wait(outages, block, mean_wait, 0))
    return begin, np.where(stopped, met * (1 - elapsed), block.value_row(outages.days, "/outage", 0))


def _wait(outages: Outages, block: Block, mean_wait: FloatArray, number: int) -> FloatArray:
    return -mean_wait * np.log1p(-block.uniform_row(f"{outages.name}/wait", number))


def _met_length(distribution: Distribution, name: str, block: Block) -> FloatArray:
    """Return the length of an outage that a random moment falls into.

    Weighting by length weights each factor of a product by itself, the parts of a mixture by their means, and
    one term of a sum, which is chosen by the means of the terms; the others keep their distributions.
    """
    match distribution:
        case Constant(value):
            return np.full(block.size, value)
        case Product(factors):
            met = [_met_length(factor, f"{name}/factor{k}", block) for k, factor in enumerate(factors)]
            length = met[0]
            for factor in met[1:]:
                length = length * factor
            return length
        case Sum(terms):
            reached = np.cumsum([term.central() for term in terms])
            weighted = np.searchsorted(reached, block.uniform(name) * reached[-1], side="right")
            total = np.zeros(block.size)
            for k, term in enumerate(terms):
                usual = block.read(term, f"{name}/usual{k}")
                total = total + np.where(weighted == k, _met_length(term, f"{name}/term{k}", block), usual)
            return total
        case Mixture(weights, parts):
            mass = [weight * part.central() for weight, part in zip(weights, parts, strict=True)]
            reached = np.cumsum(mass)
            part_met = np.searchsorted(reached, block.uniform(name) * reached[-1], side="right")
            met = [_met_length(part, f"{name}/part{k}", block) for k, part in enumerate(parts)]
            chosen: FloatArray = np.array(met)[part_met, np.arange(block.size)]
            return chosen
    assert isinstance(distribution, Simple)
    share, lengths = _weighted_by_length(distribution)
    return np.interp(block.uniform(name), share, lengths)


@lru_cache(maxsize=256)
def _weighted_by_length(distribution: Simple) -> tuple[FloatArray, FloatArray]:
    """Return the distribution of lengths that a random moment meets: probabilities and lengths."""
    # Nodes that are equidistant on the normal scale are dense in both tails.
    probability = np.asarray(special.ndtr(np.linspace(-_FAR_OUT, _FAR_OUT, _NODES)))
    lengths = quantile(distribution, probability)
    mass = np.diff(probability) * (lengths[1:] + lengths[:-1]) / 2
    share = np.concatenate([[0.0], np.cumsum(mass)])
    return share / share[-1], lengths
