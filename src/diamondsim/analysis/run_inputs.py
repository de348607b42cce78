"""The inputs that a run keeps, as analyses of its replications need them."""

from __future__ import annotations

import numpy as np
import xarray as xr

from diamondsim.arrays import FloatArray


def require_inputs(dataset: xr.Dataset) -> None:
    """Refuse a Dataset without the inputs of its replications, or with weighted ones.

    Raises
    ------
    ValueError
    """
    if "input_value" not in dataset:
        raise ValueError(
            "dataset: expected `input_value`, what each replication drew, which a run of "
            "monte_carlo has; found none"
        )
    if "weight" in dataset:
        raise ValueError(
            "dataset: expected replications that all count the same, found weighted ones; use the run before "
            "it was conditioned"
        )


def input_values(dataset: xr.Dataset) -> FloatArray:
    """Return what each replication drew: (replication, input)."""
    inputs = dataset["input_value"].transpose("replication", "input")
    return np.asarray(inputs.values, dtype=np.float64)
