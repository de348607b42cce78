"""The target that a stock has to meet: a chance, a tail mean of what is unmet, or a time to survive.

Owns how a target is read and checked, and whether an answer of a run meets it (docs/size.md, Z1-Z3).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy import special

from diamondsim.analysis.question import unit_of_use
from diamondsim.analysis.question_problems import refuse
from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.errors import NotationError, joined
from diamondsim.plan import Plan
from diamondsim.results import CONFIDENCE, RISK_LEVEL
from diamondsim.units import Kind, parse_quantity

TARGET_METRICS: Mapping[str, str] = {
    "chance": "probability_of_shortage",
    "cvar": "shortage_cvar",
    "survive": "time_to_survive_median",
}
"""The estimate of a run that each kind of target looks at."""
ANSWER_BOUNDS = ("estimate", "low", "high")
_TAIL = 10
"""Fewest replications of the tail from which its mean is estimated."""
_MEDIAN = 6
"""Fewest replications whose order statistics hold a median with 95 % confidence: 2 * 0.5^n <= 0.05."""


@dataclass(frozen=True)
class Target:
    """A target for one use.

    Attributes
    ----------
    kind : str
        A key of `TARGET_METRICS`.
    region, use : str
    limit : float
        The highest chance, the largest tail mean, or the shortest time in days.
    unit : str
        Of the limit: ``1`` for a share, otherwise that of the use, or ``days``.
    """

    kind: str
    region: str
    use: str
    limit: float
    unit: str

    @property
    def metric(self) -> str:
        """The estimate of a run that is looked at."""
        return TARGET_METRICS[self.kind]

    @property
    def at_least(self) -> bool:
        """Whether the answer must be at least the limit, not at most."""
        return self.kind == "survive"

    @property
    def better(self) -> int:
        """Place in `ANSWER_BOUNDS` of the limit of an interval that is the better one for the target."""
        return 2 if self.at_least else 1

    @property
    def worse(self) -> int:
        """Place in `ANSWER_BOUNDS` of the limit of an interval that is the worse one for the target."""
        return 3 - self.better

    def answer(self, run: xr.Dataset) -> FloatArray:
        """Return estimate, low and high of a run, in the unit of the target.

        A use of which no replication loses the inflow survives for ever.
        """
        place = {"region": self.region, "use": self.use}
        found = np.asarray(run[self.metric].sel(place).sel(bound=list(ANSWER_BOUNDS)).values, dtype=float)
        if self.kind == "survive":
            return np.where(np.isnan(found), math.inf, found * float(run.attrs["tick_days"]))
        if self.kind == "cvar" and self.unit == "1":
            demand = float(run["demand"].sel(place).mean())
            return found / (demand if demand > 0 else 1.0)  # nothing can be short of no demand
        return found

    def met_by(self, values: FloatArray) -> BoolArray:
        """Say of each answer whether it meets the target."""
        return np.asarray(values >= self.limit if self.at_least else values <= self.limit)

    @property
    def least_replications(self) -> int:
        """Fewest replications that can show that the target is met, by the interval of the answer.

        Of a chance those with which the interval of Wilson excludes a higher one, if no replication is short.
        """
        if self.kind == "chance":
            z = float(special.ndtri(0.5 + CONFIDENCE / 2))
            return math.ceil(z * z * (1 - self.limit) / self.limit)
        return math.ceil(_TAIL / (1 - RISK_LEVEL) - 1e-9) if self.kind == "cvar" else _MEDIAN


def read_target(
    plan: Plan,
    region: str,
    use: str,
    asked: Mapping[str, float | str | None],
) -> Target:
    """Return the one target that is asked for.

    Parameters
    ----------
    plan : Plan
    region, use : str
        Which the plan has.
    asked : mapping of str to float, str or None
        By the keys of `TARGET_METRICS`; a text is read as in a scenario.

    Raises
    ------
    ScenarioError
        If not exactly one is given, it cannot be read, or it is out of range.
    """
    given = {kind: value for kind, value in asked.items() if value is not None}
    if len(given) != 1:
        known, found = ([f"`{kind}`" for kind in kinds] for kinds in (TARGET_METRICS, given))
        raise refuse(f"expected one target ({joined(known, 'or')}), found {joined(found or ['none'])}")
    ((kind, value),) = given.items()
    unit = {"chance": "1", "survive": "days"}.get(kind) or unit_of_use(plan, region=region, use=use)
    if kind == "cvar" and isinstance(value, str) and "%" in value:
        unit = "1"
    limit = _read(kind, value, unit)
    if unit == "1" and not 0 < limit < 1:
        meant = f"; did you mean '{limit:g}%'?" if 1 <= limit < 100 else ""
        raise refuse(f"expected a share above 0% and below 100%, found {value!r}{meant}", argument=kind)
    if not 0 < limit < math.inf:
        raise refuse(f"expected a finite number above 0, found {value!r}", argument=kind)
    return Target(kind, region, use, limit, unit)


def require_replications(target: Target, replications: int) -> None:
    """Refuse fewer replications than can show that a target is met.

    Raises
    ------
    ScenarioError
        With the number that would do.
    """
    least = target.least_replications
    if replications < least:
        raise refuse(
            f"expected {least:,} or more for this target, found {replications:,}; with fewer the interval of "
            "the answer cannot lie on its side",
            argument="replications",
        )


def _read(kind: str, value: float | str, unit: str) -> float:
    if not isinstance(value, str):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise refuse(f"expected a number or a text, found {value!r}", argument=kind)
        return float(value)
    known = {"1": Kind.FRACTION, "days": Kind.DURATION}.get(unit, Kind.QUANTITY)
    try:
        return parse_quantity(value, known, unit if known is Kind.QUANTITY else "ct")
    except NotationError as error:
        raise refuse(f"{error}", argument=kind) from None
