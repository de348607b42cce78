"""The public call `condition`: the Dataset of a run, weighted by what is observed (docs/conditioning.md)."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
import xarray as xr

from diamondsim._version import __version__
from diamondsim.arguments import require_attributes
from diamondsim.conditioning.observation import Observation
from diamondsim.conditioning.read import read_observations
from diamondsim.conditioning.weighing import Conditioning, weigh
from diamondsim.results import of_node
from diamondsim.scenario import read_scenario
from diamondsim.simulation import Progress, monte_carlo_each

Observations: TypeAlias = str | os.PathLike[str] | Sequence[Observation]


class ConditioningWarning(UserWarning):
    """The observations leave too small an effective sample size."""


def condition(
    dataset: xr.Dataset | xr.DataTree,
    observations: Observations,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Weight the replications of a run by the likelihood of what is observed.

    The run is simulated twice more, from the scenario and the seed in its attributes: once for what each
    replication expects of the observations, and once to weight what is counted over time.

    Parameters
    ----------
    dataset : xarray.Dataset or xarray.DataTree
        Of `monte_carlo`; or a node of `compare`, such as ``comparison["lapse-2027"]``.
    observations : path or sequence of Observation
        A CSV file with the columns of docs/conditioning.md, or what it says.
    workers : int, optional
        Maximum number of processes, by default the number of processors.
    progress : callable, optional
        Called with the number of replications done and the number requested, twice over.

    Returns
    -------
    xarray.Dataset
        The same replications with what each counts, `weight` (replication), adding up to 1. Every estimate,
        band and probability follows the weights; the attribute `effective_size` is the effective sample size.
        By observation there are `observed` and `observed_error`, in the unit `observed_unit`, and `expected`
        (replication, observation). A metric by replication, such as `shortage`, is the same as before: use
        `weighted(dataset["weight"])` to estimate from it.

    Raises
    ------
    ScenarioError
        With all problems at once: a file that cannot be read, observations that do not fit the scenario, or
        with which no replication is compatible.
    TypeError
        If an argument is something else.
    ValueError
        If the Dataset is not of `monte_carlo`, or of another version, or conditioned already.

    Warns
    -----
    ConditioningWarning
        If the effective sample size is less than 100.

    Examples
    --------
    >>> import datetime as dt
    >>> import diamondsim as ds
    >>> scenario = ds.load_scenario("lapse-2027").override({"horizon.length": "4 months"})
    >>> run = ds.monte_carlo(scenario, replications=256, seed=1)
    >>> observed = ds.Observation(
    ...     month=dt.date(2027, 2, 1), control="cn_55", quantity=0.05, error=0.05, source="invented"
    ... )
    >>> found = ds.condition(run, [observed])
    >>> found.sizes["replication"], 100 < found.attrs["effective_size"] < 256
    (256, True)
    """
    dataset = _require_run(dataset)
    scenario = read_scenario(str(dataset.attrs["scenario"]), name="dataset")
    seed, replications = int(dataset.attrs["seed"]), dataset.sizes["replication"]
    if isinstance(observations, str | os.PathLike):
        observations = read_observations(observations)
    observations = _require_observations(observations)
    found = weigh(
        scenario, observations, replications=replications, seed=seed, workers=workers, progress=progress
    )
    weighted = monte_carlo_each(
        {"": (scenario, replications)}, seed=seed, workers=workers, progress=progress, weights=found.weights
    )[""]
    if not weighted["shortage"].equals(dataset["shortage"]):
        raise ValueError("dataset: its replications cannot be simulated again: run monte_carlo again")
    if found.warning is not None:
        warnings.warn(found.warning, ConditioningWarning, stacklevel=2)
    return with_observations(weighted, found)


def _require_run(dataset: xr.Dataset | xr.DataTree) -> xr.Dataset:
    """Return the Dataset of a run, if it is one that can be conditioned."""
    if isinstance(dataset, xr.DataTree):
        dataset = of_node(dataset)
    if not isinstance(dataset, xr.Dataset):
        raise TypeError(f"dataset: expected the result of monte_carlo, found {type(dataset).__name__}")
    if "shortage" not in dataset or not {"replication", "region"} <= {*dataset.sizes}:
        raise ValueError("dataset: expected the result of monte_carlo, with all its replications")
    require_attributes("dataset", dataset.attrs, ("scenario", "seed", "diamondsim_version"))
    if "weight" in dataset:
        raise ValueError(
            "dataset: this run is conditioned already; condition the run that it was made from, on all "
            "observations together"
        )
    version = dataset.attrs["diamondsim_version"]
    if version != __version__:
        raise ValueError(f"dataset: a run of diamondsim {version}, and this is {__version__}: run it again")
    return dataset


def _require_observations(observations: object) -> tuple[Observation, ...]:
    """Check that an argument has observations, and not for example a single one that is in no list."""
    expected = "observations: expected a path or a sequence of Observation, found"
    if not isinstance(observations, Iterable):
        raise TypeError(f"{expected} {type(observations).__name__}")
    found = tuple(observations)
    for each in found:
        if not isinstance(each, Observation):
            raise TypeError(f"{expected} {type(each).__name__} among them")
    return found


def with_observations(weighted: xr.Dataset, found: Conditioning) -> xr.Dataset:
    """Return a weighted run with what was observed and what each replication expects.

    Parameters
    ----------
    weighted : xarray.Dataset
        Of `monte_carlo_each` with the weights of `found`.
    found : Conditioning

    Returns
    -------
    xarray.Dataset
    """
    rows = found.observations
    texts = {
        "observation": [each.label for each in rows],
        "observed_unit": [each.unit or "share granted" for each in rows],
        "observed_source": [each.source for each in rows],
    }
    values = [each.quantity / each.decided if each.decided else each.quantity for each in rows]
    errors = [each.error * each.quantity if each.relative else each.error for each in rows]
    long_names = {
        "observation": "month, control, destination and measure of a figure",
        "observed_unit": "unit in which the figure is counted",
        "observed_source": "source of the figure",
    }
    coordinates = {
        name: xr.DataArray(
            np.array(text, dtype=object), dims="observation", attrs={"long_name": long_names[name]}
        )
        for name, text in texts.items()
    }
    months = np.array([each.month for each in rows], dtype="datetime64[s]")
    coordinates["observed_month"] = xr.DataArray(
        months, dims="observation", attrs={"long_name": "first day of the month"}
    )
    unit = {"units": "unit of the observation"}
    variables = {
        "observed": xr.Variable("observation", values, {"long_name": "figure observed", **unit}),
        "observed_error": xr.Variable(
            "observation",
            errors,
            {"long_name": "error of the figure; of licences the share of meaningless reports", **unit},
        ),
        "expected": xr.Variable(
            ("replication", "observation"),
            found.expected.T,
            {"long_name": "what a replication expects of the figure", **unit},
        ),
    }
    warning = {"conditioning_warning": found.warning or ""}
    return weighted.assign(variables).assign_coords(coordinates).assign_attrs(warning)
