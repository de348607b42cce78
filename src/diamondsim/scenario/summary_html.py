"""A scenario as a notebook shows it: what identifies it, and how much of what it holds."""

from __future__ import annotations

from collections.abc import Mapping

from diamondsim.notebook import html_facts
from diamondsim.scenario.schema import Content

_COUNTED = ("regions", "uses", "grades", "producers", "facilities", "reserves", "controls")
"""The maps of a scenario whose entries are counted."""
_SHOWN = 12
"""How many ids of a map are shown."""


def scenario_html(scenario: Content, more: Mapping[str, str]) -> str:
    """Return a scenario as compact HTML: title, dates, legal state, and the ids of what it holds.

    Parameters
    ----------
    scenario : Content
    more : mapping of str to str
        Lines below; those without a text are left out.

    Returns
    -------
    str
    """
    horizon = scenario.horizon
    assert horizon is not None, "a loaded scenario has a horizon"
    years = f"{horizon.days / 365.25:.3g} years"
    facts = [
        (
            "horizon",
            f"{years} from {horizon.start}, ticks of {horizon.tick:g} days",
        ),
        ("evidence as of", "" if scenario.as_of is None else str(scenario.as_of)),
        ("legal state", scenario.legal_state or ""),
        *((name, _ids([*getattr(scenario, name)])) for name in _COUNTED),
        *more.items(),
    ]
    return html_facts(f"Scenario: {scenario.title}", facts)


def _ids(ids: list[str]) -> str:
    if not ids:
        return ""
    more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
    return f"{len(ids)}: {', '.join(ids[:_SHOWN])}{more}"
