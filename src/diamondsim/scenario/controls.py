"""Export controls: what they cover, their states in time, their licence desks, what leaks."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from diamondsim.scenario.branches import Fork, State
from diamondsim.scenario.equipment import Equipment
from diamondsim.scenario.fields import (
    ONE,
    ZERO,
    Date,
    Drawn,
    Duration,
    Entity,
    Factor,
    Fraction,
    Map,
    Multiple,
    Names,
    PlainDuration,
    Rate,
    YearlyRate,
)
from diamondsim.scenario.frozen import FrozenMap

States = Annotated[
    tuple[State, ...],
    BeforeValidator(
        lambda value: [value] if isinstance(value, str) else value,
        json_schema_input_type=tuple[State, ...] | State,
    ),
]
"""Some states; one alone may stand without brackets."""


Standing = Literal["in effect", "not in effect"]
"""What a legal state says of a control: whether it is licensing or banned, whatever it requires."""

IN_EFFECT: Standing = "in effect"


class Expiries(Entity):
    """Dates at which something runs out: on `first`, and then after each `every` days.

    Then, in one of the states `during`, the branches of `then` say what follows.
    """

    first: Date
    every: PlainDuration | None = None
    during: States = Field(default=("suspended",), alias="while")
    then: Fork


class Covers(Entity):
    """Goods from somewhere to somebody."""

    sellers: Names = Field(alias="from")
    to: Names = ("any",)
    grades: Names


class GeneralLicences(Entity):
    """Licences for many exports: which share has one, from which age of a spell on, and how fast it grows."""

    share: Fraction
    after: Duration
    time: Duration = ZERO


class Licence(Entity):
    """How long a licence holds, and how long its renewal takes."""

    validity: Duration
    renewal: Duration


class WatchList(Entity):
    """The buyers on a watch list; what is None is the desk's."""

    share: Fraction
    initial_rate: Annotated[Multiple | None, Drawn(stream="trough")] = None
    dead_time: Duration | None = None
    recovery_time: Duration | None = None
    long_run_rate: Annotated[Multiple | None, Drawn(stream="long_run")] = None


class Licensing(Entity):
    """The licence office for some buyers; what is None is said by a wider desk, or by `DEFAULT_LICENSING`."""

    initial_rate: Annotated[Multiple | None, Drawn(stream="trough")] = None
    dead_time: Duration | None = None
    recovery_time: Duration | None = None
    long_run_rate: Annotated[Multiple | None, Drawn(stream="long_run")] = None
    ban: Multiple | None = None
    denied_parties: Annotated[Fraction | None, Drawn(stream="barred")] = None
    extra_review: Duration | None = None
    withdrawal_rate: Annotated[Rate | None, Drawn(stream="withdrawal")] = None
    general_licences: GeneralLicences | None = None
    licence: Licence | None = None
    watch_list: Annotated[WatchList | None, Drawn(stream="watched")] = None


LICENSING_NUMBERS = (
    "initial_rate",
    "dead_time",
    "recovery_time",
    "long_run_rate",
    "ban",
    "denied_parties",
    "extra_review",
    "withdrawal_rate",
)
"""The keys of a desk that are numbers; the others are maps that may be absent."""

DEFAULT_LICENSING = Licensing.model_validate(dict.fromkeys(LICENSING_NUMBERS, "0"))
"""What holds where no desk says otherwise."""


class Relapse(Entity):
    """Falling back to the trough: how often, and for how long."""

    rate: YearlyRate
    length: Duration


class Diversion(Entity):
    """Goods that take another way round."""

    share: Fraction
    delay: Duration
    crackdown_wait: Duration | None = None
    after_crackdown: Fraction = ZERO
    seized: Fraction = ZERO


class Spillover(Entity):
    """Goods beside a control that lose a share of their flow in the first `time` of a spell."""

    covers: Covers
    lost: Fraction
    time: Duration


class Control(Entity):
    """One measure of export control."""

    name: str | None = None
    covers: Covers | None = None
    equipment: Equipment | None = None
    requires: str | None = None
    start: State = "none"
    timeline: Map[Date, Fork] = Field(default_factory=FrozenMap)
    sojourn: Annotated[Map[State, Duration], Drawn(stream="stay")] = Field(default_factory=FrozenMap)
    transitions: Annotated[Map[State, Fork], Drawn(stream="next")] = Field(default_factory=FrozenMap)
    hazards: Map[State, Map[State, YearlyRate]] = Field(default_factory=FrozenMap)
    expiries: Expiries | None = None
    front_loading: Factor = ONE
    relapse: Relapse | None = None
    licensing: Annotated[Map[str, Licensing], Drawn(stream="desks")] = Field(
        default_factory=lambda: FrozenMap({"any.any": Licensing()})
    )
    diversion: Annotated[Diversion | None, Drawn(stream="leakage")] = None
    spillover: Annotated[Spillover | None, Drawn(stream="drag")] = None
