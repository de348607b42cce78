"""Read a date, and say which one a text in another order or notation may mean."""

import datetime as dt
import re
from collections.abc import Iterator

from diamondsim.errors import NotationError, joined, shown

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WORD = rf"(?P<word>{'|'.join(_MONTHS)})[a-z]*\.?"
_YEAR = r"(?P<year>[0-9]{4})"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_WITH_WORD = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (rf"(?:{_DAY}\s+)?{_WORD},?\s+{_YEAR}", rf"{_WORD}\s+{_DAY},?\s+{_YEAR}")
)
_YEAR_FIRST = re.compile(rf"{_YEAR}[-/.](?P<month>[0-9]{{1,2}})(?:[-/.]{_DAY})?(?:[T ][0-9:.]+Z?)?")
_TOGETHER = re.compile(rf"{_YEAR}(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})")
_YEAR_LAST = re.compile(rf"(?P<one>[0-9]{{1,2}})(?P<mark>[./-])(?P<other>[0-9]{{1,2}})(?P=mark){_YEAR}")


def read_date(value: object) -> dt.date:
    """Return a date written as ``2027-03-03``.

    Raises
    ------
    NotationError
        If it is not one.
    """
    text = str(value)
    try:
        if isinstance(value, str) and re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            return dt.date.fromisoformat(value)
    except ValueError as error:
        raise NotationError(f"{shown(text)} is not a date: {error}", found=text) from error
    why, meant = f"{shown(text)} is not a date", [date.isoformat() for date in possible_dates(text)]
    if len(meant) == 1:
        raise NotationError(why, found=text, suggestion=meant[0])
    allowed = joined([*map(shown, meant)], "or") if meant else "a date like 2027-03-03"
    raise NotationError(why, found=text, allowed=allowed)


def possible_dates(text: str) -> list[dt.date]:
    """Return the dates that a text may mean; a month without a day is its first day.

    Examples
    --------
    >>> possible_dates("3 March 2027"), possible_dates("1/2/2027")
    ([datetime.date(2027, 3, 3)], [datetime.date(2027, 2, 1), datetime.date(2027, 1, 2)])
    """
    found = []
    for year, month, day in _readings(text.strip()):
        try:
            found.append(dt.date(year, month, day))
        except ValueError:  # There is no such day.
            continue
    return [*dict.fromkeys(found)]


def _readings(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield year, month and day in each order that is usual for a notation."""
    for pattern in (*_WITH_WORD, _YEAR_FIRST, _TOGETHER):
        if match := pattern.fullmatch(text):
            parts = match.groupdict()
            word = parts.get("word")
            month = _MONTHS.index(word.casefold()) + 1 if word else int(parts["month"])
            yield int(parts["year"]), month, int(parts["day"] or 1)
            return
    if match := _YEAR_LAST.fullmatch(text):
        one, other, year = int(match["one"]), int(match["other"]), int(match["year"])
        yield year, other, one
        # Only slashes and hyphens are also written with the month first.
        if match["mark"] != ".":
            yield year, one, other
