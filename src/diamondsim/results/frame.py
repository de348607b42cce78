"""The labels of a Dataset: its coordinates, attributes and units."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import xarray as xr

from diamondsim.arrays import FloatArray
from diamondsim.plan import ControlState, Plan
from diamondsim.results.estimators import QUANTILES
from diamondsim.results.grid_layout import Dims, grid_layouts, priced_grades
from diamondsim.results.metric import UNIT_OF_PRICE, UNIT_OF_USE
from diamondsim.results.region_uses import region_uses
from diamondsim.results.settings import Settings

BOUNDS = ("estimate", "low", "high")
MIXED_UNITS = "unit of the use"
"""The `units` of a quantity if uses are counted in different units; see the coordinate `unit`."""


class Frame:
    """The coordinates of a run's Dataset.

    Parameters
    ----------
    plan : Plan
    settings : Settings

    Attributes
    ----------
    region_uses : tuple of RegionUse
        The uses that the regions have.
    """

    def __init__(self, plan: Plan, settings: Settings) -> None:
        self.plan = plan
        self.settings = settings
        self.region_uses = region_uses(plan)
        self._layouts = grid_layouts(plan)

    def coordinates(self) -> dict[str, xr.DataArray]:
        """Return the coordinates that do not depend on the number of replications."""
        plan, settings = self.plan, self.settings
        unit = {each.use: each.unit for each in self.region_uses}
        volumes = ["assumed" if settings.use(u).assumed_volumes else "estimated" for u in plan.uses]
        return {
            "time": label_coordinate("time", tick_times(plan), "first day of the tick"),
            "region": label_coordinate("region", plan.regions, "region"),
            "use": label_coordinate("use", plan.uses, "use"),
            "quantile": xr.DataArray(
                np.array(QUANTILES), dims="quantile", attrs={"long_name": "quantile", "units": "1"}
            ),
            "bound": label_coordinate("bound", BOUNDS, "estimate and the limits of its interval"),
            "region_name": label_coordinate(
                "region", [settings.region_name(r) for r in plan.regions], "name of the region"
            ),
            "use_name": label_coordinate("use", [settings.use(u).name for u in plan.uses], "name of the use"),
            "unit": label_coordinate(
                "use", [unit.get(u, "") for u in plan.uses], "unit in which the use is counted"
            ),
            "volumes": label_coordinate("use", volumes, "whether the use's volumes are estimated or assumed"),
            "control": label_coordinate("control", [c.name for c in plan.controls], "export control"),
            "state": label_coordinate("state", [s.name.lower() for s in ControlState], "state of a control"),
            "legal_state": label_coordinate("legal_state", [*settings.legal_states], "named legal state"),
            "facility": label_coordinate("facility", [f.name for f in plan.facilities], "facility"),
            "reserve": label_coordinate("reserve", [v.name for v in plan.reserves], "reserve"),
            **self._market_coordinates(),
        }

    def _market_coordinates(self) -> dict[str, xr.DataArray]:
        if self.plan.prices is None:
            return {}
        unit_of = dict(zip(self.plan.grades, self.plan.grade_units, strict=True))
        return {
            "grade": label_coordinate("grade", self.priced_grades, "grade"),
            "grade_unit": label_coordinate(
                "grade", [unit_of[g] for g in self.priced_grades], "unit in which the grade is counted"
            ),
            "zone": label_coordinate("zone", self.plan.prices.zones, "price zone"),
        }

    def grid(self, dims: Dims, values: FloatArray, extra: Dims = ()) -> xr.Variable:
        """Arrange the values of some entities in the grid of their dimensions.

        Parameters
        ----------
        dims : tuple of str
            One of `grid_layout.DIMS`.
        values : (entity, ...) float array
        extra : tuple of str
            Names of the further dimensions.

        Returns
        -------
        xarray.Variable
            (*dims, *extra), NaN in the cells without an entity.
        """
        layout = self._layouts[dims]
        cells = np.full((layout.size, *values.shape[1:]), np.nan)
        cells[list(layout.cells)] = values
        return xr.Variable((*dims, *extra), cells.reshape(*layout.shape, *values.shape[1:]))

    def units(self, unit: str) -> str:
        """Return the `units` of a variable of all uses or grades, from the unit of its metric."""
        if unit == UNIT_OF_USE:
            return self.quantity_unit
        return self.price_unit if unit == UNIT_OF_PRICE else unit

    @property
    def priced_grades(self) -> tuple[str, ...]:
        """The grades that have a price, in the order of the Plan."""
        return priced_grades(self.plan)

    @property
    def price_unit(self) -> str:
        """`units` of prices over all grades that have one."""
        unit_of = dict(zip(self.plan.grades, self.plan.grade_units, strict=True))
        units = {unit_of[grade] for grade in self.priced_grades}
        return f"USD/{units.pop()}" if len(units) == 1 else "USD per unit of the grade"

    @property
    def quantity_unit(self) -> str:
        """`units` of quantities over all uses."""
        units = {each.unit for each in self.region_uses}
        return units.pop() if len(units) == 1 else MIXED_UNITS


def label_coordinate(dim: str, values: object, long_name: str) -> xr.DataArray:
    """Return a coordinate of names or dates along a dimension."""
    array = np.asarray(values)
    if array.dtype.kind != "M":
        array = array.astype(object) if array.size else np.empty(0, dtype=object)
    return xr.DataArray(array, dims=dim, attrs={"long_name": long_name})


def with_attrs(variable: xr.Variable, long_name: str, units: str, **more: str | float) -> xr.Variable:
    """Set the attributes of a variable and return it."""
    variable.attrs = {"long_name": long_name, "units": unit_name(units), **more}
    return variable


def unit_name(unit: str) -> str:
    """Return a unit as the attribute `units` spells it: the carat by its name.

    UDUNITS, whose spelling the CF conventions prescribe, has no symbol for the carat and reads ``ct`` as a
    hundredth of a tonne.

    Examples
    --------
    >>> unit_name("USD/ct"), unit_name("cm2"), unit_name("days")
    ('USD/carat', 'cm2', 'day')
    """
    return "day" if unit == "days" else re.sub(r"\bct\b", "carat", unit)


def unit_symbol(name: str) -> str:
    """Return a unit as texts and scenarios spell it, from the attribute `units`.

    Examples
    --------
    >>> unit_symbol("USD/carat"), unit_symbol("day")
    ('USD/ct', 'days')
    """
    return "days" if name == "day" else re.sub(r"\bcarat\b", "ct", name)


def tick_times(plan: Plan) -> npt.NDArray[np.datetime64]:
    """Return the time at which each tick begins, (T,), to the second."""
    seconds = np.rint(np.arange(plan.n_ticks) * (plan.tick_days * 86400)).astype("timedelta64[s]")
    return np.asarray(np.datetime64(plan.start, "s") + seconds)
