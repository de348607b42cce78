"""What results need from a scenario besides the Plan: thresholds, costs, names.

Uncertain costs enter at their mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from diamondsim.constants import DAYS_PER_YEAR
from diamondsim.distributions import Distribution
from diamondsim.scenario import IN_EFFECT, Scenario, Use, use_of


@dataclass(frozen=True)
class UseSettings:
    """Costs and naming of one use, in USD.

    They are per unit of the grade, `delay_cost` and `holding_cost` also per day; `delivery_cost` is per
    delivery.
    A cost is None where the scenario does not give it.
    """

    name: str
    assumed_volumes: bool = False
    value: float | None = None
    delay_cost: float | None = None
    holding_cost: float | None = None
    delivery_cost: float | None = None

    @property
    def has_loss(self) -> bool:
        """Whether the scenario says what lost or delayed demand costs."""
        return self.value is not None or self.delay_cost is not None


@dataclass(frozen=True)
class ReserveSettings:
    """Cost of holding a reserve: USD per unit and day, and interest per year on the value of its stock."""

    holding_cost: float = 0.0
    interest: float = 0.0


@dataclass(frozen=True)
class Settings:
    """Thresholds, costs and names.

    Attributes
    ----------
    threshold : float
        A use goes short in a replication if its peak shortfall exceeds this fraction.
    window_days : float
        Length of the window of the peak shortfall.
    short_tick : float
        A tick is short if more than this share of demand is unmet.
    survival_period_days : float
        Up to this the restricted mean counts the time to survive.
    uses : mapping of str to UseSettings
        By id of the use; a use that is missing has no costs, and its name is its id.
    region_names : mapping of str to str
        By id of the region.
    reserves : mapping of str to ReserveSettings
        By id of the reserve; only reserves with a holding cost or interest.
    legal_states : mapping of str to mapping of str to bool
        By name of the legal state, whether each of some controls is in effect.
    """

    threshold: float = 0.05
    window_days: float = 28.0
    short_tick: float = 0.01
    survival_period_days: float = DAYS_PER_YEAR
    uses: Mapping[str, UseSettings] = field(default_factory=dict)
    region_names: Mapping[str, str] = field(default_factory=dict)
    reserves: Mapping[str, ReserveSettings] = field(default_factory=dict)
    legal_states: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)

    def use(self, use: str) -> UseSettings:
        """Return the settings of one use."""
        return self.uses.get(use, UseSettings(use))

    def region_name(self, region: str) -> str:
        """Return the name of a region, or its id if it has no name."""
        return self.region_names.get(region, region)

    def window_ticks(self, tick_days: float) -> int:
        """Return the window in ticks, at least one."""
        return max(1, int(self.window_days / tick_days + 0.5))


def settings_of(scenario: Scenario) -> Settings:
    """Return the settings of a scenario.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    Settings
        A buyer that is modelled separately is a use of its own, with the costs of the whole use.
    """
    uses = {name: _use(use.name or name, use) for name, use in scenario.uses.items()}
    for name, buyer in scenario.buyers.items():
        whole = scenario.uses[buyer.use]
        full_name = f"{whole.name or buyer.use}, {buyer.name or name}"
        uses[use_of(buyer.use, name)] = _use(full_name, whole)
    return Settings(
        threshold=scenario.metrics.threshold,
        window_days=scenario.metrics.window,
        short_tick=scenario.metrics.short_tick,
        survival_period_days=scenario.metrics.survival_period,
        uses=uses,
        region_names={name: region.name or name for name, region in scenario.regions.items()},
        reserves={
            name: ReserveSettings(_mean(reserve.holding_cost), _mean(reserve.interest))
            for name, reserve in scenario.reserves.items()
            if reserve.holding_cost is not None or reserve.interest is not None
        },
        legal_states={
            name: {control: state == IN_EFFECT for control, state in controls.items()}
            for name, controls in scenario.legal_states.items()
        },
    )


def _mean(number: Distribution | None) -> float:
    return 0.0 if number is None else number.central()


def _use(name: str, use: Use) -> UseSettings:
    return UseSettings(
        name=name,
        assumed_volumes=use.volumes == "assumed",
        value=None if use.value is None else use.value.central(),
        delay_cost=None if use.delay_cost is None else use.delay_cost.central(),
        holding_cost=None if use.holding_cost is None else use.holding_cost.central(),
        delivery_cost=None if use.delivery_cost is None else use.delivery_cost.central(),
    )
