"""When two Ledgers are the same: one tolerance, stated once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from diamondsim.ledger import FIELDS, Ledger

RELATIVE = 1e-9
FLOOR = 1e-11
"""Of the largest quantity a replication ever holds. A small number may be the difference of large ones (a
stock after consumption, what is left at a source), each rounded at 1e-16 of itself, and feedback over some
tens of ticks multiplies that. Five digits above rounding, far below anything that a mechanism could move."""

INDICES = ("expected_fill_rate", "paid", "price")
"""Fields that are no quantities: they do not grow with the market, and parts of a whole have the same."""


def largest(ledger: Ledger) -> npt.NDArray[np.float64]:
    """Return the largest quantity of each replication (R,)."""
    tops = [
        np.abs(a).max(axis=(0, 1), initial=0.0) for name, a in ledger.arrays.items() if name not in INDICES
    ]
    return np.asarray(np.max(tops, axis=0))


def differences(one: Ledger, other: Ledger) -> list[str]:
    """Return a line for each field in which two Ledgers differ: where first, and by what."""
    found = []
    floor = FLOOR * np.maximum(largest(one), largest(other))
    for name in FIELDS:
        a, b = one[name], other[name]
        assert a.shape == b.shape, f"{name}: shapes {a.shape} and {b.shape}"
        slack = RELATIVE * np.maximum(np.abs(a), np.abs(b)) + (FLOOR if name in INDICES else floor)
        bad = ~(np.abs(a - b) <= slack)
        if bad.any():
            at = tuple(int(i) for i in np.argwhere(bad)[0])
            found.append(f"{name}{list(at)} (tick, row, replication): {a[at]!r} and {b[at]!r}")
    return sorted(found, key=lambda line: int(line.split("[")[1].split(",")[0]))
