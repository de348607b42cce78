"""What a file of figures says of the machine and of the code, and nothing that names a person or a place."""

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
    """Return processor, memory and versions, from what pytest-benchmark found."""
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
    """Return what a reader needs of what pytest-benchmark knows of the commit."""
    return {name: found.get(name) for name in _OF_COMMIT}


def _memory_bytes() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # a system that does not say
        return None
