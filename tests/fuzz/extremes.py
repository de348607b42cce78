"""Values at the ends of what can be written: numbers, dates, names."""

from __future__ import annotations

import re
from random import Random
from typing import Any

NUMBERS = (
    *("0", "-0.0", "1", "-1", "1e-320", "1e-300", "1e-12", "1e-9", "1e-6", "1e-3", "0.5", "0.999999999"),
    *("1.000000001", "2", "10", "100", "1000", "1e5", "1e6", "1e9", "1e12", "1e15", "1e18", "1e300", "1e308"),
    *(
        "1e309",
        "-1e300",
        "nan",
        "inf",
        "-inf",
        "9" * 30,
        "1" + "0" * 400,
        "9223372036854775808",
        "0x10",
        "1_0",
    ),
)
MILD = ("0", "1e-12", "1e-6", "1e-3", "0.5", "1", "2", "10", "100", "1000", "1e6", "1e9", "1e12", "1e15")
UNITS = (
    *("ct", "Mct", "ct/day", "Mct/yr", "cm2", "cm2/yr", "t/yr", "days", "months", "yr", "%", "%/yr", "%/day"),
    *("/yr", "/day", "USD", "MUSD", "USD/ct", "USD/kWh", "kWh/ct", "", "furlongs", "%%", "/", "ct/ct"),
)
DATES = (
    *("0001-01-01", "0001-01-02", "1582-10-15", "1900-02-29", "1970-01-01", "2026-11-30", "2027-01-10"),
    *("2027-02-29", "2100-01-01", "9999-12-30", "9999-12-31", "10000-01-01", "0000-00-00", "2027-1-1"),
)
NAMES = (
    *(
        "",
        " ",
        "a" * 300,
        "a/b",
        "../x",
        "a.b",
        "a b",
        "é",
        "中国",
        "\u202eabc",
        "a\x00b",
        "\ud800",
        "\n",
        "null",
    ),
    *(
        "any",
        "civil",
        "none",
        "assumed",
        "source",
        "extends",
        "0",
        "-",
        "_",
        "__class__",
        "model_fields",
        "~",
    ),
    *("a -> b.c", "x" * 5000, "nan", "true", "{}", "[]", "'", '"', "%s", "{0}", "\\", "CON", "😀", "a@ct"),
)
SCALARS: tuple[Any, ...] = (
    *(None, True, False, "", "{}", [], {}, [None], {"": None}, [[]], [{}], {"a": {"b": {}}}, ["0%", "100%"]),
    *(0, 1, -1, 10**30, 1e300, 5e-324, -0.0, float("nan"), float("inf"), "none", "null", "~"),
)
DISTRIBUTIONS = (
    *("uniform({0} {1})", "tri({0} {0} {1})", "tri({0} {1} {1})", "normal({0} {1})", "lognormal({0} {1})"),
    *("exponential({1})", "mix(50% {0} | 50% {1})", "truncated(normal({0} {1}) min 0)", "pert({0} {1} {1})"),
    *(
        "beta({0} {1})",
        "gamma({0} {1})",
        "{0} + {1}",
        "{0} * {1}",
        "mix(0% {0} | 100% {1})",
        "uniform({1} {0})",
    ),
)
_NUMBER = re.compile(r"[+-]?[0-9][0-9_]*(?:\.[0-9]*)?(?:e[+-]?[0-9]+)?")
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def numeric(value: object) -> bool:
    """Tell whether a value is text that begins with a number or holds one, but is no date."""
    return isinstance(value, str) and bool(_NUMBER.search(value)) and not _DATE.fullmatch(value)


def dated(value: object) -> bool:
    return isinstance(value, str) and bool(_DATE.fullmatch(value))


def another_number(text: str, rng: Random) -> str:
    """Replace one number in a text, or all of them, and keep the units."""
    number = rng.choice(MILD if rng.random() < 0.7 else NUMBERS)
    places = list(_NUMBER.finditer(text))
    if rng.random() < 0.3:
        return _NUMBER.sub(lambda _: number, text)
    match = rng.choice(places)
    return text[: match.start()] + number + text[match.end() :]


def another_unit(text: str, rng: Random) -> str:
    match = _NUMBER.match(text)
    return f"{match[0] if match else text} {rng.choice(UNITS)}"


def distributed(text: str, rng: Random) -> str:
    """Return a distribution around the number in a text, with its unit."""
    match = _NUMBER.match(text)
    if match is None:
        return f"uniform({text} {text})"
    unit = text[match.end() :].strip()
    more = rng.choice([match[0], "0", "1", f"{match[0]}0", *NUMBERS])
    return f"{rng.choice(DISTRIBUTIONS).format(match[0], more)} {unit}".strip()


def another_date(rng: Random) -> str:
    return rng.choice(DATES) if rng.random() < 0.6 else f"20{rng.randint(26, 28)}-{rng.randint(1, 12):02}-15"


def anything(rng: Random) -> Any:
    """Return a value of any kind."""
    return rng.choice([*SCALARS, *NUMBERS, *DATES, *NAMES, f"{rng.choice(NUMBERS)} {rng.choice(UNITS)}"])
