"""How the kernel is compiled: plain IEEE arithmetic in the written order, one thread, one body of code."""

from __future__ import annotations

from typing import Any

from numba import njit

OPTIONS: dict[str, Any] = {"error_model": "numpy", "fastmath": False, "nogil": True, "_nrt": False}
"""`_nrt`: kernels make no arrays; counting who holds those that they read would take longer than all else."""

kernel = njit(**OPTIONS)
"""For what Python calls."""

part = njit(**OPTIONS, inline="always")
"""For what a kernel is made of: it becomes part of the body of its caller."""

EPS = 1e-9
"""Separates nothing from rounding noise (section 1)."""
