"""What a run is computed from: the numbers and the structure of a scenario without its words, and the code.

Two scenarios that differ in titles, names or texts alone have the same replications, and so one store.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from diamondsim.scenario import Scenario

WORDS: Mapping[str, Any] = {
    **dict.fromkeys(("title", "description", "component", "as_of", "legal_state", "reference_values"), True),
    **{key: {"__all__": {"name"}} for key in ("regions", "grades", "controls", "buyers")},
    "uses": {"__all__": {"name", "volumes"}},
    "drivers": {"__all__": {"name", "confidence"}},
    "registry": {"name"},
}
"""What a scenario says to people alone, as pydantic takes what to leave out."""

_COMPUTES = (
    *("distributions", "draws.py", "engines", "ledger.py", "plan", "results", "sampling", "scenario"),
    "units",
)
_PACKAGE = Path(__file__).resolve().parents[1]


def sections_of(scenario: Scenario) -> dict[str, str]:
    """Return a hash of what is computed from, for each key at the top of a scenario.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    dict of str to str
        16 hexadecimal digits by key. The order of entries counts, as in `Scenario.hash`.

    Examples
    --------
    >>> from diamondsim.scenario import load_scenario
    >>> calm = load_scenario("calm")
    >>> sections_of(calm) == sections_of(calm.override({"title": "Calmer"}))
    True
    """
    said = scenario.model_dump(mode="json", by_alias=True, exclude={**WORDS})
    return {key: digest(value) for key, value in said.items()}


@functools.cache
def code(package: Path = _PACKAGE) -> str:
    """Return a hash of the source files that turn a scenario into numbers.

    A version stands for a release; between two of them the code of a checkout changes under one version.

    Parameters
    ----------
    package : path, optional
        Folder of the package.

    Returns
    -------
    str
        16 hexadecimal digits, the same whatever ends the lines.
    """
    found = hashlib.sha256()
    for part in _COMPUTES:
        place = package / part
        for file in [place] if place.suffix else sorted(place.rglob("*.py")):
            content = file.read_bytes().replace(b"\r\n", b"\n") if file.exists() else b""
            found.update(f"{file.relative_to(package).as_posix()} {len(content)}\n".encode() + content)
    return found.hexdigest()[:16]


def digest(said: object) -> str:
    """Return 16 hexadecimal digits that stand for what JSON can say."""
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]
