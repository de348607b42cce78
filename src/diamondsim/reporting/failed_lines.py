"""What could not be simulated beside an answer, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from diamondsim.analysis import failures_in
from diamondsim.reporting.page_layout import wrapped


def failed_lines(attrs: Mapping[Any, Any]) -> Iterator[str]:
    """Yield a sentence for each scenario or run that failed, from the attributes of the answer."""
    for name, why in failures_in(attrs).items():
        yield from wrapped(f"Failed, and left out: {name} ({why}).")
