"""The uses that a scenario of a comparison serves worse than the reference does (docs/compare.md, eq. C7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import xarray as xr

from diamondsim.plan import Sampling
from diamondsim.reporting.bound_values import limits
from diamondsim.reporting.formatting import amount, difference, place
from diamondsim.results import Estimate, mean

_MOST = 3
"""Uses that a sentence names."""
_LEAST = 0.0005
"""A smaller difference of shares reads as 0.0 percentage points; as small a change of a loss is no more."""


def harmed_sentences(found: xr.DataTree, pairs: Sequence[dict[str, str]]) -> Iterator[str]:
    """Yield a sentence for each scenario in which some uses clearly fare worse than in the reference.

    Parameters
    ----------
    found : xarray.DataTree
        From `compare`.
    pairs : sequence of dict
        Region and use of what can be compared.
    """
    root = found.to_dataset()
    reference = found[str(root.attrs["reference"])].to_dataset()
    for name in map(str, root["scenario"].values[1:]):
        run, of_name = found[name].to_dataset(), root.sel(scenario=name)
        harmed = [_harm(of_name.sel(pair), run.sel(pair), reference.sel(pair)) for pair in pairs]
        worse = sorted((each for each in harmed if each is not None), key=lambda each: -each[0])
        if worse:
            more = len(worse) - _MOST
            others = f"; {more} more use{'s' if more > 1 else ''}" if more > 0 else ""
            texts = "; ".join(text for _, text in worse[:_MOST])
            yield f"Worse with {name} (95 % intervals above 0): {texts}{others}."


def _harm(one: xr.Dataset, run: xr.Dataset, reference: xr.Dataset) -> tuple[float, str] | None:
    """Return the largest difference of shares of a use, and its text; None if nothing is clearly worse."""
    chance = limits(one["difference"].sel(metric="probability_of_shortage"))
    share = unmet_difference(run, reference)
    unmet = (share.value, share.low, share.high)
    need = _need_difference(one)
    loss = limits(one["difference"].sel(metric="economic_loss_mean"))
    least_loss = _LEAST * float(reference["economic_loss_mean"].sel(bound="estimate"))
    texts = [
        f"{what} {difference(*each)} points"
        for what, each in (("chance of shortage", chance), ("unmet demand", unmet), ("unmet need", need))
        if _is_clear(each, _LEAST)
    ]
    if _is_clear(loss, least_loss):
        texts.append(f"loss +{amount(loss[0], 'USD')} [{amount(loss[1], 'USD')}, {amount(loss[2], 'USD')}]")
    if not texts:
        return None
    where = place(str(one["use_name"].item()), str(one["region_name"].item()))
    return max(each[0] for each in (chance, unmet, need)), f"{where}, {', '.join(texts)}"


def _need_difference(one: xr.Dataset) -> tuple[float, float, float]:
    """Return by how much the unmet need of a use differs; by nothing where not all scenarios have prices."""
    name = "unmet_need_mean"
    return limits(one["difference"].sel(metric=name)) if name in one["metric"] else (0.0, 0.0, 0.0)


def _is_clear(estimate: tuple[float, float, float], least: float) -> bool:
    value, low, _ = estimate
    return low > 0 and value >= least


def unmet_difference(run: xr.Dataset, reference: xr.Dataset) -> Estimate:
    """Return the share of demand that is unmet in one run less that in another, from pairs (eq. C7).

    Parameters
    ----------
    run, reference : xarray.Dataset
        One use of one region, with the same random numbers.

    Returns
    -------
    Estimate
        With the interval of the linearised ratios.
    """
    shares, deviations = [], []
    for each in (run, reference):
        short, needed = (np.asarray(each[name].values, dtype=float) for name in ("shortage", "demand"))
        demand = float(np.mean(needed))
        shares.append(float(np.mean(short)) / demand if demand > 0 else 0.0)
        deviations.append((short - shares[-1] * needed) / demand if demand > 0 else np.zeros(len(short)))
    groups = Sampling(str(run.attrs["sampling"])).groups(run["replication"].values)
    return mean(shares[0] - shares[1] + deviations[0] - deviations[1], groups)
