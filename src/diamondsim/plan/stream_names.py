"""The names that seed streams, and which of them give the draws of a second set.

Owns the map from the names in messages, correlations and dimensions to those that seed the streams. The two
differ where a key of the format was renamed, so that the draws stay as they were.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from diamondsim.plan.structure.elements import Input
from diamondsim.scenario import latent_words

_OCCASION = re.compile("(spell|visit|run)[0-9]+")
_PART = re.compile("(factor|term|part)[0-9]+")
_SECOND_SET = "second set"


def stream_key(name: str) -> str:
    """Return what all streams of an input have in common: all times it is drawn, factors and terms.

    Examples
    --------
    >>> stream_key("cn_55/spell3/long_run_rate"), stream_key("inventory_policy.any.cover/factor1")
    ('cn_55/spell/long_run_rate', 'inventory_policy.any.cover')
    """
    words = [step for step in name.split("/") if not _PART.fullmatch(step)]
    return "/".join(_OCCASION.sub(r"\1", step) for step in words)


@dataclass(frozen=True)
class Exchange:
    """Which streams give the draws of a second set, independent of the first.

    Attributes
    ----------
    keys : frozenset of str
        Of inputs, as `stream_key` returns them.
    others : bool
        Whether it is all streams but theirs.
    """

    keys: frozenset[str] = frozenset()
    others: bool = False

    def includes(self, name: str) -> bool:
        """Say whether a stream gives the draws of the second set."""
        return self.others if not self.keys else (stream_key(name) in self.keys) != self.others


NO_EXCHANGE = Exchange()
"""No stream gives the draws of a second set."""


@dataclass(frozen=True)
class StreamNames:
    """The names that seed streams.

    Attributes
    ----------
    inputs : mapping of str to str
        By name of an `Input`; names that are not here seed their own streams.
    latent : mapping of str to str
        By the last step of `<control>/spell<j>/<latent>`, which all licensing rules of a control read.
    exchange : Exchange
        The streams of a second set; none by default.
    """

    inputs: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    latent: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    exchange: Exchange = NO_EXCHANGE

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
        own = "/".join([self.inputs.get(base, base), *occasion])
        # No name of a scenario has a space, so that the second set shares no stream with the first.
        return f"{_SECOND_SET}/{own}" if self.exchange.includes(name) else own


def stream_names(inputs: Iterable[Input]) -> StreamNames:
    """Return the names that seed the streams of some inputs."""
    renamed = {row.name: row.stream for row in inputs if row.stream not in ("", row.name)}
    return StreamNames(MappingProxyType(renamed), MappingProxyType(latent_words()))
