"""A result with everything that a format may lose: dates, NaN, infinity, odd texts, truth, whole numbers."""

from __future__ import annotations

import numpy as np
import xarray as xr

NAMES = ["=1+1", "+2", "-3", "@SUM(A1)", "\tindented", "NA", "", "Zürich, 金剛石"]
"""Names of entities, of which spreadsheets and readers make something else."""


def odd_result() -> xr.Dataset:
    n = len(NAMES)
    days = np.arange(n, dtype=np.int64).astype("timedelta64[D]")
    of = ("series", "month")
    numbers = np.array(
        [[0.1, np.nan], [np.inf, -np.inf], [1 / 3, 1e-300], [-0.0, 2.0**60], *[[5.0, 6.0]] * 4]
    )
    replications = ("series", "replication")
    return xr.Dataset(
        {
            "level": (of, numbers, {"units": "carat", "long_name": "what it is"}),
            "probability": (of, np.full((n, 2), 0.25), {"units": "1"}),
            "holds": ("series", np.arange(n) % 2 == 0),
            "count": ("series", np.arange(n, dtype=np.int8)),
            "note": ("series", np.array(NAMES, dtype=object)),
            "drawn": (replications, np.arange(3.0 * n).reshape(n, 3), {"units": "day"}),
        },
        {
            "series": np.array([f"s{k}" for k in range(n)], dtype=object),
            "series_name": ("series", np.array(NAMES, dtype=object)),
            "begin": ("series", np.datetime64("2027-01-10", "s") + days),
            "month": np.array([1, 2]),
        },
        {"title": "=HYPERLINK(1)", "seed": np.int64(7), "changes": "a=1\nb=2", "scenario": "x: 1\ny: 2\n"},
    )
