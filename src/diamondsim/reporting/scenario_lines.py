"""The scenarios that an answer compares: what each is, and the law that it assumes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import xarray as xr
from rich.text import Text

from diamondsim.reporting.legal_state_rows import outdated_lines
from diamondsim.reporting.page_layout import wrapped


def scenario_lines(found: xr.Dataset) -> Iterator[Text]:
    """Yield for each scenario its title, changes, date and legal state, or that the last two are the first's.

    Parameters
    ----------
    found : xarray.Dataset
        With the coordinates of `identity_coordinates`.
    """
    first, first_name = None, ""
    for name in map(str, found["scenario"].values):
        texts = _texts(found, name)
        law = f"as of {texts['as_of']}; legal state: {texts['legal_state']}"
        remarks = [texts["title"]]
        if texts["changes"]:
            remarks.append("changed: " + texts["changes"].replace("\n", ", "))
        remarks.append(law if law != first else f"date and legal state: as {first_name}")
        if first is None:
            first, first_name = law, name
        yield from (Text(line) for line in wrapped(f"{name}: {'; '.join(remarks)}"))
        yield from (Text(line, style="yellow") for line in outdated_lines(texts["legal_state_outdated"]))


def json_scenario_identity(found: xr.Dataset, name: str) -> dict[str, Any]:
    """Return what identifies a scenario of an answer, as a part of its document."""
    texts = _texts(found, name)
    return {
        "title": texts["title"],
        "as_of": texts["as_of"],
        "legal_state": texts["legal_state"],
        "changes": texts["changes"].splitlines(),
        "scenario_hash": texts["hash"],
    }


def _texts(found: xr.Dataset, name: str) -> dict[str, str]:
    one = found.sel(scenario=name)
    parts = ("title", "as_of", "legal_state", "legal_state_outdated", "changes", "hash")
    return {part: str(one[f"scenario_{part}"].item()) for part in parts}
