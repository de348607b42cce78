"""Exports by month of control as licensing lets them pass (docs/backtest.md, eq. B1-B3).

Owns the numbers that are drawn for one episode, in two forms. In the form *curve* they are those of a
scenario, and what passes is the curve of a licensing rule. In the form *batches* they are wider, and what
passes comes in batches of random number and size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.constants import DAYS_PER_MONTH, DAYS_PER_YEAR
from diamondsim.distributions import Constant, Distribution, Lognormal
from diamondsim.sampling.block import Block
from diamondsim.sampling.compound_poisson import compound_poisson
from diamondsim.sampling.random_streams import BLOCK, to_uniforms, words
from diamondsim.scenario import Scenario

STEPS_PER_MONTH = 8
"""Moments of a month at which the curve is read."""

BATCH_MONTHS = Lognormal(0.15, 1.2)
"""Mean size of a batch, in months of normal exports."""
_WIDER = {
    "front_loading": Lognormal(2.0, 0.6),
    "recovery_time": Lognormal(2 * DAYS_PER_MONTH, 1.2),
    "long_run_rate": Lognormal(0.8, 0.6),
}
_MOST_RELAPSES = 4


@dataclass(frozen=True)
class LicencePaths:
    """Draws of one episode.

    Attributes
    ----------
    mean : (M + 1, R) array
        Expected exports over normal ones, months 0 (the last before the control) to M.
    batch : (R,) array
        Mean size of a batch in months of normal exports; 0 where exports are what is expected.
    shipped : (M + 1, R) array
        Exports over normal ones.
    """

    mean: FloatArray
    batch: FloatArray
    shipped: FloatArray


def licence_numbers(scenario: Scenario, control: str, *, batches: bool) -> dict[str, Distribution]:
    """Return the distributions of a control for any buyer, with wider ones in the form of batches.

    Parameters
    ----------
    scenario : Scenario
        It has the control, with a rule for ``any.any``.
    control : str
        Its id.
    batches : bool
        Whether exports come in batches.

    Returns
    -------
    dict of str to Distribution
    """
    entry = scenario.controls[control]
    rule = entry.licensing["any.any"]
    names = ("initial_rate", "dead_time", "recovery_time", "long_run_rate")
    numbers: dict[str, Distribution] = {name: getattr(rule, name) for name in names}
    numbers["front_loading"] = entry.front_loading
    relapse = entry.relapse
    numbers["relapse_rate"] = Constant(0.0) if relapse is None else relapse.rate
    numbers["relapse_length"] = Constant(0.0) if relapse is None else relapse.length
    return {**numbers, **_WIDER, "batch": BATCH_MONTHS} if batches else numbers


def draw_paths(
    numbers: Mapping[str, Distribution], *, replications: int, months: int, seed: int, name: str
) -> LicencePaths:
    """Draw exports by month of control.

    Parameters
    ----------
    numbers : mapping of str to Distribution
        From `licence_numbers`; without ``batch`` exports are what is expected.
    replications : int
    months : int
        Last month.
    seed : int
    name : str
        Root of the names of the streams.

    Returns
    -------
    LicencePaths

    Examples
    --------
    >>> from diamondsim.scenario import load_scenario
    >>> numbers = licence_numbers(load_scenario("reinstated-2027"), "cn_55", batches=True)
    >>> draw_paths(numbers, replications=3, months=24, seed=0, name="example").shipped.shape
    (25, 3)
    """
    source = _Source(seed, name, replications)
    value = {key: source.value(distribution, key) for key, distribution in numbers.items()}
    days = (np.arange(months * STEPS_PER_MONTH) + 0.5)[:, None] * DAYS_PER_MONTH / STEPS_PER_MONTH
    since = np.maximum(days - value["dead_time"], 0.0)
    climbed = -np.expm1(-since / np.maximum(value["recovery_time"], 1e-9))
    initial = value["initial_rate"]
    rate = initial + (value["long_run_rate"] - initial) * climbed
    rate = np.where(
        _relapses(days, value, numbers["relapse_length"], source), np.minimum(rate, initial), rate
    )
    of_months = rate.reshape(months, STEPS_PER_MONTH, replications).mean(axis=1)
    mean = np.vstack([value["front_loading"], of_months])
    batch = value.get("batch", np.zeros(replications))
    if "batch" not in numbers:
        return LicencePaths(mean, batch, mean)
    uniforms = (source.uniforms(each, months + 1).reshape(-1) for each in ("batches", "sizes"))
    total = compound_poisson((mean / batch).reshape(-1), *uniforms).reshape(mean.shape)
    return LicencePaths(mean, batch, total * batch)


@dataclass
class _Source:
    """Uniforms by name."""

    seed: int
    name: str
    replications: int

    def uniforms(self, key: str, rows: int = 1) -> FloatArray:
        """Return (rows, R) uniforms of a stream."""
        blocks = range(-(-self.replications // BLOCK))
        drawn = [to_uniforms(words(self.seed, f"{self.name}/{key}", block, rows=rows)) for block in blocks]
        return np.concatenate(drawn, axis=1)[:, : self.replications]

    def value(self, distribution: Distribution, key: str) -> FloatArray:
        """Return (R,) values."""
        blocks = range(-(-self.replications // BLOCK))
        drawn = [
            Block(self.seed, block, slice(0, BLOCK)).read(distribution, f"{self.name}/{key}")
            for block in blocks
        ]
        return np.concatenate(drawn)[: self.replications]


def _relapses(
    days: FloatArray, value: Mapping[str, FloatArray], length: Distribution, source: _Source
) -> BoolArray:
    """Return where a relapse is on, (steps, R)."""
    is_on = np.zeros((len(days), source.replications), dtype=bool)
    per_day = value["relapse_rate"] / DAYS_PER_YEAR
    now = np.zeros(source.replications)
    for number in range(_MOST_RELAPSES):
        wait = -np.log1p(-source.uniforms(f"relapse{number}")[0])
        begin = now + np.divide(wait, per_day, out=np.full_like(wait, np.inf), where=per_day > 0)
        now = begin + source.value(length, f"relapse_length{number}")
        is_on |= (days >= begin) & (days < now)
    return is_on
