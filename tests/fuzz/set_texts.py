"""Texts of `--set`: right ones with paths and values changed, and such as a shell or a keyboard may give."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.fuzz import extremes
from tests.fuzz.structures import at, places
from tests.fuzz.worlds import RUNNABLE, donor

BASE = "reinstated-2027"
_ODD = (
    *("", "=", "==", "a", "a=", "=a", " = ", ".=1", "..=1", "a..b=1", '"=1', '""=1', '"a=1', 'a."b.c"=1'),
    *(
        "title={",
        "title=[",
        "title={a: [}",
        "title=}",
        "title=\udc80",
        "\udc80=1",
        "title=\x00",
        "a\x00=1",
        "\n=\n",
    ),
    *(
        "extends=calm",
        "component=true",
        "horizon=null",
        "regions={}",
        "uses={}",
        "=null",
        "title=null",
        "title=中",
    ),
    *("controls.cn_55=null", "*=1", "any=1", "any.any=1", "demand.US=null", "é=é", "x" * 10_000 + "=1"),
    *("title=" + "x" * 100_000, "title=[" + "[" * 10_000, "title={" + "a: {" * 5000, "a." * 5000 + "b=1"),
    *("title={a: &x 1, b: *x}", "title={a: 1, a: 2}", "title=!!python/name:os.system x", "title={<<: 1}"),
)


def set_text(number: int) -> tuple[str, str]:
    """Return the name of a scenario and a text of `--set`; the same for a number at any time."""
    rng = Random(f"set {number}")
    name = rng.choice(RUNNABLE)
    if number < len(_ODD):
        return BASE, _ODD[number]
    content = donor(rng)
    place = rng.choice([place for place in places(content) if all(isinstance(step, str) for step in place)])
    path, value = ".".join(map(_quoted, place)), _value(at(content, place), rng)
    text = f"{path}={value}"
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        i = rng.randint(0, len(text))
        odd = rng.choice(
            ["\udcff", "é", "=", ".", '"', " ", "\x00", "{", "[", "\t", "\\", "$", "x", "\u2028"]
        )
        text = rng.choice([text[:i] + odd + text[i:], text[:i] + text[i + 1 :]])
    return name, text


def _quoted(step: object) -> str:
    return f'"{step}"' if "." in str(step) else str(step)


def _value(value: Any, rng: Random) -> str:
    if isinstance(value, str) and rng.random() < 0.7:
        if extremes.dated(value):
            return extremes.another_date(rng)
        if extremes.numeric(value):
            change = rng.choice([extremes.another_number, extremes.another_unit, extremes.distributed])
            return change(value, rng)
    other = rng.choice([value, None, {}, [], extremes.anything(rng), extremes.anything(rng)])
    return "null" if other is None else str(other).replace("'", "")
