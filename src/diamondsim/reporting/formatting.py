"""Formats numbers, dates and names for people.

A number that may be negative is formatted with `z`, and one that shows its sign with `signed`: what rounds to
zero has none.
"""

from __future__ import annotations

import datetime as dt
import math
import re

_MOST_MILLIONS = 1e10
"""From this amount of money on, thousands of millions are counted."""
_COMMON_NOUNS = ("Rest of", "Other ")
_WITH_ARTICLE = ("United ", "rest of", "Netherlands", "Philippines")
_WITH_ARTICLE_END = (" States", " Kingdom", " Republic", " Union", " Emirates")
"""Beginnings and ends of the names of regions that take an article."""


def percent(share: float) -> str:
    """Return a share in percent; only exactly 0 or 1 reads as 0 % or 100 %.

    Examples
    --------
    >>> percent(0.3816), percent(0.0021), percent(0.00001), percent(0.9999), percent(0.05)
    ('38 %', '0.21 %', '< 0.1 %', '> 99 %', '5 %')
    """
    if math.isnan(share):
        return "-"
    if 0 < share < 0.001:
        return "< 0.1 %"
    if 0.99 < share < 1:
        return "> 99 %"
    return f"{100 * share:z.2g} %" if share < 0.0995 else f"{100 * share:.0f} %"


def percent_range(low: float, high: float) -> str:
    """Return two shares in percent.

    Examples
    --------
    >>> percent_range(0.372, 0.391), percent_range(0.0, 0.0004), percent_range(0.0, 0.3)
    ('37-39 %', '0.0-0.0 %', '0-30 %')
    """
    if math.isnan(low) or math.isnan(high):
        return "-"
    digits = 1 if high < 0.0995 else 0
    return f"{100 * low:.{digits}f}-{100 * high:.{digits}f} %"


def chance(value: float, low: float, high: float) -> str:
    """Return a probability with its interval, or only the upper limit if the event never happened.

    Examples
    --------
    >>> chance(0.3816, 0.3722, 0.3912), chance(0.0, 0.0, 0.00038), chance(0.0021, 0.0014, 0.0032)
    ('38.2 % [37.2, 39.1]', '< 0.04 %', '0.21 % [0.14, 0.32]')
    """
    if value <= 0:
        return upper_limit(high)
    digits = 2 if value < 0.01 else 1
    return f"{100 * value:.{digits}f} % [{100 * low:.{digits}f}, {100 * high:.{digits}f}]"


def rough_chance(value: float, high: float) -> str:
    """Return a probability without an interval.

    Examples
    --------
    >>> rough_chance(0.3816, 0.39), rough_chance(0.0, 0.00038)
    ('38 %', '< 0.04 %')
    """
    return percent(value) if value > 0 else upper_limit(high)


def upper_limit(share: float) -> str:
    """Return an upper limit in percent, rounded up to one significant figure.

    Examples
    --------
    >>> upper_limit(0.00038), upper_limit(0.0143)
    ('< 0.04 %', '< 2 %')
    """
    scaled = max(100 * share, 1e-3)
    place = 10.0 ** math.floor(math.log10(scaled))
    return f"< {math.ceil(scaled / place - 1e-9) * place:g} %"


def days(value: float) -> str:
    """Return a number of days.

    Examples
    --------
    >>> days(91.0), days(2919.0)
    ('91 days', '2,919 days')
    """
    return f"{value:,.0f} days"


def month(day: dt.date) -> str:
    """Return year and month.

    Examples
    --------
    >>> month(dt.date(2027, 8, 2))
    '2027-08'
    """
    return f"{day:%Y-%m}"


def count(number: int) -> str:
    """Return a count.

    Examples
    --------
    >>> count(10000)
    '10,000'
    """
    return f"{number:,}"


def replications(number: int) -> str:
    """Return a number of replications.

    Examples
    --------
    >>> replications(1), replications(10000)
    ('1 replication', '10,000 replications')
    """
    return f"{count(number)} replication{'' if number == 1 else 's'}"


def signed(value: float, form: str) -> str:
    """Return a number with its sign; one that rounds to zero has none, since either would say too much.

    Examples
    --------
    >>> signed(0.123, ".1f"), signed(-0.0012, ".2f"), signed(0.0, ".0%")
    ('+0.1', '0.00', '0%')
    """
    text = f"{value:+{form}}"
    return text if re.search("[1-9]", text) else text.lstrip("+-")


def points(low: float, high: float) -> str:
    """Return the limits of a difference of probabilities in percentage points, with signs.

    Examples
    --------
    >>> points(0.067, 0.118), points(-0.001, 0.0)
    ('+6.7 to +11.8', '-0.1 to 0.0')
    """
    return f"{signed(100 * low, '.1f')} to {signed(100 * high, '.1f')}"


def difference(value: float, low: float, high: float, *, digits: int = 1) -> str:
    """Return a difference of shares with its interval, in percentage points.

    A single replication has no interval.

    Examples
    --------
    >>> difference(0.234, 0.201, 0.265), difference(-0.0004, -0.002, 0.0011)
    ('+23.4 [+20.1, +26.5]', '0.0 [-0.2, +0.1]')
    >>> difference(-0.0028, -0.0035, -0.0021, digits=2), difference(0.1, math.nan, math.nan)
    ('-0.28 [-0.35, -0.21]', '+10.0')
    """
    shown, *ends = (signed(100 * each, f".{digits}f") for each in (value, low, high))
    return shown if math.isnan(low) or math.isnan(high) else f"{shown} [{', '.join(ends)}]"


def amount(value: float, unit: str) -> str:
    """Return a quantity or a flow in a suitable multiple of its unit.

    Examples
    --------
    >>> amount(16.074e9, "ct/yr"), amount(332e3, "cm2/yr"), amount(960.0, "ct/yr"), amount(12.3e9, "USD")
    ('16,074 Mct/yr', '332 kcm2/yr', '960 ct/yr', '12.3 GUSD')
    """
    factor, multiple_of_unit = multiple_for(abs(value), unit)
    return f"{figures(value / factor)} {multiple_of_unit}"


def multiple_for(largest: float, unit: str) -> tuple[float, str]:
    """Return the factor and the name of the multiple of a unit that suits numbers up to a size.

    Goods are counted in millions at most, as trade statistics are, and so is money up to 10,000 MUSD, so that
    the limits of an interval seldom need another multiple than the estimate.

    Examples
    --------
    >>> multiple_for(16e9, "ct"), multiple_for(16e9, "USD"), multiple_for(1.6e9, "USD")
    ((1000000.0, 'Mct'), (1000000000.0, 'GUSD'), (1000000.0, 'MUSD'))
    """
    if unit == "USD" and largest >= _MOST_MILLIONS:
        return 1e9, "GUSD"
    factor, prefix = next((pair for pair in ((1e6, "M"), (1e3, "k")) if largest >= pair[0]), (1.0, ""))
    return factor, f"{prefix}{unit}"


def figures(value: float, sign: str = "") -> str:
    """Return a number with three significant figures, or as a whole number, after a sign if asked for.

    Examples
    --------
    >>> figures(0.12345), figures(1234.5), figures(12.0, "+"), figures(-0.0)
    ('0.123', '1,234', '+12', '0')
    """
    form = ",.0f" if abs(value) >= 99.95 or value == 0 else ".3g"
    return signed(value, form) if sign else f"{value:z{form}}"


def multiple(value: float) -> str:
    """Return a multiple of a reference value.

    Examples
    --------
    >>> multiple(1.0), multiple(2.456), multiple(12.34)
    ('1.00', '2.46', '12.3')
    """
    return "-" if math.isnan(value) else f"{value:.2f}" if abs(value) < 9.995 else f"{value:.1f}"


def price(value: float) -> str:
    """Return a price with three significant figures.

    Examples
    --------
    >>> price(0.165), price(0.2), price(12.0), price(0.08761)
    ('0.165', '0.2', '12', '0.0876')
    """
    return f"{value:.3g}"


def short_name(name: str) -> str:
    """Return a name without the parentheses at its end and before the name of a firm.

    Examples
    --------
    >>> short_name("Other allies (EU, Korea)")
    'Other allies'
    >>> short_name("Polishing (wafers, optics), Our fab")
    'Polishing, Our fab'
    """
    short, _, rest = name.partition(" (")
    after = rest.partition(")")[2]
    # A firm is named after its use and a comma; without this, it would share a label with the aggregate.
    return short + short_name(after) if after.startswith(", ") else short


def place(use_name: str, region_name: str) -> str:
    """Return a use and its region as they read inside a sentence.

    Examples
    --------
    >>> place("Polishing (wafers)", "United States"), place("RF plates", "Rest of the world")
    ('polishing in the United States', 'RF plates in the rest of the world')
    >>> place("Thermal management, powder", "Japan")
    'thermal management (powder) in Japan'
    """
    return f"{_lower_first(inside(use_name))} in {region(region_name)}"


def inside(use_name: str, *remarks: str) -> str:
    """Return a use as it reads inside a sentence: what follows a comma in its name, and remarks, in brackets.

    Examples
    --------
    >>> inside("Munitions and radar, grit", "assumed volumes"), inside("Polishing (wafers)")
    ('Munitions and radar (grit, assumed volumes)', 'Polishing')
    """
    name, *more = short_name(use_name).split(", ")
    added = ", ".join((*more, *remarks))
    return f"{name} ({added})" if added else name


def region(name: str) -> str:
    """Return the name of a region as it reads inside a sentence.

    Examples
    --------
    >>> region("United States"), region("Other allies (EU, Korea)"), region("Japan")
    ('the United States', 'other allies', 'Japan')
    """
    name = short_name(name)
    if name.startswith(_COMMON_NOUNS):
        name = _lower_first(name)
    return f"the {name}" if name.startswith(_WITH_ARTICLE) or name.endswith(_WITH_ARTICLE_END) else name


def _lower_first(name: str) -> str:
    """Return a name with a small first letter, unless its first word is an abbreviation."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
