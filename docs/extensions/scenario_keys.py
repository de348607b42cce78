"""The reference of scenario keys, made from the classes that read a scenario file.

A page that holds `MARK` gets, in its place, a section for each map of a scenario with a table of its keys.
"""

from __future__ import annotations

import datetime as dt
import math
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, StringConstraints

from diamondsim.distributions import Distribution
from diamondsim.scenario import scenario_schema
from diamondsim.scenario.fields import Date, Id
from diamondsim.scenario.keys import ShortFor, WrittenAs
from diamondsim.scenario.merge import ANYWHERE
from diamondsim.scenario.readers import Number, Reader
from diamondsim.scenario.scenario import Scenario
from diamondsim.scenario.sentences import key_sentences
from diamondsim.units import UNITS, Kind, number_text

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo
    from sphinx.application import Sphinx

MARK = "<!-- scenario keys -->"


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a map, as the reference shows it.

    Attributes
    ----------
    name
    value
        What may be written, in Markdown.
    default
        What holds where it is left out; "required" if it may not be.
    meaning
    """

    name: str
    value: str
    default: str
    meaning: str


def keys_of(model: type[BaseModel]) -> list[Key]:
    """Return the keys of the map that a class reads, in the order in which they are declared.

    Examples
    --------
    >>> from diamondsim.scenario.schema import Horizon
    >>> keys_of(Horizon)[3]
    Key(name='tick', value='a duration, such as `45 days`', default='7 days', meaning='Time step')
    """
    sentences = key_sentences(model)
    found = []
    for name, field in model.model_fields.items():
        key = field.alias or name
        meaning, _, stated = sentences[key].partition("; default")
        found.append(
            Key(key, value_text(_annotation(field)), stated.lstrip(" :") or _default(field), meaning)
        )
    return found


def value_text(annotation: Any) -> str:
    """Return in words what may be written for a value.

    Examples
    --------
    >>> from diamondsim.scenario.fields import Fraction, Names
    >>> value_text(Fraction | None)
    'a fraction or a distribution, such as `30%`, from 0 to 100%'
    >>> value_text(Names), value_text(Literal["ct", "cm2"])
    ('a name, or a list of names', '`ct` or `cm2`')
    """
    origin = get_origin(annotation)
    if origin is Annotated:
        return _annotated(*get_args(annotation))
    if origin in (Union, types.UnionType):
        return _either(value_text(part) for part in get_args(annotation) if part is not type(None))
    if origin is Literal:
        return _either(f"`{word}`" for word in get_args(annotation))
    if origin is tuple:
        return f"a list of: {value_text(get_args(annotation)[0])}"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        key, value = get_args(annotation)
        return f"by {_placeholder(key)}: {value_text(value)}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"[keys](#{_anchor(annotation)})"
    words = {str: "text", bool: "`true` or `false`", int: "a whole number", dt.date: "a date"}
    return words[annotation]


def _annotated(inner: Any, *metadata: Any) -> str:
    """Return in words what an annotated type takes: the first annotation that reads it decides."""
    for item in metadata:
        text = ""
        match item:
            case StringConstraints():
                text = "an id"
            case Number():
                text = _number(item)
            case Reader():
                text = item.description
            case ShortFor():
                text = value_text(item.offers)
            case WrittenAs():
                text = f"one outcome, or [keys](#{_anchor(item.model)})"
            case BeforeValidator() if item.json_schema_input_type == tuple[str, ...] | str:
                text = "a name, or a list of names"
            case BeforeValidator() if get_args(item.json_schema_input_type):
                text = _either([value_text(inner), value_text(get_args(inner)[0])])
        if text:
            return text
    return value_text(inner)


def _number(number: Number) -> str:
    text = number.kind.noun + ("" if number.plain else " or a distribution")
    text += f", such as `{number.kind.example('ct')}`"
    text += _limits(number)
    return text + (", or `none`" if number.unlimited else "")


def _limits(number: Number) -> str:
    """Return the limits of a number in words; none where it only must not be negative."""
    if number.low == 0 and math.isinf(number.high):
        return ""
    low, high = (_limit(number.kind, limit) for limit in (number.low, number.high))
    return f", {low} or more" if math.isinf(number.high) else f", from {low} to {high}"


def _limit(kind: Kind, limit: float) -> str:
    per = {Kind.RATE: "/day", Kind.YEARLY_RATE: "/yr"}.get(kind, "")
    if kind is Kind.NUMBER or not limit:
        return number_text(limit)
    return f"{100 * limit:g}%{per}"


def _either(choices: Iterable[str]) -> str:
    *others, last = dict.fromkeys(choices)
    return f"{', '.join(others)} or {last}" if others else last


def _placeholder(key: Any) -> str:
    """Return what stands for the keys of a map of this kind."""
    if key == Id:
        return "ID"
    if key == Date:
        return "DATE"
    text = value_text(key)
    if get_origin(key) is Literal:
        return "STATE"
    return "DATE" if text.startswith("a date") else "NAME"


def _annotation(field: FieldInfo) -> Any:
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation


def _default(field: FieldInfo) -> str:
    """Return the default of a key whose sentence states none."""
    if field.is_required():
        return "required"
    if isinstance(field.default, Distribution | float | int) and not isinstance(field.default, bool):
        value = field.default
        return number_text(value) if isinstance(value, float | int) else value.text()
    if isinstance(field.default, str):
        return f"`{field.default}`"
    made = field.default_factory() if field.default_factory else None  # type: ignore[call-arg]
    return "the defaults of its keys" if isinstance(made, BaseModel) else "none"


def places_of(model: type[BaseModel]) -> dict[type[BaseModel], list[str]]:
    """Return the paths of every map below a class that has keys of its own, in the order of the file.

    Examples
    --------
    >>> from diamondsim.scenario.schema import Metrics
    >>> places_of(Scenario)[Metrics]
    ['metrics']
    """
    found: dict[type[BaseModel], list[str]] = {}
    for name, field in model.model_fields.items():
        for path, below in _models(_annotation(field), field.alias or name):
            found.setdefault(below, []).append(path)
            if len(found[below]) == 1:
                for deeper, paths in places_of(below).items():
                    found.setdefault(deeper, []).extend(f"{path}.{one}" for one in paths)
    return found


def _models(annotation: Any, path: str) -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield the classes that read a value, each with its path: keys of maps on the way are placeholders."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *metadata = get_args(annotation)
        for item in metadata:
            if isinstance(item, WrittenAs):
                yield path, item.model
        yield from _models(inner, path)
    elif origin in (Union, types.UnionType):
        for part in get_args(annotation):
            yield from _models(part, path)
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        key, value = get_args(annotation)
        yield from _models(value, f"{path}.{_placeholder(key)}")
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield path, annotation


def reference_text() -> str:
    """Return the reference in Markdown: a section for each top-level key, and one for each map below it."""
    lines = ["## Top level", "", *_table([*_common_to_files(), *keys_of(Scenario)])]
    lines += ["", "## In every map", "", *_table(_common_to_maps())]
    for model, (path, *others) in places_of(Scenario).items():
        sentence = (model.__doc__ or "").partition("\n")[0]
        lines += ["", f"({_anchor(model)})=", "", f"{_level(path)} {path}", "", sentence, ""]
        if others:
            lines += ["Also at " + ", ".join(f"`{other}`" for other in others) + ".", ""]
        lines += _table(keys_of(model))
    return "\n".join([*lines, "", "## Kinds of numbers", "", *_kinds()])


def _level(path: str) -> str:
    """Return the signs of a heading: entities of a top-level key are sections, maps in them subsections."""
    inner = [step for step in path.split(".")[1:] if not step.isupper()]
    return "###" if inner else "##"


def _common_to_files() -> list[Key]:
    texts = scenario_schema()["properties"]
    return [
        Key("extends", "text, or a list of texts", "none", texts["extends"]["description"]),
        Key("outdated", "by NAME: text", "none", texts["outdated"]["description"]),
    ]


def _common_to_maps() -> list[Key]:
    texts = scenario_schema()["properties"]
    values = {"note": "text"}
    return [
        Key(key, values.get(key, "text, or by NAME: text"), "none", texts[key]["description"])
        for key in ANYWHERE
    ]


def _table(keys: Iterable[Key]) -> list[str]:
    rows = ["| key | value | default | meaning |", "|---|---|---|---|"]
    for key in keys:
        cells = (f"`{key.name}`", key.value, key.default, key.meaning)
        rows.append("| " + " | ".join(cell.replace("|", "\\|").replace("->", "→") for cell in cells) + " |")
    return rows


def _kinds() -> list[str]:
    """Return a table of the kinds of numbers, with the units in which each may be written."""
    rows = ["| kind | example | units |", "|---|---|---|"]
    for kind in Kind:
        bases = dict.fromkeys(base for goods in ("ct", "cm2") for base, _ in kind.dimension(goods))
        units = [", ".join(f"`{unit}`" for unit, (of, _) in UNITS.items() if of == base) for base in bases]
        rows.append(f"| {kind.noun} | `{kind.example('ct')}` | {'; '.join(units) or '`%`, or none'} |")
    return rows


def _anchor(model: type[BaseModel]) -> str:
    return f"keys-{model.__name__.lower()}"


def _insert(_app: Sphinx, _page: str, source: list[str]) -> None:
    if MARK in source[0]:
        source[0] = source[0].replace(MARK, reference_text())


def setup(app: Sphinx) -> dict[str, bool]:
    """Fill the page in as it is read."""
    app.connect("source-read", _insert)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
