"""The attributes and variables that a report reads of a result, which other programs may have dropped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import xarray as xr

from diamondsim.arguments import LOST_ATTRIBUTES
from diamondsim.plot.checked import CALLS, labels_of, written_by
from diamondsim.results import USE_METRICS, require_whole

_OF_A_SCENARIO = ("title", "as_of", "legal_state", "legal_state_outdated", "changes", "scenario_hash")
_OF_THE_TICKS = ("tick_days", "n_ticks", "threshold")
_ATTRIBUTES = {
    "run": (
        *_OF_A_SCENARIO,
        *_OF_THE_TICKS,
        *("scenario", "seed", "sampling", "replications", "window_days", "tracked_origin"),
    ),
    "comparison": ("title", "reference", "replications", "resamples", "threshold", "window_days"),
    "backtest": ("replications",),
    "former run": ("scenario", "seed", *_OF_THE_TICKS),
}
"""What each kind of result needs; of a former run less is said than of a run."""
_OF_OBSERVATIONS = ("effective_size", "conditioning_warning")
"""What a run needs too that is weighted by observations."""
_VARIABLES = {
    "run": (
        *(metric.name for metric in USE_METRICS),
        *("cover_band", "economic_loss_mean", "economic_loss_cvar", "unit", "volumes", "quarter_covered"),
        *("quarter_demand_mean", "quarter_shortage_mean", "quarter_probability_of_shortage"),
        *("quarter_shortfall_mean", "quarter_shortfall_quantiles"),
    ),
    "comparison": ("value", "variance_saved", "dominated_by", "volumes"),
    "backtest": (
        *("crps", "rival_crps", "covered", "coverage", "mean_crps", "mean_rival_crps", "skill"),
        *("first_months", "first_months_forecast"),
    ),
    "former run": (*(metric.name for metric in USE_METRICS), "volumes"),
}
"""What each kind of result needs beside what it is known by, and beside its labels."""
_WITH = {
    "control": ("quarter_control_probability",),
    "facility": ("first_output",),
    "reserve": ("reserve_released", "reserve_spent"),
    "legal_state": ("legal_state_probability",),
    "tracked_share_band": ("tracked_share_mean",),
    "peak_price": (
        *("start_price", "peak_price_tick", "lowest_price", "lowest_price_tick", "grade_unit"),
        *("forgone", "given_up", "purchase_cost", "extra_cost"),
    ),
    "unit_cost": ("home_price", "landed_price", "covers_cost", "covers_cash_cost", "undercut"),
    "unmet_need": ("probability_of_unmet_need", "unmet_need_mean"),
}
"""What a run needs too that has another variable, such as the labels of a dimension."""


def require_parts(result: xr.Dataset | xr.DataTree, kind: str) -> None:
    """Check that a result has the attributes and variables that a report reads.

    Parameters
    ----------
    result : xarray.Dataset or xarray.DataTree
    kind : str
        `run`, `comparison`, `backtest` or `former run`.

    Raises
    ------
    ValueError
        If some are missing; the message names all of them, and the version that wrote the result. If numbers
        of a run do not belong together.

    Examples
    --------
    >>> found = xr.Dataset({name: 0.0 for name in _VARIABLES["backtest"]})
    >>> require_parts(found, "backtest")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: expected the result of backtest with the attribute 'replications', found none of that name...
    """
    parts = {
        "attribute": [*_missing_attributes(result, kind)],
        "variable": [*_missing_variables(result, kind)],
    }
    missing = [name for names in parts.values() for name in names]
    if missing:
        listed = " and ".join(
            f"the {word}{'s' if len(names) > 1 else ''} {', '.join(names)}"
            for word, names in parts.items()
            if names
        )
        found = "that name" if len(missing) == 1 else "these names"
        call = CALLS["run" if kind == "former run" else kind]
        why = f"; {LOST_ATTRIBUTES}" if parts["attribute"] else ""
        raise ValueError(
            f"expected the result of {call} with {listed}, found none of {found}{written_by(result)}{why}"
        )
    if isinstance(result, xr.Dataset) and kind in ("run", "former run"):
        require_whole(result)
    for name, run in _runs_in(result, kind):
        try:
            require_whole(run)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None


def _missing_attributes(result: xr.Dataset | xr.DataTree, kind: str) -> Iterator[str]:
    needed = (*_ATTRIBUTES[kind], *(_OF_OBSERVATIONS if "observed" in result and kind == "run" else ()))
    yield from _absent(needed, result.attrs)
    for name, run in _runs_in(result, kind):
        yield from (f"{missing} of {name}" for missing in _absent(_OF_A_SCENARIO, run.attrs))


def _missing_variables(result: xr.Dataset | xr.DataTree, kind: str) -> Iterator[str]:
    dataset = result.to_dataset() if isinstance(result, xr.DataTree) else result
    known = {str(name) for name, variable in dataset.variables.items() if variable.size}
    more = [name for sign, names in _WITH.items() if kind == "run" and sign in known for name in names]
    yield from _absent(dict.fromkeys((*_VARIABLES[kind], *more, *labels_of(dataset))), dataset.variables)
    for name, run in _runs_in(result, kind):
        needed = ("shortage", "demand", "peak_shortfall", "first_shortage", "time", *labels_of(run))
        yield from (f"{missing} of {name}" for missing in _absent(needed, run.variables))


def _runs_in(result: xr.Dataset | xr.DataTree, kind: str) -> Iterator[tuple[str, xr.Dataset]]:
    """Yield the runs of a comparison by the name of the scenario."""
    if kind == "comparison" and isinstance(result, xr.DataTree):
        yield from ((name, run.to_dataset()) for name, run in result.children.items())


def _absent(names: Iterable[str], found: Iterable[object]) -> Iterator[str]:
    known = {*map(str, found)}
    return (f"'{name}'" for name in names if name not in known)
