"""How the kernel is compiled: plain IEEE arithmetic in the written order, one thread, one body of code."""

from __future__ import annotations

from typing import Any

from numba import njit

COMPILE_OPTIONS: dict[str, Any] = {"error_model": "numpy", "fastmath": False, "nogil": True, "_nrt": False}
"""`_nrt` is off: kernels allocate no arrays, so that there are no references to count."""

kernel = njit(**COMPILE_OPTIONS)
"""Decorates what Python calls."""

phase = njit(**COMPILE_OPTIONS)
"""Decorates a phase of a tick: a function of its own, since large ones take out of proportion to compile."""

inlined = njit(**COMPILE_OPTIONS, inline="always")
"""Decorates the parts of a phase, which are compiled into the body of their caller."""
