"""The elements of the Plan: inputs, nodes, sources and reserves."""

from __future__ import annotations

import enum
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from types import NoneType
from typing import Any

import numpy as np

from diamondsim.distributions import Distribution
from diamondsim.scenario import ONCE, Drawn

NO_CEILING = 1e9
"""Stands for "no ceiling" on orders and "no limit" on sourcing, in ticks of expected demand."""


class NodeKind(enum.IntEnum):
    """The kinds of nodes."""

    USE = 0
    FEED = 1
    RESERVE = 2


class Rationing(enum.IntEnum):
    """How a source rations inside one tier (model.md, eq. 39)."""

    PROPORTIONAL = 0
    WEIGHTED = 1
    MAX_MIN = 2


class ControlState(enum.IntEnum):
    """The states of an export control."""

    NONE = 0
    ANNOUNCED = 1
    LICENSING = 2
    BANNED = 3
    SUSPENDED = 4


class Relay(enum.IntEnum):
    """What limits diversion around a control beside the need of buyers (model.md, eq. 40a-40d).

    `BESIDE` and `INSIDE`: what third countries pass on, as goods of their own or out of what they are sent.
    """

    UNLIMITED = 0
    BESIDE = 1
    INSIDE = 2


_OCCASIONS = {"spell": "/spell{}", "sojourn": "/visit{}", "announcement": "/run{}"}
"""What is added to the name of a number that is drawn anew each time, with the number of the time."""


@dataclass(frozen=True)
class Input:
    """One number of a scenario with the name of its stream: two numbers with one name are one draw.

    `distribution` is in canonical units (days, ct or cm2, ct/day, USD, fractions). `stream` is the name that
    seeds the stream, where it differs from `name`; `drawn` says when it is drawn.
    """

    name: str
    distribution: Distribution
    stream: str = field(default="", compare=False)
    drawn: Drawn = field(default=ONCE, compare=False)

    def drawn_name(self, time: int = 0) -> str:
        """Name under which it is drawn for a spell, sojourn or announcement: the first is number 0.

        Where it is drawn once in a replication, all of them have its own name.
        """
        return self.name + _OCCASIONS.get(self.drawn.each, "").format(time)

    @property
    def first_stream(self) -> str | None:
        """Name under which a replication draws it first; None where that is one of many times alike."""
        if self.drawn.latent:
            control = self.name.split(".")[1]
            return f"{control}/spell0/{self.drawn.latent}"
        return None if self.drawn.each in ("relapse", "outage") else self.drawn_name()


def inputs(value: object) -> list[Input]:
    """Return every Input in a plan or a part of it."""
    collected: list[Input] = []
    _collect(value, collected)
    return collected


def _collect(value: object, collected: list[Input]) -> None:
    # A plan has thousands of Inputs and few other parts: generators inside each other took twice as long.
    if isinstance(value, Input):
        collected.append(value)
    elif isinstance(value, tuple):
        for item in value:
            _collect(item, collected)
    elif not isinstance(value, _PLAIN):
        if isinstance(value, Mapping):
            for item in value.values():
                _collect(item, collected)
        else:
            kind: Any = type(value)
            for name in _names_of_fields(kind):
                _collect(getattr(value, name), collected)


_PLAIN = (str, int, float, np.ndarray, NoneType)
"""Types of most other values in a plan, which hold no Input."""


@functools.cache
def _names_of_fields(kind: type[Any]) -> tuple[str, ...]:
    """Return the names of the fields of a dataclass; none for another type."""
    return tuple(part.name for part in fields(kind)) if is_dataclass(kind) else ()


@dataclass(frozen=True)
class Node:
    """One use of one grade in one region, a feed stock, or a reserve. `use` is None but for uses."""

    name: str
    kind: NodeKind
    region: str
    grade: str
    use: str | None


@dataclass(frozen=True)
class Source:
    """One grade made by one producer. `facility` is the facility's name where the producer is one."""

    name: str
    producer: str
    region: str
    grade: str
    facility: str | None


@dataclass(frozen=True)
class Reserve:
    """A stockpile: its own node and the nodes it serves, in serving order.

    The first `n_first` of these are those of the use for which it holds back part of its stock.
    """

    name: str
    node: int
    serves: tuple[int, ...]
    n_first: int = 1
