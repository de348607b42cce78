"""Export controls: what they cover, their states in time, their licence desks, what leaks."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from diamondsim.scenario.fields import (
    ONE,
    ZERO,
    Date,
    Duration,
    Entity,
    Factor,
    Fraction,
    Map,
    Multiple,
    Names,
    Rate,
    YearlyRate,
)
from diamondsim.scenario.frozen import FrozenMap

State = Literal["none", "announced", "licensing", "banned", "suspended"]
Outcome = Literal["none", "announced", "licensing", "banned", "suspended", "unchanged"]


def _certainly(value: object) -> object:
    return {value: "100%"} if isinstance(value, str) else value


Branches = Annotated[
    Map[Outcome, Fraction], BeforeValidator(_certainly, json_schema_input_type=Map[Outcome, Fraction] | str)
]
"""What may come next, with probabilities; one outcome alone is certain."""


class Covers(Entity):
    """Goods from somewhere to somebody."""

    sellers: Names = Field(alias="from")
    to: Names = ("any",)
    grades: Names


class Desk(Entity):
    """The licence office for some buyers; what is None is said by a wider desk, or by `DEFAULT_DESK`."""

    trough: Multiple | None = None
    dead_time: Duration | None = None
    recovery_time: Duration | None = None
    long_run: Multiple | None = None
    ban: Multiple | None = None
    barred: Fraction | None = None
    extra_review: Duration | None = None
    withdrawal: Rate | None = None


DEFAULT_DESK = Desk.model_validate(dict.fromkeys(Desk.model_fields, "0"))
"""What holds where no desk says otherwise."""


class Relapse(Entity):
    """Falling back to the trough: how often, and for how long."""

    rate: YearlyRate
    length: Duration


class Leakage(Entity):
    """Goods that take another way round."""

    share: Fraction
    delay: Duration
    crackdown_wait: Duration | None = None
    after_crackdown: Fraction = ZERO
    seized: Fraction = ZERO


class Control(Entity):
    """One measure of export control."""

    name: str | None = None
    covers: Covers
    requires: str | None = None
    start: State = "none"
    timeline: Map[Date, Branches] = Field(default_factory=FrozenMap)
    stay: Map[State, Duration] = Field(default_factory=FrozenMap)
    next: Map[State, Branches] = Field(default_factory=FrozenMap)
    front_loading: Factor = ONE
    relapse: Relapse | None = None
    desks: Map[str, Desk] = Field(default_factory=lambda: FrozenMap({"any.any": Desk()}))
    leakage: Leakage | None = None
