"""The tolerance within which two Ledgers are the same, stated once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from diamondsim.ledger import FIELDS, Ledger

RELATIVE = 1e-9
FLOOR = 1e-11
"""As a share of the largest quantity of the replication. A small number may be the difference of large ones
(a stock after consumption, what is left at a source), each rounded at 1e-16 of itself, and feedback over some
tens of ticks multiplies that. This is five digits above rounding, and far below any effect of a mechanism."""

NOISE_FILLED = 1e-7
"""How far the expected fill rate of a lane may differ once only one engine has sent noise on it.
A source without capacity gives what rounding left in its finished stock, 1e-16 of what it made, to whoever
orders; of an order a million times smaller than its usual output that is 1e-9 to 1e-8."""

INDICES = ("expected_fill_rate", "paid", "price")
"""Fields that are not quantities: they do not scale with the market, and the parts of a whole share them."""


def largest(ledger: Ledger) -> npt.NDArray[np.float64]:
    """Return the largest quantity of each replication (R,)."""
    tops = [
        np.abs(a).max(axis=(0, 1), initial=0.0) for name, a in ledger.arrays.items() if name not in INDICES
    ]
    return np.asarray(np.max(tops, axis=0))


def differences(one: Ledger, other: Ledger) -> list[str]:
    """Return a line for each field in which two Ledgers differ: where first, and both values."""
    lines = []
    floor = FLOOR * np.maximum(largest(one), largest(other))
    for name in FIELDS:
        a, b = one[name], other[name]
        assert a.shape == b.shape, f"{name}: shapes {a.shape} and {b.shape}"
        tolerance = RELATIVE * np.maximum(np.abs(a), np.abs(b)) + (FLOOR if name in INDICES else floor)
        if name == "expected_fill_rate":
            tolerance = np.where(_noise_sent(one, other, floor), NOISE_FILLED, tolerance)
        differs = ~(np.abs(a - b) <= tolerance)
        if differs.any():
            at = tuple(int(i) for i in np.argwhere(differs)[0])
            lines.append(f"{name}{list(at)} (tick, row, replication): {a[at]!r} and {b[at]!r}")
    return sorted(lines, key=lambda line: int(line.split("[")[1].split(",")[0]))


def _noise_sent(one: Ledger, other: Ledger, floor: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return on which lanes only one of two Ledgers has sent anything in some tick so far, and only noise."""
    a, b = one["allocated"], other["allocated"]
    differs = (np.minimum(a, b) <= 0.0) & (a != b) & (np.abs(a - b) <= floor)
    return np.logical_or.accumulate(differs, axis=0)
