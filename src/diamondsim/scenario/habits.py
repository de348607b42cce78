"""How buyers behave: stock, orders, patience."""

from typing import Literal

from pydantic import Field

from diamondsim.distributions import Constant
from diamondsim.scenario.fields import ONE, ZERO, Ceiling, Duration, Entity, Factor, Fraction


class Noise(Entity):
    """How demand wavers about what is expected."""

    cv: Factor
    memory: Duration = ZERO
    kind: Literal["lognormal", "normal"] = "lognormal"


class Ordering(Entity):
    """How somebody orders; what is None is said elsewhere, or by `DEFAULT_HABIT`."""

    opening: Duration | None = None
    lead: Duration | None = None
    trust: Fraction | None = None
    belief_time: Duration | None = None
    order_ceiling: Ceiling | None = None
    room: Ceiling | None = None


class Habit(Ordering):
    """How the buyers of one selector behave; what is None is said by a wider selector."""

    cover: Duration | None = None
    backlog: Fraction | None = None
    noise: Noise | None = None


class Feed(Ordering):
    """What a processor needs to make a grade."""

    grade: str
    feed_yield: Fraction = Field(default=ONE, alias="yield")
    cover: Duration = Constant(30.0)


DEFAULT_HABIT = Habit.model_validate(
    {"trust": "50%", "belief_time": "8 weeks", "backlog": "0%", "order_ceiling": "1.5"}
)
"""What holds where no selector says otherwise. `opening` is then the cover, `room` the order ceiling."""
