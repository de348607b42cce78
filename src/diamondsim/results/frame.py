"""The labels of a Dataset: its coordinates, and the grid of regions by uses.

Owns the names of dimensions and the rule that a use that a region does not have is NaN.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import xarray as xr

from diamondsim.plan import ControlState, Plan
from diamondsim.results.pairs import pairs_of
from diamondsim.results.places import priced_grades
from diamondsim.results.settings import Settings

FloatArray: TypeAlias = npt.NDArray[np.float64]

QUANTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
BOUNDS = ("estimate", "low", "high")
UNIT_OF_THE_USE = "unit of the use"
"""The `units` of quantities where uses are counted in different units; see the coordinate `unit`."""


class Frame:
    """The coordinates of a run's Dataset.

    Parameters
    ----------
    plan : Plan
    settings : Settings

    Attributes
    ----------
    pairs : tuple of Pair
        The uses that the regions have.
    """

    def __init__(self, plan: Plan, settings: Settings) -> None:
        self.plan = plan
        self.settings = settings
        self.pairs = pairs_of(plan)
        self._rows = np.array([plan.regions.index(p.region) for p in self.pairs], dtype=np.int64)
        self._columns = np.array([plan.uses.index(p.use) for p in self.pairs], dtype=np.int64)

    def coordinates(self) -> dict[str, xr.DataArray]:
        """Return the coordinates that do not depend on the number of replications."""
        plan, settings = self.plan, self.settings
        unit = {pair.use: pair.unit for pair in self.pairs}
        volumes = ["assumed" if settings.use(u).assumed_volumes else "estimated" for u in plan.uses]
        return {
            "time": labels("time", tick_times(plan), "first day of the tick"),
            "region": labels("region", plan.regions, "region"),
            "use": labels("use", plan.uses, "use"),
            "quantile": xr.DataArray(
                np.array(QUANTILES), dims="quantile", attrs={"long_name": "quantile", "units": "1"}
            ),
            "bound": labels("bound", BOUNDS, "estimate and the limits of its interval"),
            "region_name": labels(
                "region", [settings.region_name(r) for r in plan.regions], "name of the region"
            ),
            "use_name": labels("use", [settings.use(u).name for u in plan.uses], "name of the use"),
            "unit": labels("use", [unit.get(u, "") for u in plan.uses], "unit in which the use is counted"),
            "volumes": labels("use", volumes, "whether anybody has estimated the use's volumes"),
            "control": labels("control", [c.name for c in plan.controls], "export control"),
            "state": labels("state", [s.name.lower() for s in ControlState], "state of a control"),
            "legal_state": labels("legal_state", [*settings.legal_states], "named legal state"),
            "facility": labels("facility", [f.name for f in plan.facilities], "facility"),
            "reserve": labels("reserve", [v.name for v in plan.reserves], "reserve"),
            **self._market_coordinates(),
        }

    def _market_coordinates(self) -> dict[str, xr.DataArray]:
        if self.plan.prices is None:
            return {}
        unit_of = dict(zip(self.plan.grades, self.plan.grade_units, strict=True))
        return {
            "grade": labels("grade", self.priced_grades, "grade"),
            "grade_unit": labels(
                "grade", [unit_of[g] for g in self.priced_grades], "unit in which the grade is counted"
            ),
            "zone": labels("zone", self.plan.prices.zones, "price zone"),
        }

    def grid(self, values: FloatArray, extra: tuple[str, ...] = ()) -> xr.Variable:
        """Spread values over regions and uses.

        Parameters
        ----------
        values : (pair, ...) float array
        extra : tuple of str
            Names of the further dimensions.

        Returns
        -------
        xarray.Variable
            (region, use, *extra), NaN where a region does not have a use.
        """
        shape = (len(self.plan.regions), len(self.plan.uses), *values.shape[1:])
        spread = np.full(shape, np.nan)
        spread[self._rows, self._columns] = values
        return xr.Variable(("region", "use", *extra), spread)

    def market_grid(self, values: FloatArray, extra: tuple[str, ...] = ()) -> xr.Variable:
        """Spread values over grades and price zones.

        Parameters
        ----------
        values : (market, ...) float array
        extra : tuple of str
            Names of the further dimensions.

        Returns
        -------
        xarray.Variable
            (grade, zone, *extra), NaN where a grade has no price in a zone.
        """
        prices = self.plan.prices
        assert prices is not None, "there are no prices"
        spread = np.full((len(self.priced_grades), len(prices.zones), *values.shape[1:]), np.nan)
        for value, (grade, zone) in zip(values, prices.markets, strict=True):
            spread[self.priced_grades.index(grade), prices.zones.index(zone)] = value
        return xr.Variable(("grade", "zone", *extra), spread)

    @property
    def priced_grades(self) -> tuple[str, ...]:
        """The grades that have a price, in the order of the Plan."""
        return priced_grades(self.plan)

    @property
    def price_unit(self) -> str:
        """Unit of prices over all grades that have one."""
        unit_of = dict(zip(self.plan.grades, self.plan.grade_units, strict=True))
        units = {unit_of[grade] for grade in self.priced_grades}
        return f"USD/{units.pop()}" if len(units) == 1 else "USD per unit of the grade"

    @property
    def quantity_unit(self) -> str:
        """Unit of quantities over all uses."""
        units = {pair.unit for pair in self.pairs}
        return units.pop() if len(units) == 1 else UNIT_OF_THE_USE


def labels(dim: str, values: object, long_name: str) -> xr.DataArray:
    """Return a coordinate of words or dates along a dimension."""
    array = np.asarray(values)
    if array.dtype.kind != "M":
        array = array.astype(object) if array.size else np.empty(0, dtype=object)
    return xr.DataArray(array, dims=dim, attrs={"long_name": long_name})


def described(variable: xr.Variable, long_name: str, units: str, **more: str | float) -> xr.Variable:
    """Return a variable with its description."""
    variable.attrs = {"long_name": long_name, "units": units, **more}
    return variable


def tick_times(plan: Plan) -> npt.NDArray[np.datetime64]:
    """Return the moment at which each tick begins, (T,), to the second."""
    seconds = np.rint(np.arange(plan.n_ticks) * (plan.tick_days * 86400)).astype("timedelta64[s]")
    return np.asarray(np.datetime64(plan.start, "s") + seconds)
