"""The attributes that a report reads of a result, which other programs may have dropped from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import xarray as xr

from diamondsim.plot.checked import CALLS

_OF_A_SCENARIO = ("title", "as_of", "legal_state", "legal_state_outdated", "changes", "scenario_hash")
_OF_THE_TICKS = ("tick_days", "n_ticks", "threshold")
_OF_KINDS = {
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


def require_attributes(result: xr.Dataset | xr.DataTree, kind: str) -> None:
    """Check that a result has the attributes that a report reads.

    Parameters
    ----------
    result : xarray.Dataset or xarray.DataTree
    kind : str
        `run`, `comparison`, `backtest` or `former run`.

    Raises
    ------
    ValueError
        If some are missing; the message names all of them.

    Examples
    --------
    >>> require_attributes(xr.Dataset(), "backtest")
    Traceback (most recent call last):
    ValueError: expected the result of backtest with the attribute 'replications', found none of that name
    """
    missing = [*_missing(result, kind)]
    if missing:
        names, found = ("attribute", "that name") if len(missing) == 1 else ("attributes", "these names")
        call = CALLS["run" if kind == "former run" else kind]
        listed = ", ".join(missing)
        raise ValueError(f"expected the result of {call} with the {names} {listed}, found none of {found}")


def _missing(result: xr.Dataset | xr.DataTree, kind: str) -> Iterator[str]:
    needed = (*_OF_KINDS[kind], *(_OF_OBSERVATIONS if "observed" in result and kind == "run" else ()))
    yield from _absent(result, needed)
    if kind == "comparison" and isinstance(result, xr.DataTree):
        for name, run in result.children.items():
            yield from (f"{missing} of {name}" for missing in _absent(run, _OF_A_SCENARIO))


def _absent(result: xr.Dataset | xr.DataTree, names: Iterable[str]) -> Iterator[str]:
    return (f"'{name}'" for name in names if name not in result.attrs)
