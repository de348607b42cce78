"""Constants of the model (docs/model.md): the values on which both engines and all results agree."""

DAYS_PER_YEAR = 365.25
"""Length of a year in days."""

DAYS_PER_MONTH = DAYS_PER_YEAR / 12
"""Length of a month in days."""

DAYS_PER_WEEK = 7.0
"""Length of a week in days."""

EPS = 1e-9
"""Quantities below this multiple of a reference flow are rounding noise."""

FULL_SPEED = 10.0
"""A conversion that gains a tenth on a unit may move at its full speed (eq. 46b')."""

LASTED_SHARE = 0.6321205588285577
"""`1 - exp(-1)`: to where exponential smoothing brings a truth that has held for one time constant."""

SHARE_ROUNDING = 1e-9
"""A share that misses a level by less than this reaches it, and an effective number a whole one. The errors
of weights that are added up, and of the factors of a survival curve, are smaller, even of a million
replications."""

MIN_WEIGHT = 1e-12
"""Least weight, which decides only where nothing else has one: that of a lane in rationing, in ticks of
expected demand (it gets what all others leave), and that of the contracts at the start in the mean lead."""

MAX_REPLICATIONS = 10_000_000
"""Upper limit for one run: each replication takes some kilobytes, so that a larger number is a mistake."""
