"""Facts on the machine and the code for a file of figures; none that names a person or a place."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from diamondsim.simulation import usable_processors

PACKAGES = ("diamondsim", "numpy", "scipy", "xarray", "simpy", "pytest-benchmark")
_OF_COMMIT = ("id", "time", "dirty")


def machine(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return processor, memory and versions, from the facts of pytest-benchmark."""
    return {
        "cpu": found["cpu"].get("brand_raw") or platform.machine(),
        "cores": usable_processors(),
        "memory_bytes": _memory_bytes(),
        "architecture": platform.machine(),
        "system": platform.system(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "packages": {name: version(name) for name in PACKAGES},
    }


def commit(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts on the commit that a reader needs."""
    return {name: found.get(name) for name in _OF_COMMIT}


def _memory_bytes() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not available on this system
        return None
