"""The inputs that each replication drew, kept with the results: what an analysis of a run needs."""

from __future__ import annotations

import datetime as dt
import os

import xarray as xr

from diamondsim.plan import Plan
from diamondsim.results.columns import make_table
from diamondsim.results.frame import label_coordinate, with_attrs
from diamondsim.sampling import DrawnInput, drawn_blocks, inputs_drawn_once
from diamondsim.scenario import Scenario

_UNIFORM = "uniform(0 1)"
INPUT_UNITS = "unit of the input"
"""The `units` of what was drawn; see the coordinate `input_unit`."""


def kept_inputs(
    scenario: Scenario,
    plan: Plan,
    *,
    seed: int,
    replications: int,
    scratch: str | os.PathLike[str] | None = None,
) -> xr.Dataset:
    """Return what each replication drew of the inputs that are drawn once.

    They are drawn again, not collected from the workers: draws depend only on scenario, seed and replication.

    Parameters
    ----------
    scenario : Scenario
    plan : Plan
        What it was compiled to.
    seed : int
    replications : int
    scratch : path, optional
        Folder for the values where they do not fit in memory; by default the system's folder for temporary
        files.

    Returns
    -------
    xarray.Dataset
        `input_value` (replication, input), and by input the coordinates that docs/results.md lists.

    Examples
    --------
    >>> from diamondsim.plan import compile_plan
    >>> from diamondsim.scenario import load_scenario
    >>> scenario = load_scenario("baseline-2026")
    >>> kept = kept_inputs(scenario, compile_plan(scenario), seed=1, replications=3)
    >>> growth = kept.sel(input="uses.polishing.growth")
    >>> growth["input_distribution"].item(), growth["input_unit"].item(), growth["input_value"].shape
    ('tri(3.5 7.2 7.9) %/yr', '/yr', (3,))
    """
    drawn = inputs_drawn_once(plan)
    table = make_table(len(drawn), replications, scratch)
    first = 0
    for block in drawn_blocks(plan, drawn, seed=seed, count=replications):
        for row, values in enumerate(block):
            table.write(row, first, values)
        first += len(block[0]) if block else 0
    value = xr.Variable(("replication", "input"), table.part(0, len(drawn))[:, :replications].T)
    with_attrs(value, "what a replication drew of an input", INPUT_UNITS)
    return xr.Dataset({"input_value": value}, _coordinates(scenario, drawn))


def _coordinates(scenario: Scenario, drawn: tuple[DrawnInput, ...]) -> dict[str, xr.DataArray]:
    # Where a date is stated, the draw chooses between the outcomes of that day.
    stated = {
        number.path: (
            number.unit or "1",
            _UNIFORM if isinstance(number.value, dt.date) else number.text,
            number.basis,
        )
        for number in scenario.numbers
    }
    # A choice between outcomes may have no chance of its own: a timeline states one for each outcome.
    found = [stated.get(each.path, ("1", _UNIFORM, "none")) for each in drawn]
    units, texts, bases = ([each[k] for each in found] for k in range(3))
    is_uniform = [each.distribution is None for each in drawn]
    labels = {
        "input": ([each.name for each in drawn], "input that a replication draws once"),
        "input_path": ([each.path for each in drawn], "where the scenario states the number"),
        "input_draw": (
            ["uniform" if uniform else "value" for uniform in is_uniform],
            "whether a value was drawn, or the uniform number at which a distribution or an outcome is read",
        ),
        "input_unit": (
            ["1" if uniform else unit for uniform, unit in zip(is_uniform, units, strict=True)],
            "unit of what was drawn",
        ),
        "input_distribution": (texts, "distribution as the scenario states it"),
        "input_basis": (bases, "whether it has a source or is assumed"),
    }
    return {
        name: label_coordinate("input", values, long_name) for name, (values, long_name) in labels.items()
    }
