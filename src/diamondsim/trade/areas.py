"""Countries and other areas as trade statistics name them: by number, by letters or by name.

Owns the table `areas.csv`. UN Comtrade numbers most areas as the M49 standard does, with exceptions that no
library of ISO codes knows: the United States are 842, France is 251, Norway 579, Switzerland 757, India
699, and trade without a country has numbers too (490 is "Other Asia, nes", in practice Taiwan; 899 is
"Areas, nes"). Where M49 and Comtrade mean different things by a number (492), the table follows Comtrade.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from diamondsim.errors import nearest

AreaKind = Literal["country", "world", "group", "unallocated"]
"""A country; all partners together; a group of countries that also report alone; trade without a country."""


_UNTIL = re.compile(r" \((?:\.\.\.\d{4}|Overseas France)\)$")
"""What UN Comtrade adds to the names of areas that ended in a year or belong to France."""


@dataclass(frozen=True, slots=True)
class Area:
    """An area of the statistics.

    Attributes
    ----------
    key : str
        ISO letters of a country (``USA``), otherwise a key of our own (``W00`` for the world, ``X899``).
    kind : AreaKind
    name : str
    codes : tuple of str
        Its numbers, without leading zeros.
    """

    key: str
    kind: AreaKind
    name: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class _Index:
    by_code: Mapping[str, Area]
    by_word: Mapping[str, Area]


@cache
def _index() -> _Index:
    by_code: dict[str, Area] = {}
    by_word: dict[str, Area] = {}
    text = files("diamondsim.trade").joinpath("areas.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        area = Area(row["key"], _kind(row["kind"]), row["name"], tuple(row["codes"].split()))
        by_code |= dict.fromkeys(area.codes, area)
        others = [word for word in row["other_names"].split("; ") if word]
        for word in (area.key, row["iso2"], area.name, *others):
            if word:
                by_word[word.casefold()] = area
    return _Index(by_code, by_word)


def _kind(word: str) -> AreaKind:
    kinds: tuple[AreaKind, ...] = ("country", "world", "group", "unallocated")
    return next(kind for kind in kinds if kind == word)


def area_of(*words: str) -> Area | None:
    """Return the area that the first known one of some words names; None if none does.

    A number comes before letters in the columns of Comtrade, whose letters are not unique: pass it first.

    Examples
    --------
    >>> area_of("842").key, area_of("036").name, area_of("korea, republic of").key, area_of("NA").name
    ('USA', 'Australia', 'KOR', 'Namibia')
    >>> area_of("490").key, area_of("Areas, nes").kind, area_of("492", "MCO").name, area_of("MCO").name
    ('TWN', 'unallocated', 'Europe EU, nes', 'Monaco')
    """
    index = _index()
    for word in words:
        text = _UNTIL.sub("", " ".join(word.split()))
        area = index.by_code.get(text.lstrip("0") or "0") if text.isdecimal() else None
        area = area or index.by_word.get(text.casefold())
        if area is not None:
            return area
    return None


def nearest_area(word: str) -> str | None:
    """Return the known name or code most similar to a word; None if none is.

    Examples
    --------
    >>> nearest_area("Irland")
    'Ireland'
    """
    index = _index()
    close = nearest(word, index.by_word)
    return None if close is None else index.by_word[close].name
