"""The public call `reverse_stress`: the smallest shock that breaks a use (docs/stress.md, T4)."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import xarray as xr

from diamondsim.analysis.break_even import flip
from diamondsim.analysis.failed_scenarios import failure_attrs
from diamondsim.arguments import ArgumentError, require_mapping
from diamondsim.distributions import Distribution
from diamondsim.errors import Problem, ScenarioError
from diamondsim.results import CONFIDENCE, identity_in, label_coordinate, unit_symbol, with_attrs
from diamondsim.scenario import Scenario, require_scenario
from diamondsim.simulation import KeptFailures, Progress, RunFailedError
from diamondsim.units import share_within

_BOUNDS = ("estimate", "low", "high")


def reverse_stress(  # noqa: PLR0913 - the question, and how it is run
    scenario: Scenario,
    shocks: Mapping[str, tuple[str, str]],
    *,
    region: str,
    use: str,
    chance: float | str = 0.5,
    replications: int = 512,
    seed: int = 0,
    tolerance: float = 0.02,
    workers: int | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Find how far each number must move from a mild to a severe value before a use breaks.

    A use breaks where its probability of a shortage exceeds `chance`. Each number is moved alone, with common
    random numbers, and the value is found by bisection, as by `flip`.

    Parameters
    ----------
    scenario : Scenario
    shocks : mapping of str to (str, str)
        By path of a number: its mild and its severe value, written as in a file, such as
        ``{"controls.cn_55.licensing.any.any.long_run_rate": ("100%", "0%")}``.
    region, use : str
    chance : float or str
        Probability of a shortage at which the use counts as broken, such as 0.5 or ``"50%"``.
    replications, seed, tolerance, workers, progress
        As for `flip`.

    Returns
    -------
    xarray.Dataset
        By `shock`, smallest first; `bound` is ``estimate``, ``low``, ``high`` (95 %):

        - `severity` (shock, bound): share of the way from the mild to the severe value at which the use
          breaks; 0 if it is broken at the mild value already, infinite if not even the severe one breaks it;
        - `breaking_value` (shock, bound): the number there, in the unit of `unit` (shock); NaN if there is
          none;
        - `chance_mild`, `chance_severe` (shock): probability of a shortage at both values.

        A shock of which a run fails is left out; the attributes `failed` and `failures` have a line with its
        path and a line with the reason.

    Raises
    ------
    ScenarioError
        With the problems of all shocks, or if there is no such use or region.
    ValueError
        If a number is out of range.
    TypeError
        If `scenario` is not a Scenario, or `shocks` no mapping.

    Examples
    --------
    >>> import diamondsim as ds
    >>> lapse = ds.load_scenario("lapse-2027").override({"horizon.length": "40 weeks"})
    >>> shocks = {"inventory_policy.polishing.cover": ("120 days", "5 days")}
    >>> found = ds.reverse_stress(
    ...     lapse, shocks, region="US", use="polishing", replications=32, tolerance=0.1
    ... )
    >>> found["severity"].dims, found["unit"].values.tolist()
    (('shock', 'bound'), ['days'])
    """
    require_scenario(scenario)
    require_mapping("shocks", shocks, "{'inventory_policy.polishing.cover': ('120 days', '5 days')}")
    limit = share_within("chance", chance, 0, 1)
    if not shocks:
        raise ArgumentError("shocks", "expected one or more, found none")
    problems: list[Problem] = []
    failures = KeptFailures()
    found: dict[str, tuple[xr.Dataset, bool]] = {}
    for path, (mild, severe) in shocks.items():
        try:
            low, high = _in_order(scenario, path, mild, severe)
            found[path] = (
                flip(
                    scenario,
                    path,
                    region=region,
                    use=use,
                    threshold=limit,
                    low=low,
                    high=high,
                    replications=replications,
                    seed=seed,
                    tolerance=tolerance,
                    workers=workers,
                    progress=progress,
                ),
                low == mild,
            )
        except ScenarioError as error:
            problems += error.problems
        except RunFailedError as error:
            failures(path, error)
    if problems:
        raise ScenarioError(problems)
    failures.raise_if_nothing_is_left(shocks)
    rows = {path: _row(each, rises, limit) for path, (each, rises) in found.items()}
    order = sorted(rows, key=lambda path: rows[path]["severity"][0])
    dataset = _dataset({path: rows[path] for path in order}, shocks, region, use, limit, found)
    return dataset.assign_attrs(failure_attrs(failures.texts()))


def _in_order(scenario: Scenario, path: str, mild: str, severe: str) -> tuple[str, str]:
    """Return both values, the lower one first."""
    values = []
    for text in (mild, severe):
        changed = scenario.override({path: text}, name=f"shock {path}")
        number = next((each for each in changed.numbers if each.path == path), None)
        value = None if number is None else number.value
        values.append(value.central() if isinstance(value, Distribution) else value)
    numbers = [value for value in values if isinstance(value, float)]
    return (severe, mild) if len(numbers) == 2 and numbers[0] > numbers[1] else (mild, severe)


def _row(found: xr.Dataset, rises: bool, chance: float) -> dict[str, list[float]]:
    """Return severity, breaking value and both chances of one shock."""
    values, answers = found["value"].values, found["answer"].values
    mild, severe = (0, -1) if rises else (-1, 0)
    span = float(values[severe] - values[mild])
    crossing = [float(each) for each in found["crossing"].values]
    if math.isnan(crossing[0]):
        broken = answers[mild, 0] > chance
        severity = [0.0 if broken else math.inf] * 3
    else:
        severity = [min(max((each - float(values[mild])) / span, 0.0), math.inf) for each in crossing]
        severity = [severity[0], min(severity[1:]), max(severity[1:])]
    return {
        "severity": severity,
        "breaking_value": crossing,
        "chances": [float(answers[mild, 0]), float(answers[severe, 0])],
    }


def _dataset(
    rows: Mapping[str, Mapping[str, list[float]]],
    shocks: Mapping[str, tuple[str, str]],
    region: str,
    use: str,
    chance: float,
    found: Mapping[str, tuple[xr.Dataset, bool]],
) -> xr.Dataset:
    flips = [found[path][0] for path in rows]
    chances = np.array([row["chances"] for row in rows.values()])
    variables = {
        "severity": (
            ("shock", "bound"),
            np.array([row["severity"] for row in rows.values()]),
            "share of the way from the mild to the severe value",
        ),
        "breaking_value": (
            ("shock", "bound"),
            np.array([row["breaking_value"] for row in rows.values()]),
            "value at which the use breaks",
        ),
        "chance_mild": (("shock",), chances[:, 0], "probability of a shortage at the mild value"),
        "chance_severe": (("shock",), chances[:, 1], "probability of a shortage at the severe value"),
    }
    made = {
        name: with_attrs(
            xr.Variable(dims, values), long_name, "unit of the shock" if name == "breaking_value" else "1"
        )
        for name, (dims, values, long_name) in variables.items()
    }
    texts = {
        "shock": ([*rows], "path of the number"),
        "unit": ([unit_symbol(str(each["value"].attrs["units"])) for each in flips], "unit of the number"),
        "mild": ([shocks[path][0] for path in rows], "mild value, as written"),
        "severe": ([shocks[path][1] for path in rows], "severe value, as written"),
    }
    coordinates = {
        name: xr.Variable("shock", np.array(values, dtype=object), {"long_name": long_name})
        for name, (values, long_name) in texts.items()
    }
    bound = label_coordinate("bound", _BOUNDS, "estimate and limits")
    attrs = {
        **identity_in(flips[0].attrs),
        "region": region,
        "use": use,
        "chance": chance,
        "replications": flips[0].attrs["replications"],
        "confidence": CONFIDENCE,
    }
    return xr.Dataset(made, {**coordinates, "bound": bound}, attrs)
