"""How narrow the interval of a metric must be for a run to end."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass

import xarray as xr

from diamondsim.errors import nearest
from diamondsim.results import Summary, interval_dataset
from diamondsim.results.frame import UNIT_OF_THE_USE

MOST = 100_000
CHANCE = "probability_of_shortage"
_NO_UNIT = "1"
_ANY_CHANCE = 0.5  # as wide as from 0 to 1: what is known before any replication
_DIMENSIONS = ("region", "use", "grade", "zone", "facility", "reserve")


class UnknownMetricError(ValueError):
    """A precision asks for something that the scenario does not have."""


class NoShareError(UnknownMetricError):
    """A half-width is a share, and the metric none.

    Attributes
    ----------
    unit : str
        Of the metric.
    """

    def __init__(self, metric: str, unit: str) -> None:
        super().__init__(f"{metric} has the unit {unit}, of which a percentage says nothing")
        self.unit = unit


@dataclass(frozen=True)
class Precision:
    """A metric, and the half-width of its interval at which a run is to end.

    The interval is looked at after 1,024, 2,048, 4,096, ... replications and nowhere else, so that a run ends
    at the same number on every machine.

    Parameters
    ----------
    metric : str
        A variable of the result with the dimension `bound` and without `quantile`, such as
        `probability_of_shortage` or `shortage_mean`.
    half_width : float
        Half the distance between the limits, in the unit of the metric; where it is relative, as a share of
        the estimate.
    most : int
        Replications at which the run ends in any case.
    relative : bool
        Whether the half-width is a share of the estimate.
    share : bool
        Whether it was said as a share, such as 1 %: then a metric with a unit is refused.
    region, use, grade, zone, facility, reserve : str, optional
        Id of what the metric is of, for each dimension that it has.

    Raises
    ------
    ValueError
        Where a number is out of range.

    Examples
    --------
    >>> str(Precision("probability_of_shortage", region="US", use="polishing", half_width=0.01))
    'probability_of_shortage of US, polishing'
    >>> str(Precision("shortage_mean", region="US", use="polishing", half_width=0.02, relative=True))
    'shortage_mean of US, polishing, as a share of the estimate,'
    """

    metric: str
    _: KW_ONLY
    half_width: float
    most: int = MOST
    relative: bool = False
    share: bool = False
    region: str | None = None
    use: str | None = None
    grade: str | None = None
    zone: str | None = None
    facility: str | None = None
    reserve: str | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.half_width) and self.half_width > 0):
            raise ValueError(f"half_width is a number above 0, found {self.half_width!r}")
        if self.metric == CHANCE and not self.relative and self.half_width >= _ANY_CHANCE:
            raise ValueError(
                f"half_width of a chance is below {_ANY_CHANCE}, found {self.half_width!r}; 1 % is 0.01"
            )

    def __str__(self) -> str:
        share = ", as a share of the estimate," if self.relative else ""
        return f"{self.metric} of {', '.join(self._where.values())}{share}"

    @property
    def _where(self) -> dict[str, str]:
        return {dim: getattr(self, dim) for dim in _DIMENSIONS if getattr(self, dim) is not None}

    def half_width_of(self, summary: Summary) -> float:
        """Return the half-width after some replications; NaN or infinite where there is no interval yet.

        Raises
        ------
        UnknownMetricError
            Where there is no such metric, or nothing of the name that it is to be of, or no share of it.
        """
        found = interval_dataset(summary)
        _known("metric", self.metric, found.data_vars)
        variable = found[self.metric]
        dims = [str(dim) for dim in variable.dims if dim != "bound"]
        for dim, name in self._where.items():
            if dim not in dims:
                raise UnknownMetricError(f"{self.metric} has no {dim}; it is by {' and '.join(dims)}")
            _known(dim, name, map(str, variable[dim].values))
        missing = [dim for dim in dims if dim not in self._where]
        if missing:
            choice = ", ".join(map(str, variable[missing[0]].values))
            raise UnknownMetricError(
                f"{self.metric} is by {' and '.join(dims)}: say which {missing[0]}, one of {choice}"
            )
        pairs = {(pair.region, pair.use) for pair in summary.bands.pairs}
        if dims == ["region", "use"] and (self.region, self.use) not in pairs:
            uses = ", ".join(use for region, use in sorted(pairs) if region == self.region)
            raise UnknownMetricError(f"{self.region} has no use {self.use!r}; it has {uses}")
        if self.share and not self.relative and variable.attrs["units"] != _NO_UNIT:
            raise NoShareError(self.metric, _unit(variable, found, self.use))
        return _half_width(variable.sel(self._where), relative=self.relative)


def _unit(variable: xr.DataArray, found: xr.Dataset, use: str | None) -> str:
    unit = str(variable.attrs["units"])
    return str(found["unit"].sel(use=use).item()) if unit == UNIT_OF_THE_USE else unit


def _half_width(bounds: xr.DataArray, *, relative: bool) -> float:
    estimate, low, high = (float(bounds.sel(bound=bound)) for bound in ("estimate", "low", "high"))
    half = (high - low) / 2
    if not relative:
        return half
    return half / abs(estimate) if estimate else math.inf


def _known(what: str, word: str, allowed: Iterable[object]) -> None:
    words = [str(each) for each in allowed]
    if word not in words:
        like = nearest(word, words)
        hint = f"did you mean {like!r}?" if like else f"one of {', '.join(sorted(words))}"
        raise UnknownMetricError(f"there is no {what} {word!r}; {hint}")
