"""What a folder of paths says of the run that it keeps."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from diamondsim.simulation.bench import Recipe
from diamondsim.simulation.manifest import Manifest


@dataclass(frozen=True)
class PathsManifest(Manifest):
    """What makes a folder of paths.

    Attributes
    ----------
    variables : str
        Names of what is kept of every tick, with commas between them.
    dtype : str
        Of floating-point numbers.
    block : int
        Replications of a file.
    replications : int
        How many were asked for last; more may be there.
    text : str
        Hash of the resolved scenario, words and sources included, which every file holds.
    """

    WORDS: ClassVar[tuple[str, ...]] = ("replications",)

    variables: str = ""
    dtype: str = ""
    block: int = 0
    replications: int = 0
    text: str = ""

    @classmethod
    def of_paths(cls, recipe: Recipe, variables: Sequence[str], dtype: str, block: int) -> Self:
        """Return the manifest of the paths of a run by this version."""
        return replace(
            cls.of(recipe),
            variables=",".join(variables),
            dtype=dtype,
            block=block,
            replications=recipe.replications,
            text=hashlib.sha256(recipe.scenario.dump().encode()).hexdigest(),
        )

    @property
    def scenario_file(self) -> str:
        """Where in the folder the scenario lies."""
        return "scenario.yaml"

    def differences(self, earlier: Self) -> list[str]:
        """Return in what this run is another one than an earlier one, as sentences."""
        differs = super().differences(earlier)
        if earlier.scenario == self.scenario and earlier.text != self.text:
            named = f" ('{earlier.title}' there, '{self.title}' here)" if earlier.title != self.title else ""
            differs.append(f"the words or sources of the scenario{named} are others, which every file holds")
        if earlier.variables != self.variables:
            differs.append(f"the variables are {self.variables}, there {earlier.variables}")
        if earlier.dtype != self.dtype:
            differs.append(f"numbers are {self.dtype}, there {earlier.dtype}")
        if not differs and earlier.block != self.block:
            differs.append(f"a file holds {self.block} replications, there {earlier.block}")
        return differs
