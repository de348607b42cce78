"""The public call `discover`: inputs under which a use goes short, as boxes and a tree (docs/discover.md)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import xarray as xr

from diamondsim.analysis.box_search import LEAST_CASES, BoxSearch, FoundBox, Half
from diamondsim.analysis.cases_of_interest import CasesOfInterest, choose_cases
from diamondsim.analysis.chosen_metric import SHORTAGE
from diamondsim.analysis.prim import Box, quasi_p
from diamondsim.analysis.run_inputs import input_values, require_inputs
from diamondsim.arguments import require_integer
from diamondsim.arrays import FloatArray
from diamondsim.results import (
    CONFIDENCE,
    INPUT_UNITS,
    Estimate,
    identity_in,
    label_coordinate,
    probability,
    with_attrs,
)
from diamondsim.units import share_within

_BOUNDS = ("estimate", "low", "high")


def discover(
    dataset: xr.Dataset,
    *,
    region: str | None = None,
    use: str | None = None,
    metric: str | xr.DataArray = SHORTAGE,
    above: float | str | None = None,
    below: float | str | None = None,
    boxes: int = 2,
    density: float | str | None = None,
) -> xr.Dataset:
    """Find limits of few inputs within which a use usually goes short (scenario discovery).

    Boxes and the tree are found on the replications with an even number; how good they are is measured on the
    others.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of `monte_carlo`; its `input_value` (replication, input) holds what was drawn.
    region, use : str, optional
        The use; needed for a metric that is named.
    metric : str or xarray.DataArray
        ``short`` (whether the use goes short), the name of any metric of uses in the Dataset, or an array by
        replication. Of `first_shortage` and `time_to_survive` a replication without one is above any number.
    above, below : float or str, optional
        What makes a replication a case of interest: its metric is above, or below, this number in its own
        unit, or a text such as ``"3 Mct"`` or ``"45 days"``. One of the two for every metric except flags.
    boxes : int
        Largest number of boxes; each is found on what the ones before leave.
    density : float or str, optional
        The share of cases of interest that a box is to have, such as 0.8 or ``"80%"``; the box is then the
        largest of the peeling trajectory that has it. By default the box nearest to full coverage and full
        density.

    Returns
    -------
    xarray.Dataset
        `bound` is ``estimate``, ``low``, ``high`` (95 %); with the coordinates of inputs of the Dataset:

        - `box_low`, `box_high` (box, input): an input is above the one and at most the other; NaN: no limit;
        - `coverage`, `density`, `mass` (box, bound): share of the cases of interest that the box holds, share
          of cases of interest in it, and its share of the replications; of those that no box before holds;
        - `coverage_together`, `density_together` (bound): of all boxes;
        - `quasi_p`, `p_value` (box, input): probability of so high a density if the limits of the input had
          no effect, on the replications on which the box was found, and on the others; NaN: no limit;
        - `trajectory_coverage`, `trajectory_density`, `trajectory_mass`, `trajectory_inputs` (box, step): the
          boxes among which each was chosen, on the replications on which it was found; `chosen_step` (box);
        - `leaf_low`, `leaf_high` (leaf, input), `leaf_coverage`, `leaf_density`, `leaf_mass` (leaf, bound):
          the leaves of the tree, densest first;
        - `share` (bound): cases of interest among all replications.

        A line of the attribute `warnings` says why something is missing.

    Raises
    ------
    ValueError
        If the Dataset has no inputs, is weighted, or has no such metric, region or use, if the metric is not
        known in every replication, or if a number is missing or out of range.

    Examples
    --------
    >>> import diamondsim as ds
    >>> run = ds.monte_carlo(ds.load_scenario("reinstated-2027"), replications=512, seed=0)
    >>> found = ds.discover(run, region="US", use="machining", metric="shortage", above=0.2, boxes=1)
    >>> found["coverage"].dims, found.attrs["condition"]
    (('box', 'bound'), 'shortage above 0.2')
    """
    require_inputs(dataset)
    boxes = require_integer("boxes", boxes, least=1, most=10)
    wanted = None if density is None else share_within("density", density, 0, 1, "(]")
    cases = choose_cases(dataset, metric=metric, region=region, use=use, above=above, below=below)
    values = input_values(dataset)
    search = BoxSearch.of(values, cases.happens)
    warnings = [*_too_few(cases, values.shape[1])]
    found = [] if warnings else search.boxes(boxes, wanted)
    tree = [] if warnings else search.leaves()
    warnings = warnings or [*_warnings(cases, found, boxes, wanted)]
    return _dataset(dataset, cases, search, found, tree, warnings)


def _too_few(cases: CasesOfInterest, inputs: int) -> Sequence[str]:
    n, hits = len(cases.happens), int(cases.happens.sum())
    fewer = min(hits, n - hits)
    if not inputs:
        return ["the scenario has no uncertain input that is drawn once"]
    if fewer >= LEAST_CASES:
        return []
    head = f"{cases.subject} in {hits:,} of {n:,} replications: "
    if not fewer:
        return [f"{head}there is nothing to tell apart"]
    needed = math.ceil(n * LEAST_CASES / fewer)
    return [f"{head}expected {LEAST_CASES} or more that do and that do not, about {needed:,} replications"]


def _warnings(
    cases: CasesOfInterest, found: Sequence[FoundBox], boxes: int, density: float | None
) -> Sequence[str]:
    warnings = []
    if not found:
        warnings.append(
            f"no limits of inputs within which {cases.subject} clearly more often: there is no box"
        )
    elif len(found) < boxes:
        warnings.append(f"only {len(found)} of {boxes} boxes: what is left has no pattern, or too few cases")
    for number, each in enumerate(found, start=1):
        if density is not None and not each.reached:
            held, hits = each.finding.counts(each.trajectory[each.chosen])
            warnings.append(
                f"box {number}: no box has a density of {100 * density:.0f} %; the densest, with "
                f"{100 * hits / held:.0f} %, is shown"
            )
    return warnings


def _dataset(
    dataset: xr.Dataset,
    cases: CasesOfInterest,
    search: BoxSearch,
    found: Sequence[FoundBox],
    tree: Sequence[Box],
    warnings: Sequence[str],
) -> xr.Dataset:
    by_box, by_step, by_leaf = ("box", "bound"), ("box", "step"), ("leaf", "bound")
    chosen = np.array([each.chosen for each in found], dtype=np.int64)
    n, hits = len(cases.happens), int(cases.happens.sum())
    whole = search.checking
    measured = [_measures(each.box, each.checking, whole) for each in found]
    grown = [_measures(box, whole, whole) for box in tree]
    together = _together(found, whole)
    steps = max((len(each.trajectory) for each in found), default=0)
    paths = np.full((4, len(found), steps), np.nan)
    for number, each in enumerate(found):
        paths[:, number, : len(each.trajectory)] = _path(each)
    searched = [(each.box, each.finding) for each in found], [(each.box, each.checking) for each in found]
    variables = {
        "share": (("bound",), _limits(probability(hits, n)), "share of cases of interest"),
        **_limits_of("box", [each.box for each in found], search.inputs),
        "coverage": (by_box, _stack(measured, 0), "share of the cases of interest that the box holds"),
        "density": (by_box, _stack(measured, 1), "share of cases of interest in the box"),
        "mass": (by_box, _stack(measured, 2), "share of the replications in the box"),
        "coverage_together": (("bound",), _limits(together[0]), "share of the cases of interest in any box"),
        "density_together": (("bound",), _limits(together[1]), "share of cases of interest in the boxes"),
        "quasi_p": (("box", "input"), _p_values(searched[0], search.inputs), "quasi-p value"),
        "p_value": (("box", "input"), _p_values(searched[1], search.inputs), "p-value"),
        "trajectory_coverage": (by_step, paths[0], "coverage of each box of the trajectory"),
        "trajectory_density": (by_step, paths[1], "density of each box of the trajectory"),
        "trajectory_mass": (by_step, paths[2], "mass of each box of the trajectory"),
        "trajectory_inputs": (by_step, paths[3], "inputs with limits in each box of the trajectory"),
        "chosen_step": (("box",), chosen, "step of the trajectory that was chosen"),
        **_limits_of("leaf", tree, search.inputs),
        "leaf_coverage": (by_leaf, _stack(grown, 0), "share of the cases of interest that the leaf holds"),
        "leaf_density": (by_leaf, _stack(grown, 1), "share of cases of interest in the leaf"),
        "leaf_mass": (by_leaf, _stack(grown, 2), "share of the replications in the leaf"),
    }
    made = {
        name: with_attrs(
            xr.Variable(dims, values), long_name, INPUT_UNITS if name.endswith(("_low", "_high")) else "1"
        )
        for name, (dims, values, long_name) in variables.items()
    }
    about = {name: c for name, c in dataset["input_value"].coords.items() if c.dims == ("input",)}
    bound = label_coordinate("bound", _BOUNDS, "estimate and limits")
    attrs = identity_in(dataset.attrs) | {
        "metric": cases.metric,
        "region": cases.region,
        "use": cases.use,
        "condition": cases.condition,
        "subject": cases.subject,
        "replications": n,
        "cases": hits,
        "confidence": CONFIDENCE,
        "warnings": "\n".join(warnings),
    }
    return xr.Dataset(made, {**about, "bound": bound}, attrs)


def _measures(box: Box, part: Half, whole: Half) -> tuple[Estimate, Estimate, Estimate]:
    """Return coverage, density and mass of a box in a part of the replications."""
    held, hits = part.counts(box)
    return (
        probability(hits, int(whole.happens.sum())),
        probability(hits, held),
        probability(held, len(whole.happens)),
    )


def _together(found: Sequence[FoundBox], whole: Half) -> tuple[Estimate, Estimate]:
    """Return coverage and density of all boxes."""
    counts = [each.checking.counts(each.box) for each in found]
    held, hits = sum(each[0] for each in counts), sum(each[1] for each in counts)
    return probability(hits, int(whole.happens.sum()) if found else 0), probability(hits, held)


def _limits(estimate: Estimate) -> FloatArray:
    return np.array([estimate.value, estimate.low, estimate.high])


def _stack(measured: Sequence[tuple[Estimate, ...]], k: int) -> FloatArray:
    return np.array([_limits(each[k]) for each in measured]).reshape(-1, len(_BOUNDS))


def _limits_of(
    name: str, boxes: Sequence[Box], inputs: int
) -> dict[str, tuple[tuple[str, ...], FloatArray, str]]:
    """Return the limits of boxes or leaves, NaN where there is none."""
    sides = {
        "low": ([each.low for each in boxes], "the input is above this"),
        "high": ([each.high for each in boxes], "the input is at most this"),
    }
    made: dict[str, tuple[tuple[str, ...], FloatArray, str]] = {}
    for side, (rows, meaning) in sides.items():
        limits = np.array(rows).reshape(-1, inputs)
        limits = np.where(np.isfinite(limits), limits, np.nan)
        made[f"{name}_{side}"] = ((name, "input"), limits, meaning)
    return made


def _p_values(parts: Sequence[tuple[Box, Half]], inputs: int) -> FloatArray:
    values = np.full((len(parts), inputs), np.nan)
    for row, (box, half) in zip(values, parts, strict=True):
        for j in np.flatnonzero(box.restricted):
            row[j] = quasi_p(half.values, half.happens, box, int(j))
    return values


def _path(found: FoundBox) -> FloatArray:
    """Return coverage, density, mass and inputs with limits of each box of a trajectory: (4, step)."""
    half = found.finding
    held, hits = np.array([half.counts(box) for box in found.trajectory], dtype=float).T
    limited = [int(box.restricted.sum()) for box in found.trajectory]
    return np.array([hits / half.happens.sum(), hits / held, held / len(half.happens), limited])
