"""The precision at which a run ends: how narrow the interval of a metric must be."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass

import xarray as xr

from diamondsim.arguments import ArgumentError
from diamondsim.errors import nearest
from diamondsim.results import MIXED_UNITS, Summary, interval_dataset, undeclared_of, unit_symbol
from diamondsim.units import number_in_unit

_DEFAULT_MOST = 100_000
_PROBABILITY = "probability_of_shortage"
_NO_UNIT = "1"
_WIDEST_PROBABILITY = 0.5  # the half-width of an interval from 0 to 1
_DIMENSIONS = ("region", "use", "grade", "zone", "facility", "reserve")


class UnknownMetricError(ValueError):
    """A precision names something that the scenario does not have."""


class NoShareError(UnknownMetricError):
    """A half-width was given as a percentage, and the metric has a unit.

    Attributes
    ----------
    unit : str
        Unit of the metric.
    """

    def __init__(self, metric: str, unit: str) -> None:
        super().__init__(f"{metric} has the unit {unit}, in which a percentage has no meaning")
        self.unit = unit


@dataclass(frozen=True)
class Precision:
    """A metric, and the half-width of its interval at which a run ends.

    The interval is checked after 1,024, 2,048, 4,096, ... replications only, so that a run ends at the same
    number on every machine.

    Parameters
    ----------
    metric : str
        A variable of the result with the dimension `bound` and without `quantile`, such as
        `probability_of_shortage` or `shortage_mean`.
    half_width : float or str
        Half the distance between the limits: a number in the unit of the metric, or a text such as ``"1%"``,
        ``"3 Mct"``, ``"10 days"``. With `relative` a share of the estimate.
    most : int
        Maximum number of replications.
    relative : bool
        Whether the half-width is relative to the estimate.
    region, use, grade, zone, facility, reserve : str, optional
        Identifier along each dimension of the metric.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> import diamondsim as ds
    >>> str(ds.Precision("probability_of_shortage", region="US", use="polishing", half_width=0.01))
    'probability_of_shortage of US, polishing'
    >>> str(ds.Precision("shortage_mean", region="US", use="polishing", half_width=0.02, relative=True))
    'shortage_mean of US, polishing, as a share of the estimate,'
    """

    metric: str
    _: KW_ONLY
    half_width: float | str
    most: int = _DEFAULT_MOST
    relative: bool = False
    region: str | None = None
    use: str | None = None
    grade: str | None = None
    zone: str | None = None
    facility: str | None = None
    reserve: str | None = None

    def __post_init__(self) -> None:
        is_probability = self.metric == _PROBABILITY and not self.relative
        if isinstance(self.half_width, str) and not (is_probability or self.relative):
            return  # the unit of the metric is known when the scenario is
        width = self._limit(_NO_UNIT)
        if is_probability and width >= _WIDEST_PROBABILITY:
            why = (
                f"expected a number below {_WIDEST_PROBABILITY} for a probability, found {self.half_width!r}"
            )
            raise ArgumentError("half_width", f"{why}; 1 % is 0.01")

    def __str__(self) -> str:
        share = ", as a share of the estimate," if self.relative else ""
        return f"{self.metric} of {', '.join(self._where.values())}{share}"

    @property
    def _where(self) -> dict[str, str]:
        return {dim: getattr(self, dim) for dim in _DIMENSIONS if getattr(self, dim) is not None}

    def half_widths(self, summary: Summary) -> tuple[float, float]:
        """Return the half-width after some replications, and that at which the run ends.

        The first is NaN or infinite if there is no interval yet.

        Raises
        ------
        UnknownMetricError
            If the metric or an identifier is unknown, a percentage has no meaning for the metric, or the
            scenario does not give what the metric is computed from.
        ArgumentError
            If the half-width has another unit than the metric.
        """
        intervals = interval_dataset(summary)
        _require_known("metric", self.metric, intervals.data_vars)
        variable = intervals[self.metric]
        dims = [str(dim) for dim in variable.dims if dim != "bound"]
        for dim, name in self._where.items():
            if dim not in dims:
                raise UnknownMetricError(f"{self.metric} has no {dim}; it is by {' and '.join(dims)}")
            _require_known(dim, name, map(str, variable[dim].values))
        missing = [dim for dim in dims if dim not in self._where]
        if missing:
            choice = ", ".join(map(str, variable[missing[0]].values))
            raise UnknownMetricError(
                f"{self.metric} is by {' and '.join(dims)}: say which {missing[0]}, one of {choice}"
            )
        pairs = {(pair.region, pair.use) for pair in summary.bands.region_uses}
        if dims == ["region", "use"] and (self.region, self.use) not in pairs:
            uses = ", ".join(use for region, use in sorted(pairs) if region == self.region)
            raise UnknownMetricError(f"{self.region} has no use {self.use!r}; it has {uses}")
        unit = _NO_UNIT if self.relative else _unit(variable, intervals, self.use)
        if isinstance(self.half_width, str) and "%" in self.half_width and unit != _NO_UNIT:
            raise NoShareError(self.metric, unit)
        limit = self._limit(unit, summary.plan.tick_days)
        undeclared = undeclared_of(summary.plan, summary.settings, self.metric)
        if undeclared is not None and undeclared.concerns(self._where):
            raise UnknownMetricError(f"{self} is unknown; {undeclared}")
        return _half_width(variable.sel(self._where), relative=self.relative), limit

    def _limit(self, unit: str, tick_days: float = 1.0) -> float:
        """Return the half-width at which the run ends, in the unit of the metric."""
        limit = number_in_unit("half_width", self.half_width, unit, tick_days=tick_days)
        if limit <= 0:
            raise ArgumentError("half_width", f"expected a number above 0, found {self.half_width!r}")
        return limit


def _unit(variable: xr.DataArray, intervals: xr.Dataset, use: str | None) -> str:
    unit = str(variable.attrs["units"])
    return str(intervals["unit"].sel(use=use).item()) if unit == MIXED_UNITS else unit_symbol(unit)


def _half_width(bounds: xr.DataArray, *, relative: bool) -> float:
    estimate, low, high = (float(bounds.sel(bound=bound)) for bound in ("estimate", "low", "high"))
    half = (high - low) / 2
    if not relative:
        return half
    return half / abs(estimate) if estimate else math.inf


def _require_known(what: str, name: str, allowed: Iterable[object]) -> None:
    names = [str(each) for each in allowed]
    if name not in names:
        similar = nearest(name, names)
        hint = f"did you mean {similar!r}?" if similar else f"one of {', '.join(sorted(names))}"
        raise UnknownMetricError(f"there is no {what} {name!r}; {hint}")
