"""Branches: what may follow, with probabilities, and the draw that decides, its own or a shared one."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from diamondsim.distributions import Distribution
from diamondsim.scenario.fields import Entity, Fraction, FrozenMap, Id, Map
from diamondsim.scenario.keys import WrittenAs

State = Literal["none", "announced", "licensing", "banned", "suspended"]
Outcome = Literal["none", "announced", "licensing", "banned", "suspended", "unchanged"]

DRAW = "shared_draw"
"""The key among branches that names a shared draw."""


def _certainly(value: object) -> object:
    return {value: "100%"} if isinstance(value, str) else value


class Branching(Entity):
    """Branches with probabilities, and the name of the draw that decides."""

    shared_draw: Id | None = None
    """Name of the draw that decides; entries with one name share an outcome; default a draw of its own"""
    none: Fraction | None = None
    """Probability of this state"""
    announced: Fraction | None = None
    """Probability of this state"""
    licensing: Fraction | None = None
    """Probability of this state"""
    banned: Fraction | None = None
    """Probability of this state"""
    suspended: Fraction | None = None
    """Probability of this state"""
    unchanged: Fraction | None = None
    """Probability that nothing changes"""


class ForkMap(FrozenMap[Outcome, Distribution]):
    """Branches in the order written, and the name of the shared draw; None for a draw of their own."""

    def __init__(self, branches: Mapping[Outcome, Distribution], draw: str | None = None) -> None:
        super().__init__(branches)
        self.shared_draw = draw

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) and self.shared_draw == getattr(other, DRAW, None)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return ForkMap, (dict(self), self.shared_draw)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(
            _read,
            handler.generate_schema(Map[Outcome, Fraction]),
            json_schema_input_schema=handler.generate_schema(Branching | Outcome),
            serialization=core_schema.wrap_serializer_function_ser_schema(_write),
        )


def _read(value: object, read_branches: core_schema.ValidatorFunctionWrapHandler) -> ForkMap:
    value = _certainly(value)
    if not isinstance(value, dict) or DRAW not in value:
        return ForkMap(read_branches(value))
    named = value[DRAW]
    # Whether it is a name is for the checks to say, so that what is wrong beside it is told as well.
    draw = named if isinstance(named, str) else ""
    return ForkMap(read_branches({word: share for word, share in value.items() if word != DRAW}), draw)


def _write(fork: ForkMap, write_branches: core_schema.SerializerFunctionWrapHandler) -> dict[str, Any]:
    named = {} if fork.shared_draw is None else {DRAW: fork.shared_draw}
    return {**named, **write_branches(fork)}


Fork = Annotated[ForkMap, WrittenAs(Branching)]
"""What may follow; a single outcome is certain."""
