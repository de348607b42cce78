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
        differs = ~(np.abs(a - b) <= tolerance)
        if differs.any():
            at = tuple(int(i) for i in np.argwhere(differs)[0])
            lines.append(f"{name}{list(at)} (tick, row, replication): {a[at]!r} and {b[at]!r}")
    return sorted(lines, key=lambda line: int(line.split("[")[1].split(",")[0]))
