"""The kinds of values in a scenario: numbers with units, dates, ids, maps."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NoReturn, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

from diamondsim.distributions import Constant, Distribution
from diamondsim.scenario.dates import read_date
from diamondsim.scenario.patterns import DATE
from diamondsim.scenario.readers import Number, Reader
from diamondsim.units import Kind

K = TypeVar("K")
V = TypeVar("V")


class FrozenMap(dict[K, V]):
    """A dict that refuses every change.

    Examples
    --------
    >>> FrozenMap({"a": 1})["b"] = 2
    Traceback (most recent call last):
    TypeError: a FrozenMap cannot be changed
    """

    def _refuse(self, *_args: Any, **_named: Any) -> NoReturn:
        raise TypeError("a FrozenMap cannot be changed")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type["FrozenMap[K, V]"], tuple[dict[K, V]]]:
        return FrozenMap, (dict(self),)


ID_PATTERN = r"^[A-Za-z0-9_-]+$"

Occasion = Literal["replication", "spell", "sojourn", "announcement", "relapse", "outage"]
"""When an uncertain number is drawn: once in a replication, or anew for each of these."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """How the uncertain numbers of a key are drawn: part of the annotation of its field.

    This is the one place that says so. The names of streams, the dimensions of quasi-random sequences and
    what may be correlated follow from it.

    Attributes
    ----------
    each : Occasion
        When it is drawn.
    latent : str
        For a number of a licensing rule: the uniform that all rules of its control read in a spell. "" where
        each number has a uniform of its own.
    stream : str
        The word that stands for the key in the name that seeds the stream; "" for the key itself. It outlives
        a change of the key, so that a seed gives the same numbers as before.
    """

    each: Occasion = "replication"
    latent: str = ""
    stream: str = ""


ONCE = Drawn()


class Entity(BaseModel):
    """A map with known keys. Every entity is frozen and refuses other keys.

    The sentence on a key is the string below its field, see `diamondsim.scenario.sentences`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, str) else value


Flow = Annotated[Distribution, Number(Kind.FLOW)]
Quantity = Annotated[Distribution, Number(Kind.QUANTITY)]
Duration = Annotated[Distribution, Number(Kind.DURATION)]
Fraction = Annotated[Distribution, Number(Kind.FRACTION, high=1.0)]
PositiveFraction = Annotated[Distribution, Number(Kind.FRACTION, low=0.001, high=1.0)]
Multiple = Annotated[Distribution, Number(Kind.FRACTION)]
Factor = Annotated[Distribution, Number(Kind.NUMBER)]
Exponent = Annotated[Distribution, Number(Kind.NUMBER, high=20.0)]
Rate = Annotated[Distribution, Number(Kind.RATE, high=1.0)]
YearlyRate = Annotated[Distribution, Number(Kind.YEARLY_RATE)]
Growth = Annotated[Distribution, Number(Kind.YEARLY_RATE, low=-1.0)]
Ceiling = Annotated[Distribution, Number(Kind.NUMBER, unlimited=True)]
Price = Annotated[Distribution, Number(Kind.PRICE)]
HoldingCost = Annotated[Distribution, Number(Kind.HOLDING_COST)]
Money = Annotated[Distribution, Number(Kind.MONEY)]
PowerUse = Annotated[Distribution, Number(Kind.POWER_USE)]
PowerPrice = Annotated[Distribution, Number(Kind.POWER_PRICE)]
PlainFlow = Annotated[float, Number(Kind.FLOW, plain=True)]
PlainDuration = Annotated[float, Number(Kind.DURATION, plain=True)]
PlainFraction = Annotated[float, Number(Kind.FRACTION, high=1.0, plain=True)]

Date = Annotated[dt.date, Reader(read_date, str, "a date, such as 2027-03-03", DATE)]
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Map = Annotated[Mapping[K, V], AfterValidator(FrozenMap)]
"""A map that is frozen once it has been read."""
Names = Annotated[
    tuple[str, ...], BeforeValidator(_one_or_more, json_schema_input_type=tuple[str, ...] | str)
]
"""A list of names; a single name needs no brackets."""

ZERO = Constant(0.0)
ONE = Constant(1.0)
