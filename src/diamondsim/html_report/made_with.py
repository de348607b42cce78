"""What made the result on a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from diamondsim._version import __version__
from diamondsim.html_report.page_parts import MadeWith
from diamondsim.reporting import replications

_FACTS = {
    "diamondsim_version": "Version of diamondsim",
    "seed": "Seed",
    "sampling": "Sampling",
    "engine": "Engine",
    "scenario_hash": "Hash of the scenario",
    "window_days": "Window of a shortage, days",
}


def made_with(attrs: Mapping[Any, Any], *, command: str | None = None) -> MadeWith:
    """Return the provenance of a result.

    Parameters
    ----------
    attrs : mapping
        Attributes of the Dataset.
    command : str, optional
        The command that makes the page; otherwise that of the Dataset, if it has one.
    """
    facts = [("Replications", replications(int(attrs["replications"])))] if "replications" in attrs else []
    facts += [(text, str(attrs[name])) for name, text in _FACTS.items() if attrs.get(name, "") != ""]
    if str(attrs.get("diamondsim_version", __version__)) != __version__:
        facts.append(("Version that wrote this page", __version__))
    scenario = str(attrs.get("scenario", "")) if "title" in attrs and "scenario_hash" in attrs else ""
    return MadeWith(
        facts=tuple(facts),
        command=str(command or attrs.get("command", "")),
        scenario=scenario,
    )
