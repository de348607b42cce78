"""The manifest of a folder: the run that it keeps, and the error if another run is to continue it.

Owns what makes two runs the same: the numbers and structure of the scenario, the seed and the code. Scenarios
that differ in titles, names or texts alone have the same replications, and so share one store.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar, Self

from diamondsim._version import __version__
from diamondsim.errors import StoreError
from diamondsim.scenario import Scenario
from diamondsim.simulation.runner import RunSpec

TEXTS: Mapping[str, Any] = {
    **dict.fromkeys(("title", "description", "component", "as_of", "legal_state"), True),
    **dict.fromkeys(("reference_values", "published_totals"), True),
    **{key: {"__all__": {"name"}} for key in ("regions", "grades", "controls", "buyers")},
    "uses": {"__all__": {"name", "volumes"}},
    "drivers": {"__all__": {"name", "confidence"}},
    "registry": {"name"},
}
"""Parts of a scenario from which nothing is computed, as an `exclude` argument of pydantic."""

_COMPUTING = (
    *("addition.py", "constants.py", "distributions", "draws.py", "engines", "ledger.py", "plan", "results"),
    *("sampling", "scenario", "units"),
)
_PACKAGE = Path(__file__).resolve().parents[1]

FORMAT = 3
"""Version of the folder and its files; any change of what a block holds needs a new one."""
_DIGEST = "sha256"


@dataclass(frozen=True)
class Manifest:
    """The properties that make a run.

    Attributes
    ----------
    format : int
    diamondsim : str
        Version.
    code : str
        Hash of the source files that compute, see `code_hash`.
    scenario : mapping of str to str
        Hash of each section, see `sections_of`.
    seed : int
    title : str
        Title of the scenario, for people only.
    engine : str
    """

    INFORMATIVE: ClassVar[tuple[str, ...]] = ("title",)
    """Fields that may differ between two equal runs."""

    format: int
    diamondsim: str
    code: str = ""
    scenario: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0
    title: str = ""
    engine: str = "batch"

    @classmethod
    def of(cls, spec: RunSpec) -> Self:
        """Return the manifest of a run with this version of the code."""
        scenario, sections = spec.scenario, sections_of(spec.scenario)
        return cls(FORMAT, __version__, code_hash(), sections, spec.seed, scenario.title, spec.engine)

    @classmethod
    def read(cls, content: bytes) -> Self | None:
        """Return a manifest from the content of its file, or None if it is damaged.

        Of a manifest in another format only the format and the version are read.
        """
        try:
            data = json.loads(content)
            if data.pop(_DIGEST) != _digest(data):
                return None
            if data["format"] != FORMAT:
                return cls(data["format"], data["diamondsim"])
            return cls(**{field.name: data[field.name] for field in fields(cls)})
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None

    @property
    def content(self) -> bytes:
        """The manifest as the content of a file."""
        data = asdict(self)
        return (json.dumps({**data, _DIGEST: _digest(data)}, indent=2) + "\n").encode()

    @property
    def key(self) -> str:
        """Key of the blocks of this run: a hash of all but the informative fields."""
        return _digest({name: value for name, value in asdict(self).items() if name not in self.INFORMATIVE})[
            :16
        ]

    def require(self, earlier: Self, folder: str) -> None:
        """Check that a folder which keeps an earlier run can be continued by this one.

        Raises
        ------
        StoreError
            If the runs differ; the message lists all differences.
        """
        if earlier.format != self.format:
            raise StoreError(
                f"'{folder}' was written by diamondsim {earlier.diamondsim} in format {earlier.format}, this "
                f"is {self.diamondsim} with format {self.format}: name another folder, or use that version"
            )
        differs = self.differences(earlier)
        if differs:
            raise StoreError(
                f"'{folder}' keeps another run: {'; '.join(differs)}. Name another folder, or repeat the "
                f"run of this one; its scenario is '{folder}/{earlier.scenario_file}'"
            )

    @property
    def scenario_file(self) -> str:
        """Path of the scenario within the folder."""
        return f"{self.key}/scenario.yaml"

    def differences(self, earlier: Self) -> list[str]:
        """Return the differences of this run from an earlier one, as sentences."""
        differs = []
        if earlier.scenario != self.scenario:
            named = (
                f" (title there '{earlier.title}', here '{self.title}')"
                if earlier.title != self.title
                else ""
            )
            differs.append(f"the scenario differs in {self._differing_sections(earlier)}{named}")
        if earlier.seed != self.seed:
            differs.append(f"the seed there is {earlier.seed}, here {self.seed}")
        if earlier.engine != self.engine:
            differs.append(f"the engine there is {earlier.engine}, here {self.engine}")
        if earlier.diamondsim != self.diamondsim:
            differs.append(f"diamondsim there is {earlier.diamondsim}, here {self.diamondsim}")
        elif earlier.code != self.code:
            differs.append(f"the code has changed since, although both are diamondsim {self.diamondsim}")
        return differs

    def _differing_sections(self, other: Manifest) -> str:
        """Return the top-level keys of the scenario whose sections differ."""
        keys = [*dict.fromkeys([*self.scenario, *other.scenario])]
        differing = [repr(key) for key in keys if self.scenario.get(key) != other.scenario.get(key)]
        return " and ".join(filter(None, [", ".join(differing[:-1]), differing[-1]]))


def sections_of(scenario: Scenario) -> dict[str, str]:
    """Return a hash of the numbers and structure of each top-level section of a scenario.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    dict of str to str
        16 hexadecimal digits by section. The order of entries counts, as in `Scenario.hash`.

    Examples
    --------
    >>> from diamondsim.scenario import load_scenario
    >>> calm = load_scenario("calm")
    >>> sections_of(calm) == sections_of(calm.override({"title": "Calmer"}))
    True
    """
    sections = scenario.model_dump(mode="json", by_alias=True, exclude={**TEXTS})
    return {key: _short_digest(value) for key, value in sections.items()}


@functools.cache
def code_hash(package: Path = _PACKAGE) -> str:
    """Return a hash of the source files that turn a scenario into numbers.

    The version changes only with a release; the code of a checkout may change in between.

    Parameters
    ----------
    package : path, optional
        Folder of the package.

    Returns
    -------
    str
        16 hexadecimal digits, independent of the line endings.
    """
    total = hashlib.sha256()
    for part in _COMPUTING:
        path = package / part
        for file in [path] if path.suffix else sorted(path.rglob("*.py")):
            content = file.read_bytes().replace(b"\r\n", b"\n") if file.exists() else b""
            total.update(f"{file.relative_to(package).as_posix()} {len(content)}\n".encode() + content)
    return total.hexdigest()[:16]


def _short_digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16]


def _digest(data: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
