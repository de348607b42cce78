"""What a folder says of the run that it keeps, and what of a run must be as it was to go on.

Owns the text of the manifest and the messages where something differs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, ClassVar, Self

from diamondsim._version import __version__
from diamondsim.errors import StoreError
from diamondsim.simulation.bench import Recipe
from diamondsim.simulation.identity import code, sections_of

FORMAT = 2
"""Of the folder and its files; a change of what a block holds is a new one."""
_DIGEST = "sha256"


@dataclass(frozen=True)
class Manifest:
    """What makes a run.

    Attributes
    ----------
    format : int
    diamondsim : str
        Version.
    code : str
        Hash of the source files that compute.
    scenario : mapping of str to str
        A hash for each key at the top, without what is said to people alone.
    seed : int
    title : str
        Of the scenario; for people only.
    """

    WORDS: ClassVar[tuple[str, ...]] = ("title",)
    """Fields that may differ between two runs that are the same."""

    format: int
    diamondsim: str
    code: str = ""
    scenario: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0
    title: str = ""

    @classmethod
    def of(cls, recipe: Recipe) -> Self:
        """Return the manifest of a run by this version."""
        scenario = recipe.scenario
        return cls(FORMAT, __version__, code(), sections_of(scenario), recipe.seed, scenario.title)

    @classmethod
    def read(cls, content: bytes) -> Self | None:
        """Return what a manifest says, of one in another format only that; None where it is damaged."""
        try:
            said = json.loads(content)
            if said.pop(_DIGEST) != _digest(said):
                return None
            if said["format"] != FORMAT:
                return cls(said["format"], said["diamondsim"])
            return cls(**{field.name: said[field.name] for field in fields(cls)})
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None

    @property
    def content(self) -> bytes:
        """The manifest as the content of a file."""
        said = asdict(self)
        return (json.dumps({**said, _DIGEST: _digest(said)}, indent=2) + "\n").encode()

    @property
    def key(self) -> str:
        """What distinguishes the blocks of this run from those of others; words do not."""
        return _digest({name: value for name, value in asdict(self).items() if name not in self.WORDS})[:16]

    def require(self, earlier: Self, folder: str) -> None:
        """Refuse to go on with another run than the earlier one.

        Raises
        ------
        StoreError
            With all that differs.
        """
        if earlier.format != self.format:
            raise StoreError(
                f"'{folder}' was written by diamondsim {earlier.diamondsim} in format {earlier.format}, this "
                f"is {self.diamondsim} with format {self.format}: name another folder, or go on with that one"
            )
        differs = self.differences(earlier)
        if differs:
            raise StoreError(
                f"'{folder}' keeps another run: {'; '.join(differs)}. Name another folder, or run what "
                f"was run there; its scenario lies in '{folder}/{earlier.scenario_file}'"
            )

    @property
    def scenario_file(self) -> str:
        """Where in the folder the scenario lies."""
        return f"{self.key}/scenario.yaml"

    def differences(self, earlier: Self) -> list[str]:
        """Return in what this run is another one than an earlier one, as sentences."""
        differs = []
        if earlier.scenario != self.scenario:
            named = (
                f" (titled '{earlier.title}' there, '{self.title}' here)"
                if earlier.title != self.title
                else ""
            )
            differs.append(f"the scenario is another one in {self._sections_unlike(earlier)}{named}")
        if earlier.seed != self.seed:
            differs.append(f"the seed is {self.seed}, there {earlier.seed}")
        if earlier.diamondsim != self.diamondsim:
            differs.append(f"this is diamondsim {self.diamondsim}, there {earlier.diamondsim}")
        elif earlier.code != self.code:
            differs.append(f"the code was changed since, though both are diamondsim {self.diamondsim}")
        return differs

    def _sections_unlike(self, other: Manifest) -> str:
        """Return the keys at the top of the scenario in which it is another one."""
        keys = [*dict.fromkeys([*self.scenario, *other.scenario])]
        unlike = [repr(key) for key in keys if self.scenario.get(key) != other.scenario.get(key)]
        return " and ".join(filter(None, [", ".join(unlike[:-1]), unlike[-1]]))


def _digest(said: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
