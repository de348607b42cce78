"""Labels of a Dataset that a user names: one that is not there is refused with the nearest that is."""

from __future__ import annotations

import xarray as xr

from diamondsim.arguments import ArgumentError
from diamondsim.errors import nearest


def require_label(dataset: xr.Dataset, dimension: str, label: str) -> None:
    """Refuse a label that a dimension of a Dataset does not have.

    Raises
    ------
    ArgumentError
        With the nearest label, or all of them.
    """
    labels = [str(each) for each in dataset[dimension].values]
    if label not in labels:
        close = nearest(label, labels)
        hint = f"did you mean {close!r}?" if close else f"expected one of {', '.join(labels)}"
        raise ArgumentError(dimension, f"the dataset has no {label!r}; {hint}")
