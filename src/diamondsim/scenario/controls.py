"""Export controls: what they cover, their states in time, their licence desks, what leaks."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from diamondsim.distributions import Distribution
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
from diamondsim.scenario.keys import offered_types

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
    """The first of these dates"""
    every: PlainDuration | None = None
    """From one to the next; default once only"""
    during: States = Field(default=("suspended",), alias="while")
    """States in which it matters, one or a list; default suspended"""
    then: Fork
    """What follows, or branches with probabilities"""


class Covers(Entity):
    """Goods from somewhere to somebody."""

    sellers: Names = Field(alias="from")
    """Regions of the sellers, one or a list; buyers in them are never covered"""
    to: Names = ("any",)
    """Selectors of the buyers; default any"""
    grades: Names
    """Grades, one or a list"""


class GeneralLicences(Entity):
    """Licences for many exports: which share has one, from which age of a spell on, and how fast it grows."""

    share: Annotated[Fraction, Drawn("spell", latent="general_share")]
    """Share of what the desk handles"""
    after: Annotated[Duration, Drawn("spell", latent="general_after")]
    """Age of the control from which it passes"""
    time: Annotated[Duration, Drawn("spell", latent="general_time")] = ZERO
    """Time constant with which it is approached; default 0 days, at once"""


class Licence(Entity):
    """How long a licence holds, and how long its renewal takes."""

    validity: Annotated[Duration, Drawn("spell", latent="validity")]
    """How long a licence holds"""
    renewal: Annotated[Duration, Drawn("spell", latent="renewal")]
    """How long its renewal takes"""


_InitialRate = Annotated[Multiple | None, Drawn("spell", latent="initial_rate", stream="trough")]
_DeadTime = Annotated[Duration | None, Drawn("spell", latent="dead_time")]
_RecoveryTime = Annotated[Duration | None, Drawn("spell", latent="recovery_time")]
_LongRunRate = Annotated[Multiple | None, Drawn("spell", latent="long_run_rate", stream="long_run")]


class WatchList(Entity):
    """The buyers on a watch list; what is None is the desk's."""

    share: Fraction
    """Share of the buyers"""
    initial_rate: _InitialRate = None
    """Fraction that passes at first; default the desk's"""
    dead_time: _DeadTime = None
    """How long it stays there; default the desk's"""
    recovery_time: _RecoveryTime = None
    """Time constant of the climb; default the desk's"""
    long_run_rate: _LongRunRate = None
    """Fraction that passes in the end; default the desk's"""


class Licensing(Entity):
    """The licence office for some buyers; what is None is said by a wider desk, or by `DEFAULT_LICENSING`."""

    initial_rate: _InitialRate = None
    """Fraction of the flow that passes at first; default 0"""
    dead_time: _DeadTime = None
    """How long it stays there; default 0 days"""
    recovery_time: _RecoveryTime = None
    """Time constant of the climb that follows; default 0 days, at once"""
    long_run_rate: _LongRunRate = None
    """Fraction of the flow that passes in the end; default 0"""
    ban: Multiple | None = None
    """Fraction that passes under a ban; default 0"""
    denied_parties: Annotated[Fraction | None, Drawn(stream="barred")] = None
    """Share of the buyers that never gets anything; default 0"""
    extra_review: Duration | None = None
    """Review beyond the civil one; default 0 days"""
    withdrawal_rate: Annotated[Rate | None, Drawn(stream="withdrawal")] = None
    """Share of the queue that is withdrawn; default 0"""
    general_licences: GeneralLicences | None = None
    """A share that passes in full from some age of the control on; default none"""
    licence: Licence | None = None
    """Licences that run out and pass nothing until renewed; default none"""
    watch_list: Annotated[WatchList | None, Drawn(stream="watched")] = None
    """Buyers on a watch list, with a curve of their own; default none"""


LICENSING_NUMBERS = tuple(
    key for key, field in Licensing.model_fields.items() if Distribution in offered_types(field.annotation)
)
"""The keys of a licensing rule that are numbers; the others are maps that may be absent."""

DEFAULT_LICENSING = Licensing.model_validate(dict.fromkeys(LICENSING_NUMBERS, "0"))
"""What holds where no desk says otherwise."""


class Relapse(Entity):
    """Falling back to the trough: how often, and for how long."""

    rate: Annotated[YearlyRate, Drawn("spell")]
    """How often"""
    length: Annotated[Duration, Drawn("relapse")]
    """For how long"""


class Diversion(Entity):
    """Goods that take another way round."""

    share: Annotated[Fraction, Drawn("spell")]
    """Share of what the control holds back"""
    delay: Duration
    """How much later it arrives"""
    crackdown_wait: Annotated[Duration | None, Drawn("spell")] = None
    """From the first leak to a crackdown; default never"""
    after_crackdown: Annotated[Fraction, Drawn("spell")] = ZERO
    """Share from then on; default 0"""
    seized: Annotated[Fraction, Drawn("spell")] = ZERO
    """Share of what leaks that is seized; default 0"""


class Spillover(Entity):
    """Goods beside a control that lose a share of their flow in the first `time` of a spell."""

    covers: Covers
    """The goods concerned"""
    lost: Annotated[Fraction, Drawn("spell")]
    """Share of their flow that is lost"""
    time: Annotated[Duration, Drawn("spell")]
    """How long, from the beginning of each spell"""


class Control(Entity):
    """One measure of export control."""

    name: str | None = None
    """What results call it"""
    covers: Covers | None = None
    """The goods that it covers"""
    equipment: Equipment | None = None
    """The machines that it covers"""
    requires: str | None = None
    """Another control: this one covers a lane only while that one is in force too"""
    start: State = "none"
    """State before the timeline; default none"""
    timeline: Map[Date, Fork] = Field(default_factory=FrozenMap)
    """By date, the state from then on, or branches with probabilities"""
    sojourn: Annotated[Map[State, Duration], Drawn("sojourn", stream="stay")] = Field(
        default_factory=FrozenMap
    )
    """How long a state lasts that the timeline does not end"""
    transitions: Annotated[Map[State, Fork], Drawn(stream="next")] = Field(default_factory=FrozenMap)
    """What follows such a state"""
    hazards: Map[State, Map[State, YearlyRate]] = Field(default_factory=FrozenMap)
    """By state, how often in a year the control moves by chance, and where to"""
    expiries: Expiries | None = None
    """Dates at which something runs out"""
    front_loading: Annotated[Factor, Drawn("announcement")] = ONE
    """Orders while it is announced, times expected demand; default 1"""
    relapse: Relapse | None = None
    """Falling back to the trough; default never"""
    licensing: Annotated[Map[str, Licensing], Drawn(stream="desks")] = Field(
        default_factory=lambda: FrozenMap({"any.any": Licensing()})
    )
    """Its licence offices, by selector; each value is that of the most specific one"""
    diversion: Annotated[Diversion | None, Drawn(stream="leakage")] = None
    """Goods that take another way round; default none"""
    spillover: Annotated[Spillover | None, Drawn(stream="drag")] = None
    """Goods that it slows without covering them; default none"""
