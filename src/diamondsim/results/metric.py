"""The declaration of a metric, and the data of one block from which metrics are computed.

A metric is declared once, in `use_metrics`, `reserve_metrics`, `plant_metrics` or `price_metrics`; the fields
to record, the layout of the results, the variables of the Dataset and their estimates follow from it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.draws import Draws
from diamondsim.errors import nearest
from diamondsim.ledger import FIELDS, Ledger
from diamondsim.plan import Plan
from diamondsim.results.estimators import Estimator
from diamondsim.results.grid_layout import DIMS, Dims
from diamondsim.results.inflow import in_force, inflow_lost
from diamondsim.results.region_uses import RegionUse
from diamondsim.results.settings import Settings

UNIT_OF_USE = "use"
"""As the unit of a metric: the unit in which the use is counted."""
UNIT_OF_PRICE = "price"
"""As the unit of a metric: USD per unit of the grade."""

Inputs = TypeVar("Inputs")
Values = TypeVar("Values")


@dataclass(frozen=True)
class MetricInputs:
    """The data of one block of replications.

    Attributes
    ----------
    plan : Plan
    settings : Settings
    draws : Draws
    ledger : Ledger
        With the fields that the metrics declare.
    region_uses : sequence of RegionUse
    facility_sources : sequence of sequence of int
        For each facility its sources, all counted in one unit.
    """

    plan: Plan
    settings: Settings
    draws: Draws
    ledger: Ledger
    region_uses: Sequence[RegionUse]
    facility_sources: Sequence[Sequence[int]]

    @cached_property
    def in_force(self) -> BoolArray:
        """Where each control is in force, (T, C, R)."""
        return in_force(self.plan, self.draws)

    @cached_property
    def inflow_lost(self) -> FloatArray:
        """First tick without the inflow that a control holds back, (N, R)."""
        return inflow_lost(self.plan, self.draws, self.in_force)

    def once(self, compute: Callable[[MetricInputs], Values]) -> Values:
        """Return what a function makes of these data; it is called once, however many metrics need it."""
        if compute not in self._computed:
            self._computed[compute] = compute(self)
        values: Values = self._computed[compute]
        return values

    @cached_property
    def _computed(self) -> dict[Callable[[MetricInputs], Any], Any]:
        return {}


@dataclass(frozen=True)
class Undeclared:
    """The entities for which a scenario does not give what a metric is computed from.

    Attributes
    ----------
    kind : str
        What they are, such as ``use``.
    lacks : str
        What they do not give, as it reads after "gives".
    names : tuple of str

    Examples
    --------
    >>> print(Undeclared("use", "neither `value` nor `delay_cost`", ("polishing", "machining")))
    NaN for a use that gives neither `value` nor `delay_cost`: polishing, machining
    """

    kind: str
    lacks: str
    names: tuple[str, ...]

    def concerns(self, where: Mapping[str, str]) -> bool:
        """Return whether one of them is named by ids along dimensions, such as region and use."""
        use = f"{where.get('region')}.{where.get('use')}"
        return bool({where.get(self.kind), use} & {*self.names})

    def __str__(self) -> str:
        return f"NaN for a {self.kind} that gives {self.lacks}: {', '.join(self.names)}"


def _nothing_undeclared(_plan: Plan, _settings: Settings) -> Undeclared | None:
    return None


def _always(_plan: Plan, _settings: Settings) -> bool:
    return True


def reads_all(_plan: Plan, _settings: Settings) -> Collection[str]:
    """Return the fields that a metric does not read: none."""
    return ()


@dataclass(frozen=True)
class Metric(Generic[Inputs]):
    """A number of each replication: what it means and how it is computed and summarised.

    Attributes
    ----------
    name, long_name : str
        Name of the variable, and the same in words.
    unit : str
        A unit, `frame.UNIT_OF_USE` or `frame.UNIT_OF_PRICE`.
    dims : tuple of str
        One of `grid_layout.DIMS`.
    value : callable
        Returns the metric from `use_metrics.UsePath`, (R,), or from `MetricInputs`, (entity, R).
    fields : tuple of str
        Every field of the Ledger that `value` may read.
    unread : callable
        From Plan and Settings: those of `fields` that `value` does not read in this scenario. Recording a
        field takes as long as a phase of a tick.
    estimators : tuple of Estimator
        What is estimated over the replications in which the metric is known; each gives a variable.
    priced : bool
        Whether only a scenario with prices has the metric.
    applies : callable
        From Plan and Settings: whether this scenario has the metric; `priced` aside.
    is_event : bool
        Whether it is the tick of an event, which has a date.
    undeclared : callable
        From Plan and Settings: for what the metric is NaN, since the scenario does not say what it takes.
    """

    name: str
    long_name: str
    unit: str
    dims: Dims
    value: Callable[[Inputs], FloatArray]
    fields: tuple[str, ...] = ()
    unread: Callable[[Plan, Settings], Collection[str]] = reads_all
    estimators: tuple[Estimator, ...] = ()
    priced: bool = False
    applies: Callable[[Plan, Settings], bool] = _always
    undeclared: Callable[[Plan, Settings], Undeclared | None] = _nothing_undeclared
    is_event: bool = False

    def __post_init__(self) -> None:
        assert self.dims in DIMS, f"metric {self.name!r}: no layout has the dimensions {self.dims}"
        for field in self.fields:
            close = nearest(field, FIELDS)
            hint = f"; did you mean {close!r}?" if close else ""
            assert field in FIELDS, f"metric {self.name!r} reads {field!r}, which is no Ledger field{hint}"

    def exists(self, plan: Plan, settings: Settings) -> bool:
        """Return whether a scenario has the metric."""
        return (plan.prices is not None or not self.priced) and self.applies(plan, settings)

    def comment(self, plan: Plan, settings: Settings) -> dict[str, str]:
        """Return the attribute that says for what the metric is NaN, and why; none where it is known."""
        undeclared = self.undeclared(plan, settings)
        return {} if undeclared is None or not undeclared.names else {"comment": str(undeclared)}

    def recorded(self, plan: Plan, settings: Settings) -> set[str]:
        """Return the fields of the Ledger that `value` reads in a scenario that has the metric."""
        return {*self.fields} - {*self.unread(plan, settings)}


def measure(metrics: Iterable[Metric[Inputs]], inputs: Inputs) -> dict[str, FloatArray]:
    """Compute some metrics.

    Parameters
    ----------
    metrics : iterable of Metric
    inputs
        As `Metric.value` takes them.

    Returns
    -------
    dict of str to float array
        By name.

    Raises
    ------
    LookupError
        If a metric reads a field of the Ledger that was not recorded.
    """
    values = {}
    for metric in metrics:
        try:
            values[metric.name] = metric.value(inputs)
        except KeyError as error:
            if error.args[0] not in FIELDS:
                raise
            raise LookupError(
                f"metric {metric.name!r} reads the Ledger field {error.args[0]!r}, which is not recorded: "
                "name it among the `fields` of the metric"
            ) from error
    return values


def sum_over_ticks(values: FloatArray) -> FloatArray:
    """Return the sum over ticks of a (T, ...) array, (...), the ticks added in order.

    numpy adds a single column pairwise and several columns row by row, with other last bits; a running sum
    goes row by row in both cases.
    """
    if values[0].size == 1:
        return np.asarray(np.cumsum(values, axis=0)[-1])
    return np.asarray(np.add.reduce(values, axis=0))
