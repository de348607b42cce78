"""How the kernel is compiled: plain IEEE arithmetic in the written order, one thread, one body of code."""

from __future__ import annotations

from typing import Any

from numba import njit

OPTIONS: dict[str, Any] = {"error_model": "numpy", "fastmath": False, "nogil": True, "_nrt": False}
"""`_nrt` is off: kernels allocate no arrays, and counting references to their arguments would dominate."""

kernel = njit(**OPTIONS)
"""Decorates what Python calls."""

inlined = njit(**OPTIONS, inline="always")
"""Decorates the parts of a kernel, which are compiled into the body of their caller."""

EPS = 1e-9
"""What is no larger, relative to its scale, is rounding noise (section 1)."""

MIN_WEIGHT = 1e-12
"""Least weight of a lane in rationing, in ticks of expected demand (39)."""
