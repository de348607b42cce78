"""Checks of what is given to a picture: that a Dataset is of the right call, and that its names exist."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import xarray as xr

from diamondsim._version import __version__
from diamondsim.arguments import LOST_ATTRIBUTES
from diamondsim.errors import joined, nearest

CALLS = {
    "run": "monte_carlo",
    "comparison": "compare",
    "sensitivity": "sensitivity",
    "indices": "sobol_indices",
    "sizes": "size_reserve",
    "backtest": "backtest",
    "trace": "simulate",
}
"""The call that makes each kind of Dataset."""
_SIGNS = {
    "comparison": {"difference", "chance_best"},
    "sensitivity": {"srrc", "pawn"},
    "indices": {"total", "first_order_sum"},
    "sizes": {"simulated_cost", "answer"},
    "backtest": {"forecast", "observed"},
    "trace": {"lane_from", "stock"},
    "run": {"probability_of_shortage"},
}
"""Variables by which a Dataset is recognised, so that a message can say what was given."""
_LABELS = {
    "region": ("region_name",),
    "use": ("use_name",),
    "quarter": ("quarter_start", "quarter_end"),
}
"""Coordinates by the dimension that they belong to; each dimension has its own, too."""
_NUMBERED = ("size",)
"""Dimensions without labels."""
_ATTRIBUTES = {
    "comparison": ("reference", "confidence"),
    "sensitivity": ("confidence",),
    "indices": ("confidence",),
    "sizes": ("limit", "limit_unit", "metric", "region", "use"),
}
"""Attributes that pictures of results cannot do without, by kind."""


def call_of(found: xr.Dataset | xr.DataTree) -> str | None:
    """Return the kind of a Dataset, or of the root of a DataTree, as in `CALLS`; None if it is of no kind."""
    names = {str(name) for name in found.variables}
    return next((kind for kind, signs in _SIGNS.items() if signs <= names), None)


def dataset_of(
    found: object, kind: str, needed: Sequence[str] = (), *, attributes: Sequence[str] = ()
) -> xr.Dataset:
    """Return a Dataset of a kind, once it has what a picture reads.

    Parameters
    ----------
    found : object
        A Dataset, or the root of a DataTree.
    kind : str
        One of `CALLS`.
    needed : sequence of str
        Variables that it must have, beside those by which the kind is recognised, and its labels.
    attributes : sequence of str
        Attributes that it must have, beside those of its kind.

    Returns
    -------
    xarray.Dataset

    Raises
    ------
    TypeError, ValueError
        If it is something else, or lacks something; the message names all that is missing, and the version
        that wrote the Dataset.
    """
    dataset = of_kind(found, kind)
    names = {str(name) for name in dataset.variables}
    missing = [name for name in (*needed, *labels_of(dataset)) if name not in names]
    read = (*_ATTRIBUTES.get(kind, ()), *attributes)
    lost = [f"the attribute {name}" for name in read if name not in dataset.attrs]
    missing += lost
    if missing:
        why = f"; {LOST_ATTRIBUTES}" if lost else ""
        wanted = f"the Dataset of diamondsim.{CALLS[kind]}"
        raise ValueError(
            f"expected {wanted} with {joined(missing)}, found one without{written_by(dataset)}{why}"
        )
    return dataset


def of_kind(found: object, kind: str) -> xr.Dataset:
    """Return a Dataset of a kind, which may lack something.

    Parameters
    ----------
    found, kind
        As for `dataset_of`.

    Raises
    ------
    TypeError, ValueError
        If it is something else; the message names the call that makes the right one.
    """
    wanted = f"the Dataset of diamondsim.{CALLS[kind]}"
    if isinstance(found, xr.DataTree):
        found = found.to_dataset()
    if not isinstance(found, xr.Dataset):
        raise TypeError(f"expected {wanted}, found {type(found).__name__}")
    names = {str(name) for name in found.variables}
    if not _SIGNS[kind] <= names:
        of = call_of(found)
        absent = joined(sorted(_SIGNS[kind] - names))
        other = f"that of diamondsim.{CALLS[of]}" if of else f"one with {_listed(names)} and no {absent}"
        raise ValueError(f"expected {wanted}, found {other}")
    return found


def signs_of(kinds: Iterable[str]) -> str:
    """Return by which variables a Dataset of some kinds is recognised, for a message.

    Examples
    --------
    >>> signs_of(["run", "backtest"])
    'no probability_of_shortage (monte_carlo), no forecast and observed (backtest)'
    """
    return ", ".join(f"no {joined(sorted(_SIGNS[kind]))} ({CALLS[kind]})" for kind in kinds)


def labels_of(found: xr.Dataset) -> list[str]:
    """Return the coordinates that a Dataset of diamondsim has, by its dimensions."""
    dims = [str(dim) for dim in found.dims if dim not in _NUMBERED]
    return [name for dim in dims for name in (dim, *_LABELS.get(dim, ()))]


def written_by(found: xr.Dataset | xr.DataTree) -> str:
    """Return the end of a message that says which version wrote a result, if it names one.

    Examples
    --------
    >>> written_by(xr.Dataset(attrs={"diamondsim_version": "0.0.1"})).partition(" (")[0]
    ', written by diamondsim 0.0.1'
    """
    version = found.attrs.get("diamondsim_version")
    if version is None:
        return ""
    this = "" if str(version) == __version__ else f" (this is {__version__})"
    return f", written by diamondsim {version}{this}"


def require_name(what: str, name: str, names: Iterable[object]) -> str:
    """Return a name of something that a Dataset has.

    Raises
    ------
    ValueError
        If it has none such; with the nearest name.

    Examples
    --------
    >>> require_name("region", "UK", ["US", "JP"])
    Traceback (most recent call last):
    ValueError: region: expected one of US, JP, found 'UK'
    """
    allowed = [str(each) for each in names]
    if name in allowed:
        return name
    close = nearest(str(name), allowed)
    meant = f"; did you mean '{close}'?" if close else ""
    shown = f"one of {', '.join(allowed)}" if allowed else "none, as there is none"
    raise ValueError(f"{what}: expected {shown}, found {name!r}{meant}")


def _listed(names: Iterable[str]) -> str:
    first = sorted(names)
    return f"{', '.join(first[:4])}{', ...' if len(first) > 4 else ''}" if first else "no variables"
