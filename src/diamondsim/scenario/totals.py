"""Published totals: figures of statistics with which the balance at the start is compared.

Nothing is computed from them.
"""

import re
from typing import Annotated, Literal

from diamondsim.errors import NotationError, shown
from diamondsim.scenario.fields import Entity, Map, Names, PlainFlow
from diamondsim.scenario.readers import Reader

_YEAR = "[12][0-9]{3}"
_EXAMPLE = "a year, such as 2024"


def _read_year(value: object) -> int:
    if not re.fullmatch(_YEAR, str(value)):
        raise NotationError(f"{shown(str(value))} is not a year", found=str(value), allowed=_EXAMPLE)
    return int(str(value))


Year = Annotated[int, Reader(_read_year, str, _EXAMPLE, _YEAR)]


class PublishedTotal(Entity):
    """A total that somebody publishes for a region and some grades, by year."""

    name: str | None = None
    """Name in the table of `check`"""
    region: str
    """Region that it is of"""
    total: Literal["output", "imports", "exports", "use"]
    """What it counts"""
    grades: Names
    """Grades that it counts together; all of one unit"""
    producers: Names | None = None
    """Of an output: producers whose contracts it counts; default all of the region"""
    origin: Names | None = None
    """Of imports: regions that they come from; default all others"""
    years: Map[Year, PlainFlow]
    """Published figures by year; the check compares their mean"""
