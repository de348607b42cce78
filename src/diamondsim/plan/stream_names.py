"""The names that seed streams.

Owns the map from the names in messages, correlations and dimensions to those that seed the streams. The two
differ where a key of the format was renamed, so that the draws stay as they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from diamondsim.plan.structure.elements import Input
from diamondsim.scenario import latent_words


@dataclass(frozen=True)
class StreamNames:
    """The names that seed streams.

    Attributes
    ----------
    inputs : mapping of str to str
        By name of an `Input`; names that are not here seed their own streams.
    latent : mapping of str to str
        By the last step of `<control>/spell<j>/<latent>`, which all licensing rules of a control read.
    """

    inputs: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    latent: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def seeded(self, name: str) -> str:
        """Return the name that seeds the stream of a name, occasions and factors included.

        Examples
        --------
        >>> StreamNames({"a.long_run_rate": "a.long_run"}).seeded("a.long_run_rate/spell0")
        'a.long_run/spell0'
        """
        base, *occasion = name.split("/")
        if len(occasion) > 1 and occasion[0].startswith("spell"):
            occasion[1] = self.latent.get(occasion[1], occasion[1])
        return "/".join([self.inputs.get(base, base), *occasion])


def stream_names(inputs: Iterable[Input]) -> StreamNames:
    """Return the names that seed the streams of some inputs."""
    renamed = {row.name: row.stream for row in inputs if row.stream not in ("", row.name)}
    return StreamNames(MappingProxyType(renamed), MappingProxyType(latent_words()))
