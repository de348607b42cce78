"""Export controls: coverage, states in time, licensing rules, diversion, spillover and equipment."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from diamondsim.distributions import Constant, Distribution
from diamondsim.scenario.branches import Fork, State
from diamondsim.scenario.fields import (
    ONE,
    ZERO,
    Date,
    Drawn,
    Duration,
    Entity,
    Factor,
    Fraction,
    FrozenMap,
    Map,
    Multiple,
    Names,
    PlainDuration,
    Rate,
    YearlyRate,
)
from diamondsim.scenario.keys import offered_types

ANY_REGION: Literal["any"] = "any"


class PressLicence(Entity):
    """Whether a facility gets presses from the control's regions while licences are needed."""

    granted: Fraction = ZERO
    """Probability that the licence of a facility is granted; default 0%"""


class Expansion(Entity):
    """The part of their growth that producers of some grades keep while the control is in force."""

    grades: Names
    """Grades of the affected producers"""
    kept: Fraction
    """Part of their growth that they keep while the control is in force"""


class Equipment(Entity):
    """Machines from some regions, needed in others."""

    makers: Names = Field(alias="from")
    """Regions where the machines are made"""
    to: Names = (ANY_REGION,)
    """Regions that need them; default any"""
    presses: PressLicence | None = None
    """Presses for facilities"""
    expansion: Expansion | None = None
    """Machines with which producers expand"""


States = Annotated[
    tuple[State, ...],
    BeforeValidator(
        lambda value: [value] if isinstance(value, str) else value,
        json_schema_input_type=tuple[State, ...] | State,
    ),
]
"""Some states; a single one needs no brackets."""


Standing = Literal["in effect", "not in effect"]
"""Whether a control is in effect in a legal state: licensing or banned, whatever it requires."""

IN_EFFECT: Standing = "in effect"


class Expiries(Entity):
    """Dates at which something expires: on `first`, and then every `every` days.

    The branches of `then` decide what follows, if the control is then in one of the states `during`.
    """

    first: Date
    """First expiry date"""
    every: PlainDuration | None = None
    """Interval between expiries; default only one"""
    during: States = Field(default=("suspended",), alias="while")
    """States in which an expiry matters, one or a list; default suspended"""
    then: Fork
    """Next state, or branches with probabilities"""


class Covers(Entity):
    """Goods by seller, buyer and grade."""

    sellers: Names = Field(alias="from")
    """Regions of the sellers, one or a list; buyers in these regions are never covered"""
    to: Names = ("any",)
    """Selectors of the buyers; default any"""
    grades: Names
    """Grades, one or a list"""


class GeneralLicences(Entity):
    """General licences: share of the flow, age of the spell from which it passes, and how fast it grows."""

    share: Annotated[Fraction, Drawn("spell", latent="general_share")]
    """Share of the flow under the rule"""
    after: Annotated[Duration, Drawn("spell", latent="general_after")]
    """Age of the control from which the share passes"""
    time: Annotated[Duration, Drawn("spell", latent="general_time")] = ZERO
    """Time constant with which the share is approached; default 0 days, at once"""


class Licence(Entity):
    """Validity of a licence, and how long its renewal takes."""

    validity: Annotated[Duration, Drawn("spell", latent="validity")]
    """Validity of a licence"""
    renewal: Annotated[Duration, Drawn("spell", latent="renewal")]
    """Duration of the renewal"""


_InitialRate = Annotated[Multiple | None, Drawn("spell", latent="initial_rate", stream="trough")]
_DeadTime = Annotated[Duration | None, Drawn("spell", latent="dead_time")]
_RecoveryTime = Annotated[Duration | None, Drawn("spell", latent="recovery_time")]
_LongRunRate = Annotated[Multiple | None, Drawn("spell", latent="long_run_rate", stream="long_run")]


class WatchList(Entity):
    """The buyers on a watch list; a key left out takes the value of the licensing rule."""

    share: Fraction
    """Share of the buyers"""
    initial_rate: _InitialRate = None
    """Initial approval rate; default that of the rule"""
    dead_time: _DeadTime = None
    """How long the initial rate lasts; default that of the rule"""
    recovery_time: _RecoveryTime = None
    """Time constant of the recovery; default that of the rule"""
    long_run_rate: _LongRunRate = None
    """Long-run approval rate; default that of the rule"""


class Licensing(Entity):
    """The licensing rule for some buyers; a key left out takes the value of a wider rule, or its default."""

    initial_rate: _InitialRate = None
    """Fraction of the flow that is approved at first; default 0"""
    dead_time: _DeadTime = None
    """How long the initial rate lasts; default 0 days"""
    recovery_time: _RecoveryTime = None
    """Time constant of the recovery after the dead time; default 0 days, at once"""
    long_run_rate: _LongRunRate = None
    """Fraction of the flow that is approved in the long run; default 0"""
    ban: Multiple | None = None
    """Fraction of the flow that passes under a ban; default 0"""
    denied_parties: Annotated[Fraction | None, Drawn(stream="barred")] = None
    """Share of the buyers that is denied everything; default 0"""
    extra_review: Duration | None = None
    """Review time beyond the ordinary civil review; default 0 days"""
    withdrawal_rate: Annotated[Rate | None, Drawn(stream="withdrawal")] = None
    """Share of the licence queue that applicants withdraw; default 0"""
    batch: Annotated[Duration | None, Drawn("spell", latent="batch")] = None
    """Mean size of a batch of licences, as a time of normal flow; default 0 days, a steady flow"""
    general_licences: GeneralLicences | None = None
    """A share that passes in full from some age of the control; default none"""
    licence: Licence | None = None
    """Licences that expire and pass nothing until renewed; default none"""
    watch_list: Annotated[WatchList | None, Drawn(stream="watched")] = None
    """Buyers on a watch list, with an approval curve of their own; default none"""


LICENSING_NUMBERS = tuple(
    key for key, field in Licensing.model_fields.items() if Distribution in offered_types(field.annotation)
)
"""The keys of a licensing rule that are numbers; the others are maps that may be absent."""

DEFAULT_LICENSING = Licensing.model_validate(dict.fromkeys(LICENSING_NUMBERS, "0"))
"""The values where no licensing rule gives one."""


class Relapse(Entity):
    """Relapses to the initial rate: how often, and for how long."""

    rate: Annotated[YearlyRate, Drawn("spell")]
    """Frequency"""
    length: Annotated[Duration, Drawn("relapse")]
    """Duration"""


Reading = Literal["beside", "inside"]
"""What approval rates say of goods that are passed on: they come beside these rates, or are inside them."""


class Diversion(Entity):
    """Goods diverted through third countries."""

    share: Annotated[Fraction, Drawn("spell")]
    """Share of the blocked flow that is diverted"""
    delay: Duration
    """Extra time until diverted goods arrive"""
    crackdown_wait: Annotated[Duration | None, Drawn("spell")] = None
    """Time from the beginning of a spell to a crackdown; default never"""
    after_crackdown: Annotated[Fraction, Drawn("spell")] = ZERO
    """Diverted share after the crackdown; default 0"""
    seized: Annotated[Fraction, Drawn("spell")] = ZERO
    """Share of diverted goods that is seized; default 0"""
    ramp: Annotated[Duration, Drawn("spell")] = ZERO
    """Time over which the share rises from 0 after a spell begins; default 0 days, at once"""
    fade: Annotated[Duration, Drawn("spell")] = ZERO
    """Time over which the share falls to `after_crackdown` after a crackdown; default 0 days, at once"""
    via: Names = ()
    """Selectors of the buyers in third countries, through which goods pass; default none named"""
    relay: Fraction | None = None
    """Share of what `via` is sent that it can pass on; default no limit, where taken from it all"""
    relay_memory: Duration = Constant(56.0)
    """Time over which `via` passes on what it was sent, out of stock; default 8 weeks, an assumption"""
    reading: Reading = "beside"
    """Whether what is passed on comes beside what `via` is sent, or is inside it; default beside"""


class Spillover(Entity):
    """Goods that a control does not cover but slows: they lose a share of their flow for a `time`."""

    covers: Covers
    """Affected goods"""
    lost: Annotated[Fraction, Drawn("spell")]
    """Share of their flow that is lost"""
    time: Annotated[Duration, Drawn("spell")]
    """Duration, from the beginning of each spell"""


class Overcompliance(Entity):
    """Lawful trade that sellers hold back while the control has no effect without the one it requires."""

    lost: Annotated[Fraction, Drawn("spell")]
    """Share of the flow on the lanes that the control would cover that is lost"""
    time: Annotated[Duration | None, Drawn("spell")] = None
    """Duration, from the beginning of each such stretch; default as long as it lasts"""


class Control(Entity):
    """One export control."""

    name: str | None = None
    """Name in results"""
    covers: Covers | None = None
    """Covered goods"""
    equipment: Equipment | None = None
    """Covered equipment"""
    requires: str | None = None
    """Another control: this one covers a lane only while that one is also in force"""
    start: State = "none"
    """State before the timeline; default none"""
    timeline: Map[Date, Fork] = Field(default_factory=FrozenMap)
    """By date: the state from then on, or branches with probabilities"""
    sojourn: Annotated[Map[State, Duration], Drawn("sojourn", stream="stay")] = Field(
        default_factory=FrozenMap
    )
    """Duration of a state, unless the timeline ends it first"""
    transitions: Annotated[Map[State, Fork], Drawn(stream="next")] = Field(default_factory=FrozenMap)
    """State that follows such a state, or branches"""
    hazards: Map[State, Map[State, YearlyRate]] = Field(default_factory=FrozenMap)
    """By state: random moves to other states, and their yearly rates"""
    expiries: Expiries | None = None
    """Dates at which something expires"""
    front_loading: Annotated[Factor, Drawn("announcement")] = ONE
    """Orders while the control is announced, as a multiple of expected demand; default 1"""
    release_factor: Factor = Constant(3.0)
    """Most that a licence queue releases once no control binds, as a multiple of the flow; default 3"""
    relapse: Relapse | None = None
    """Relapses to the initial rate; default none"""
    licensing: Annotated[Map[str, Licensing], Drawn(stream="desks")] = Field(
        default_factory=lambda: FrozenMap({"any.any": Licensing()})
    )
    """Licensing rules, by selector; each value comes from the most specific rule that gives it"""
    diversion: Annotated[Diversion | None, Drawn(stream="leakage")] = None
    """Goods diverted through third countries; default none"""
    spillover: Annotated[Spillover | None, Drawn(stream="drag")] = None
    """Goods that the control slows without covering them; default none"""
    overcompliance: Overcompliance | None = None
    """What sellers hold back while the control is in effect but not the one it requires; default nothing"""
