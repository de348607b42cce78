"""Which scenarios an answer compares: coordinates of its dimension `scenario`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

_TEXTS = {
    "title": ("scenario_title", "title of the scenario"),
    "as_of": ("scenario_as_of", "evidence cut-off date of the scenario"),
    "legal_state": ("scenario_legal_state", "legal state that the scenario assumes"),
    "legal_state_outdated": (
        "scenario_legal_state_outdated",
        "why the legal state may no longer apply; empty if nothing suggests it",
    ),
    "changes": ("scenario_changes", "what was changed since the scenario was read, a line each"),
    "scenario_hash": ("scenario_hash", "hash of the content of the scenario"),
}
"""Name of the coordinate and its meaning, by the attribute of a run that it takes."""


def identity_coordinates(runs: Mapping[str, Mapping[Any, Any]]) -> dict[str, xr.DataArray]:
    """Return what identifies each scenario of an answer.

    Parameters
    ----------
    runs : mapping of str to mapping
        Attributes of the Dataset of each scenario, by its name.

    Returns
    -------
    dict of str to xarray.DataArray
        Texts along `scenario`, by the name of the coordinate.
    """
    found = {}
    for attr, (name, meaning) in _TEXTS.items():
        texts = np.array([str(attrs.get(attr, "")) for attrs in runs.values()], dtype=object)
        found[name] = xr.DataArray(texts, dims="scenario", attrs={"long_name": meaning})
    return found
