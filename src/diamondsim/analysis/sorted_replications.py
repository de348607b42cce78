"""The uncertain inputs that decide whether a use goes short, read off the replications of a run.

No further run is needed: the replications are sorted by what an input drew, and the chance of a shortage in
the lowest third of them is compared with that in the highest (docs/results.md).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from diamondsim.analysis.labels import require_label
from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.plan import Plan, compile_plan, with_dimensions
from diamondsim.plan.drawn_once import paths_drawn_once
from diamondsim.results import Estimate, probability, proportion, weights_of
from diamondsim.sampling import numbers_drawn_once
from diamondsim.scenario import Scenario, key_meaning

MOST_REPLICATIONS = 8192
"""More replications would change the order of the inputs that matter most no more."""
_CONFIDENCE = 0.95


@dataclass(frozen=True)
class DecidingInput:
    """An uncertain input, and the chance of a shortage where it is low and where it is high.

    Attributes
    ----------
    name : str
        Name of its draw: the path of the number, or what is drawn once for a control.
    path : str
        Where the scenario states the number; the first place where several read one draw.
    meaning : str
        What the scenario format says of its key; "" if nothing.
    chance_low, chance_high : Estimate
        Probability of a shortage in the third of the replications that drew least, and in the third that
        drew most.
    change : Estimate
        The second less the first; the interval allows for the number of inputs that were compared.
    """

    name: str
    path: str
    meaning: str
    chance_low: Estimate
    chance_high: Estimate
    change: Estimate


def deciding_inputs(
    scenario: Scenario, *, dataset: xr.Dataset, region: str, use: str, most: int = 3
) -> tuple[DecidingInput, ...]:
    """Return the uncertain inputs that move the chance of a shortage of one use most.

    Parameters
    ----------
    scenario : Scenario
    dataset : xarray.Dataset
        Of `monte_carlo` with this scenario.
    region, use : str
        The use.
    most : int
        Largest number of inputs.

    Returns
    -------
    tuple of DecidingInput
        Largest change first; none whose interval contains 0. Only inputs that a replication draws once are
        compared (for what is drawn for each spell: the first), one at a time, so that an input which matters
        only together with another, or most in its middle, is missed. A product of uncertain factors is one.

    Raises
    ------
    ValueError
        If the Dataset is of another scenario, or has no such region or use.

    Examples
    --------
    >>> import diamondsim as ds
    >>> scenario = ds.load_scenario("lapse-2027").override({"horizon.length": "1 yr"})
    >>> run = ds.monte_carlo(scenario, replications=256, seed=0)
    >>> found = ds.deciding_inputs(scenario, dataset=run, region="US", use="polishing")
    >>> found[0].path, found[0].chance_low.value > found[0].chance_high.value
    ('inventory_policy.polishing.cover', True)
    """
    # A run of several scenarios gives names their dimensions of a Sobol' sequence beforehand: the same draws.
    hashes = {scenario.hash, with_dimensions(scenario).hash}
    if dataset.attrs.get("scenario_hash", scenario.hash) not in hashes:
        raise ValueError("dataset: expected a run of this scenario, found one of another")
    require_label(dataset, "region", region)
    require_label(dataset, "use", use)
    n = min(dataset.sizes["replication"], MOST_REPLICATIONS)
    peak = dataset["peak_shortfall"].sel(region=region, use=use).values[:n]
    short = peak > float(dataset.attrs["threshold"])
    weights = weights_of(dataset)
    weights = None if weights is None else weights[:n]
    plan = compile_plan(scenario)
    drawn = _drawn(dataset, plan, n)
    confidence = 1 - (1 - _CONFIDENCE) / max(len(drawn), 1)
    compared = [_compare(name, values, short, confidence, weights) for name, values in drawn.items()]
    clear = [each for each in compared if each.change.low > 0 or each.change.high < 0]
    first = sorted(clear, key=lambda each: -abs(each.change.value))[:most]
    paths = paths_drawn_once(plan)
    return tuple(
        replace(each, path=paths[each.name], meaning=key_meaning(paths[each.name])) for each in first
    )


def _drawn(dataset: xr.Dataset, plan: Plan, n: int) -> dict[str, FloatArray]:
    """Return what the first replications drew, by name of the input."""
    if "input_value" not in dataset:  # a part of a Dataset may lack it
        return numbers_drawn_once(plan, seed=int(dataset.attrs["seed"]), count=n)
    names = [str(name) for name in dataset["input"].values]
    values = dataset["input_value"].transpose("input", "replication").values[:, :n]
    return dict(zip(names, values, strict=True))


def _compare(
    name: str, values: FloatArray, short: BoolArray, confidence: float, weights: FloatArray | None
) -> DecidingInput:
    if weights is not None:
        return _compare_weighted(name, values, short, confidence, weights)
    by_value, third = np.argsort(values, kind="stable"), len(values) // 3
    low, high = short[by_value[:third]], short[by_value[len(values) - third :]]
    hits = [(int(np.count_nonzero(part)), len(part)) for part in (low, high)]
    chance_low, chance_high = (probability(*counted) for counted in hits)
    wide_low, wide_high = (probability(*counted, confidence=confidence) for counted in hits)
    return DecidingInput(name, "", "", chance_low, chance_high, _difference(wide_low, wide_high))


def _compare_weighted(
    name: str, values: FloatArray, short: BoolArray, confidence: float, weights: FloatArray
) -> DecidingInput:
    """Compare the thirds of the weight instead."""
    by_value = np.argsort(values, kind="stable")
    middle = np.cumsum(weights[by_value]) - weights[by_value] / 2  # a replication is where its middle is
    total = float(weights.sum())
    thirds = by_value[middle <= total / 3], by_value[middle > 2 * total / 3]
    parts = [(short[third], None, weights[third]) for third in thirds]
    chance_low, chance_high = (proportion(*part) for part in parts)
    wide_low, wide_high = (proportion(*part, confidence=confidence) for part in parts)
    return DecidingInput(name, "", "", chance_low, chance_high, _difference(wide_low, wide_high))


def _difference(first: Estimate, second: Estimate) -> Estimate:
    """Return the second probability less the first, independent of it, with Newcombe's interval.

    The distances of each probability from the limits of its own interval are added as squares.
    """
    change = second.value - first.value
    below = math.hypot(second.value - second.low, first.high - first.value)
    above = math.hypot(second.high - second.value, first.value - first.low)
    return Estimate(change, max(-1.0, change - below), min(1.0, change + above), first.n + second.n)
