"""The public call `write_report`: a result as one HTML file that opens without a network."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import xarray as xr

from diamondsim._version import __version__
from diamondsim.arguments import ArgumentError
from diamondsim.html_report.backtest_page import backtest_page
from diamondsim.html_report.beside_runs import Beside, require_beside
from diamondsim.html_report.comparison_page import comparison_page
from diamondsim.html_report.made_again import BaselineWords, with_commands
from diamondsim.html_report.result_parts import require_parts
from diamondsim.html_report.run_page import run_page
from diamondsim.html_report.vega_charts import browser_libraries, report_part, require_libraries
from diamondsim.plot.checked import CALLS, call_of, of_kind, signs_of
from diamondsim.reporting import require_same_measure, unwrapped
from diamondsim.results import atomic_write, check_place
from diamondsim.scenario import Scenario, read_scenario

REPORT_SUFFIXES = (".html", ".htm")
_ITS_SCENARIO = "scenario of the result"
"""Where messages say that a mistake in the scenario of a result is."""
_KICKERS = {
    "run": "Synthetic diamond supply: simulation report",
    "comparison": "Synthetic diamond supply: comparison",
    "backtest": "Synthetic diamond supply: backtest",
}


def write_report(
    result: xr.Dataset | xr.DataTree,
    path: str | os.PathLike[str],
    *,
    since: xr.Dataset | None = None,
    baseline: xr.Dataset | None = None,
    without_facilities: xr.Dataset | None = None,
    without_diversion: xr.Dataset | None = None,
    without_reserve: Mapping[str, xr.Dataset] | None = None,
) -> Path:
    """Write a result to a report: one HTML file with text, tables and charts, which opens without a network.

    Parameters
    ----------
    result : xarray.Dataset or xarray.DataTree
        Of `monte_carlo`, `compare` or `backtest`.
    path : path
        Its name ends in ``.html`` or ``.htm``. An existing file is replaced.
    since : xarray.Dataset, optional
        A former result of `monte_carlo`: the report then says what changed since.
    baseline : xarray.Dataset, optional
        Of `monte_carlo` with the same seed, to be shown beside a run.
    without_facilities, without_diversion : xarray.Dataset, optional
        Of `monte_carlo` with the same seed and no more replications, of the scenario with its facilities
        cancelled, and of that without diversion: the report then says what these change.
    without_reserve : mapping of str to xarray.Dataset, optional
        By reserve, of the scenario without it, likewise.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    ValueError
        If the name ends otherwise, the result is of another call or lacks attributes or variables, or other
        runs are given with anything but a run, or do not fit it.
    ScenarioError
        If the result holds a scenario that this version does not read.
    ModuleNotFoundError
        If a library is missing (the extra ``report``).
    TypeError
        If `result` is no Dataset or DataTree, or `without_reserve` no mapping.
    OSError
        If the folder is missing or not writable, or the disk is full.

    Examples
    --------
    >>> import tempfile
    >>> import diamondsim as ds
    >>> calm = ds.load_scenario("calm").override({"horizon.length": "20 weeks"})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = ds.write_report(ds.monte_carlo(calm, replications=32), f"{folder}/calm.html")
    ...     page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    True
    """
    target = require_html(Path(path))
    beside = Beside(
        baseline=baseline,
        without_facilities=without_facilities,
        without_diversion=without_diversion,
        without_reserve=without_reserve,
    )
    atomic_write(target, report_page(result, beside, former=since).encode())
    return target


def require_html(path: Path) -> Path:
    """Return a file with the suffix of an HTML file, once there is a place for it.

    Raises
    ------
    ValueError
        If it has another suffix.
    OSError
        If there is no place for it.

    Examples
    --------
    >>> require_html(Path("report.pdf"))
    Traceback (most recent call last):
    ValueError: expected a name that ends in .html or .htm, found 'report.pdf'
    """
    if path.suffix.lower() not in REPORT_SUFFIXES:
        raise ValueError(f"expected a name that ends in {' or '.join(REPORT_SUFFIXES)}, found '{path.name}'")
    check_place(path)
    return path


@unwrapped()
def report_page(
    result: object,
    beside: Beside,
    *,
    former: xr.Dataset | None = None,
    command: str | None = None,
    scenario: Scenario | None = None,
    baseline_words: BaselineWords | None = None,
) -> str:
    """Return the page of a result.

    Parameters
    ----------
    result : xarray.Dataset or xarray.DataTree
        Of `monte_carlo`, `compare` or `backtest`.
    beside : Beside
        The runs beside a run.
    former, command, scenario
        As for `run_page`.
    baseline_words : BaselineWords, optional
        Of the command `report`, if it ran the scenario.

    Raises
    ------
    ModuleNotFoundError, ScenarioError, TypeError, ValueError
        As for `write_report`.
    """
    require_libraries()
    kind = kind_of(result)
    given = [*([] if former is None else ["since"]), *(name for name, _ in beside.runs())]
    if given and kind != "run":
        raise ArgumentError(given[0], f"only for the result of monte_carlo, found that of {CALLS[kind]}")
    require_reportable(result)
    if former is not None:
        _require_since(former)
    if kind == "run":
        dataset = of_kind(result, "run")
        require_beside(dataset, beside)
        if former is not None:
            _require_since_measures(dataset, former)
        scenario = scenario or read_scenario(str(dataset.attrs["scenario"]), name=_ITS_SCENARIO)
        content = run_page(dataset, beside, former=former, command=command, scenario=scenario)
        content["made_with"] = with_commands(
            content["made_with"],
            dataset,
            baseline=baseline_words,
            has_others=any(beside.runs()),
            has_former=former is not None,
        )
    elif kind == "backtest":
        content = backtest_page(of_kind(result, "backtest"), command=command)
    else:
        assert isinstance(result, xr.DataTree), "other comparisons were refused"
        content = comparison_page(result, command=command)
    return rendered(kind, content)


def _require_since(former: object) -> None:
    """Check a former result.

    Raises
    ------
    ArgumentError
    """
    try:
        require_former(former)
    except (TypeError, ValueError) as error:
        raise ArgumentError("since", str(error)) from None


def _require_since_measures(dataset: xr.Dataset, former: xr.Dataset) -> None:
    """Check that a former result measures shortages as the run does; its horizon may be an earlier one.

    Raises
    ------
    ArgumentError
    """
    try:
        require_same_measure(dataset, former, horizon=False)
    except ValueError as error:
        raise ArgumentError("since", str(error)) from None


def require_reportable(result: object) -> str:
    """Return the kind of a result of which a report can be made, as `kind_of`.

    Raises
    ------
    TypeError, ValueError
        If it is something else, or lacks attributes or variables.
    """
    kind = kind_of(result)
    assert isinstance(result, xr.Dataset | xr.DataTree), "it is of a kind"
    if kind == "comparison" and not isinstance(result, xr.DataTree):
        raise ValueError("expected the DataTree of diamondsim.compare, found its root alone")
    require_parts(result if kind == "comparison" else of_kind(result, kind), kind)
    return kind


def require_former(given: object) -> None:
    """Check that this is a former result of a run.

    Raises
    ------
    TypeError, ValueError
        If it is something else, or lacks attributes or variables.
    """
    require_parts(of_kind(given, "run"), "former run")


def kind_of(result: object) -> str:
    """Return which kind of result this is: `run`, `comparison` or `backtest`.

    Raises
    ------
    TypeError, ValueError
        If it is something else; the message names what it is.
    """
    allowed = "the result of monte_carlo, compare or backtest"
    if not isinstance(result, xr.Dataset | xr.DataTree):
        raise TypeError(f"expected {allowed}, found {type(result).__name__}")
    found = call_of(result)
    if found not in _KICKERS:
        other = f"that of {CALLS[found]}" if found else f"another: {signs_of(_KICKERS)}"
        raise ValueError(f"expected {allowed}, found {other}")
    return found


def with_code(text: str) -> Any:
    """Return a text as HTML, escaped, with what stands in backticks as code."""
    markup = report_part("markupsafe").Markup
    parts = text.split("`")
    if len(parts) % 2 == 0:  # a single one marks nothing
        return markup.escape(text)
    marked = [
        markup("<code>{}</code>").format(part) if number % 2 else markup.escape(part)
        for number, part in enumerate(parts)
    ]
    return markup("").join(marked)


def rendered(kind: str, content: Mapping[str, Any]) -> str:
    """Return the page of a kind of result; everything in `content` is escaped, save what templates make."""
    jinja2 = report_part("jinja2")
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("diamondsim.html_report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["with_code"] = with_code
    environment.policies["json.dumps_kwargs"] = {
        "sort_keys": True,
        "ensure_ascii": False,
        "separators": (",", ":"),
        "allow_nan": False,
    }
    templates = files("diamondsim.html_report") / "templates"
    shared = {
        "version": __version__,
        "kicker": _KICKERS[kind],
        "css": (templates / "report.css").read_text(encoding="utf-8"),
        "script": (templates / "charts.js").read_text(encoding="utf-8"),
        "libraries": browser_libraries(),
    }
    page: str = environment.get_template(f"{kind}.html.jinja").render({**shared, **content})
    return page
