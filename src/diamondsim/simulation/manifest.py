"""What a folder says of the run that it keeps, and what of a run must be as it was to go on.

Owns the text of the manifest and the messages where something differs.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from diamondsim._version import __version__
from diamondsim.errors import StoreError
from diamondsim.simulation.bench import Recipe

FORMAT = 1
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
    scenario : str
        Hash.
    seed : int
    title : str
        Of the scenario; for people only.
    """

    format: int
    diamondsim: str
    scenario: str
    seed: int
    title: str

    @classmethod
    def of(cls, recipe: Recipe) -> Manifest:
        """Return the manifest of a run by this version."""
        scenario = recipe.scenario
        return cls(FORMAT, __version__, scenario.hash, recipe.seed, scenario.title)

    @classmethod
    def read(cls, content: bytes) -> Manifest | None:
        """Return what a manifest says; None where it is damaged."""
        try:
            said = json.loads(content)
            digest = said.pop(_DIGEST)
            # Another format may say more.
            return (
                cls(**{field.name: said[field.name] for field in fields(cls)})
                if digest == _digest(said)
                else None
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None

    @property
    def content(self) -> bytes:
        """The manifest as the content of a file."""
        said = asdict(self)
        return (json.dumps({**said, _DIGEST: _digest(said)}, indent=2) + "\n").encode()

    @property
    def key(self) -> str:
        """What distinguishes the blocks of this run from those of others; titles do not."""
        return _digest({name: value for name, value in asdict(self).items() if name != "title"})[:16]

    def require(self, earlier: Manifest, folder: str) -> None:
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
        differs = []
        if earlier.scenario != self.scenario:
            named = f" ('{earlier.title}' there, '{self.title}' here)" if earlier.title != self.title else ""
            differs.append(f"the scenario is another one{named}")
        if earlier.seed != self.seed:
            differs.append(f"the seed is {self.seed}, there {earlier.seed}")
        if earlier.diamondsim != self.diamondsim:
            differs.append(f"this is diamondsim {self.diamondsim}, there {earlier.diamondsim}")
        if differs:
            raise StoreError(
                f"'{folder}' keeps another run: {'; '.join(differs)}. Name another folder, or run what "
                f"was run there; its scenario lies in '{folder}/{earlier.key}/scenario.yaml'"
            )


def _digest(said: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
