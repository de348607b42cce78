"""The commands that make the page of a run again, and what they do not repeat."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace

import xarray as xr

from diamondsim._version import __version__
from diamondsim.html_report.page_parts import MadeWith
from diamondsim.results import weights_of

SCENARIO_FILE = "scenario.yaml"
_RESULT_FILE = "result.nc"
_FORMER_FILE = "former.nc"


@dataclass(frozen=True)
class BaselineWords:
    """How the command `report` that ran a scenario is given the baseline of its page.

    Attributes
    ----------
    words : tuple of str
        Words of the command, empty if it chooses the same baseline by itself.
    is_same : bool
        Whether this is the baseline of the page: one that shares changes by options, or that is the scenario
        of a file, is not.
    """

    words: tuple[str, ...]
    is_same: bool


def with_commands(
    made: MadeWith,
    dataset: xr.Dataset,
    *,
    baseline: BaselineWords | None,
    has_others: bool,
    has_former: bool,
) -> MadeWith:
    """Return what made a page with the commands that make it again, and what they do not repeat.

    Parameters
    ----------
    made : MadeWith
    dataset : xarray.Dataset
        The run.
    baseline : BaselineWords, optional
        None if the result was given, and not run by the command `report`.
    has_others, has_former : bool
        Whether the page has runs beside it, such as a baseline, and a former result.
    """
    if str(dataset.attrs.get("diamondsim_version", __version__)) != __version__:
        return made
    if weights_of(dataset) is not None:
        origin = str(dataset.attrs.get("command", ""))
        made_by = f" The result was made by: {origin}" if origin else ""
        text = (
            f"No command is given: the result is weighted by observations that are not in this page.{made_by}"
        )
        return replace(made, not_repeated=(text,))
    if baseline is None and has_others:
        return replace(
            made, not_repeated=("No command is given: the runs beside this one were made in Python.",)
        )
    size = ["-n", str(dataset.sizes["replication"]), "--seed", str(dataset.attrs["seed"])]
    page = ["-o", "report.html", *(["--since", _FORMER_FILE] if has_former else [])]
    if baseline is None:
        commands = [
            ["diamondsim", "run", SCENARIO_FILE, *size, "--baseline", "none", "-o", _RESULT_FILE],
            ["diamondsim", "report", _RESULT_FILE, *page],
        ]
    else:
        commands = [["diamondsim", "report", SCENARIO_FILE, *size, *baseline.words, *page]]
    return replace(
        made,
        again=tuple(map(shlex.join, commands)),
        not_repeated=(*_not_repeated(dataset, baseline, has_former=has_former),),
    )


def _not_repeated(dataset: xr.Dataset, baseline: BaselineWords | None, *, has_former: bool) -> Iterator[str]:
    if has_former:
        yield f"{_FORMER_FILE} is the former result, which this page does not hold."
    if dataset.attrs.get("changes"):
        yield f"{SCENARIO_FILE} holds the changes by options, so that the page does not list them again."
    if baseline is not None and not baseline.is_same:
        yield (
            "The baseline is not repeated: that of this page shares changes by options, or is the scenario "
            "of a file."
        )
