"""Files of figures made up for tests."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.figures import Figures, read

MACHINE = {
    "cpu": "Slide Rule",
    "cores": 2,
    "memory_bytes": 8 * 2**30,
    "architecture": "x86_64",
    "system": "Linux",
    "python": "CPython 3.11.7",
    "packages": {"numpy": "2.4.6"},
}


def case(
    name: str = "step",
    *,
    seconds: tuple[float, ...] = (1.0, 1.01, 1.02, 1.03, 1.04),
    yardstick: tuple[float, float] = (0.01, 0.01),
    group: str | None = "phases",
    **extra: Any,
) -> dict[str, Any]:
    """Return a case as pytest-benchmark writes it."""
    noted = {"phase": name, "scenario": "calm", "lanes": 3, "ticks": 5, "replications": 7}
    return {
        "group": group,
        "name": f"test_{name}",
        "fullname": f"benchmarks/test_made.py::test_{name}",
        "extra_info": noted | {"yardstick_seconds": list(yardstick)} | extra,
        "stats": {"data": list(seconds), "median": median(seconds), "iqr": 0.02},
    }


def document(*cases: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the content of a file."""
    return {
        "machine_info": MACHINE,
        "commit_info": {"id": "0123456789abcdef", "time": None, "dirty": False},
        "datetime": "2026-11-22T10:00:00+00:00",
        "quick": False,
        "benchmarks": list(cases),
    } | changes


def figures(folder: Path, *cases: dict[str, Any], **changes: Any) -> Figures:
    """Return what is read of such a file."""
    file = folder / "figures.json"
    file.write_text(json.dumps(document(*cases, **changes)), encoding="utf-8")
    return read(file)
