"""The public call `dates`: the ticks of events as dates (docs/results.md, section 4)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import xarray as xr

from diamondsim.results.dataset import of_node
from diamondsim.results.metrics import METRICS

_SECONDS_OF_DAY = 86_400


def dates(dataset: xr.Dataset | xr.DataTree) -> xr.Dataset:
    """Return the date of each event whose tick a Dataset holds.

    Parameters
    ----------
    dataset : xarray.Dataset or xarray.DataTree
        From `monte_carlo`, or a part of it with the whole time axis; or a node of `compare`, such as
        ``comparison["lapse-2027"]``.

    Returns
    -------
    xarray.Dataset
        `NAME_date` for each variable `NAME` that is the tick of an event, such as `first_shortage`, with the
        same dimensions: when the tick begins, to the second (datetime64). NaT where the event does not
        happen, and where a limit is infinite. ``dataset.assign(dates(dataset))`` has dates beside ticks.
        `first_shortage_date` is that of the first tick in which more than `metrics.short_tick` of demand is
        unmet, also in replications that do not count as short; those that do, as in the table of a run, are
        ``dataset["peak_shortfall"] > dataset.attrs["threshold"]``.

    Raises
    ------
    TypeError
        If `dataset` is neither.
    ValueError
        If its time axis is missing or cut, so that the date of tick 0 is not known.

    Examples
    --------
    >>> import diamondsim as ds
    >>> scenario = ds.load_scenario("reinstated-2027").override({"horizon.length": "1 yr"})
    >>> run = ds.monte_carlo(scenario, replications=16)
    >>> lost = ds.dates(run)["inflow_lost_date"].sel(region="US", use="polishing")
    >>> str(lost.values[0].astype("M8[D]")), float(run["inflow_lost"].sel(region="US", use="polishing")[0])
    ('2027-03-08', 15.0)
    """
    if isinstance(dataset, xr.DataTree):
        dataset = of_node(dataset)
    if not isinstance(dataset, xr.Dataset):
        raise TypeError(f"dataset: expected an xarray.Dataset, found {type(dataset).__name__}")
    n_ticks, found = dataset.attrs.get("n_ticks"), dataset.sizes.get("time")
    if n_ticks is None or found != n_ticks:
        wanted = "the Dataset of a run" if n_ticks is None else f"a time axis of {n_ticks} ticks"
        raise ValueError(
            f"dataset: expected {wanted}, found {found or 'no'} ticks: call dates before you cut it"
        )
    start, tick_days = dataset["time"].values[0], float(dataset.attrs["tick_days"])
    variables = {}
    for name in dataset.data_vars:
        if str(name) in _EVENTS:
            ticks = dataset[name]
            long_name = f"date: {ticks.attrs.get('long_name', name)}".replace("NaN", "NaT")
            found_dates = ticks.copy(data=_dates_of(ticks.values, start, tick_days))
            found_dates.attrs = {"long_name": long_name}
            variables[f"{name}_date"] = found_dates
    return xr.Dataset(variables, attrs=dataset.attrs)


def _dates_of(
    ticks: npt.NDArray[np.float64], start: np.datetime64, tick_days: float
) -> npt.NDArray[np.datetime64]:
    """Return when ticks begin, rounded to the second as the time axis is; NaT for what is not finite."""
    is_known = np.isfinite(ticks)
    seconds = np.rint(np.where(is_known, ticks, 0.0) * (tick_days * _SECONDS_OF_DAY)).astype("timedelta64[s]")
    found = start.astype("datetime64[s]") + seconds
    return np.where(is_known, found, np.datetime64("NaT", "s"))


_EVENTS = frozenset(
    name
    for metric in METRICS.values()
    if metric.is_event
    for name in (metric.name, *(f"{metric.name}_{e.suffix}" for e in metric.estimators if not e.of_all))
)
"""Names of the variables that are ticks of events; the chance that one happens is none."""
