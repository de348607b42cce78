"""Estimates along the dimension `bound`: as numbers, and as a document, in which what is unknown is null."""

from __future__ import annotations

import math

import xarray as xr

_BOUNDS = ("estimate", "low", "high")


def limits(variable: xr.DataArray) -> tuple[float, float, float]:
    """Return the estimate and the limits of its interval."""
    estimate, low, high = (float(variable.sel(bound=bound)) for bound in _BOUNDS)
    return estimate, low, high


def json_limits(variable: xr.DataArray) -> dict[str, float | None]:
    """Return the same by name; None for one that is unknown or infinite."""
    return {bound: or_null(value) for bound, value in zip(_BOUNDS, limits(variable), strict=True)}


def or_null(value: float) -> float | None:
    """Return a number for a document: None where it is unknown or infinite.

    Examples
    --------
    >>> or_null(0.5), or_null(float("nan"))
    (0.5, None)
    """
    return value if math.isfinite(value) else None
