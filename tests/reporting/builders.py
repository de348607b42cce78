"""Rows of a report made up for tests. A test names the columns it is about; all others are filled in here.

A new column of a row needs a default here and in no test.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from diamondsim.reporting.use_rows import FollowUp, Onset, UseRow
from diamondsim.results import Estimate

REPLICATIONS = 100
UNKNOWN = Estimate(math.nan, math.nan, math.nan, 0)
"""An estimate of which no replication knows anything."""


def exact(value: float, n: int = REPLICATIONS) -> Estimate:
    """Return an estimate on which all replications agree: its interval has no width."""
    return Estimate(value, value, value, n)


def use_row(
    use: str,
    *,
    chance: float = 0.5,
    begins: int = 5,
    half: int | None = None,
    depth: float = 0.5,
    assumed: bool = False,
    **columns: Any,
) -> UseRow:
    """Return the row of a use in the United States.

    Parameters
    ----------
    use : str
        Its id and its name.
    chance : float
        Probability of a shortage.
    begins : int
        Month of 2027 on whose first day the shortages begin.
    half : int, optional
        Month of 2028 by whose first day half of all replications have gone short; never by default.
    depth : float
        Peak shortfall: mean of the worst 5 %, and median if short.
    assumed : bool
        Whether its volumes are assumed.
    **columns
        Any other field of `UseRow`, or another value for one of these.

    Returns
    -------
    UseRow
    """
    day = dt.date(2027, begins, 1)
    filled: dict[str, Any] = {
        "region": "US",
        "use": use,
        "region_name": "United States",
        "use_name": use,
        "assumed_volumes": assumed,
        "chance": exact(chance),
        "onset": Onset(day, day, day),
        "half_short": None if half is None else dt.date(2028, half, 1),
        "depth": exact(depth),
        "depth_if_short": exact(depth),
        "days_survived": UNKNOWN,
        "survived_follow_up": FollowUp(0.0, UNKNOWN),
        "days_short": UNKNOWN,
        "short_follow_up": FollowUp(0.0, UNKNOWN),
    }
    return UseRow(**(filled | columns))
