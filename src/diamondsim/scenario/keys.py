"""Which keys the format knows at a place; ids are chosen by the file."""

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from diamondsim.scenario.fields import ONCE, Drawn, Id
from diamondsim.scenario.tree import Path


@dataclass(frozen=True, slots=True)
class WrittenAs:
    """States that an annotated type is written in a file as a map with the keys of `model`."""

    model: type[BaseModel]


@dataclass(frozen=True, slots=True)
class ShortFor:
    """States that a value which is not a map may be written for a map with this one `key`.

    `offers` is all that may be written, for the JSON Schema.
    """

    key: str
    offers: Any

    def read(self, value: object) -> object:
        """Return a value as the map for which it is short."""
        return value if isinstance(value, dict) else {self.key: value}

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(
            self.read, handler(source), json_schema_input_schema=handler.generate_schema(self.offers)
        )


def key_for_short(model: type[BaseModel], path: Path) -> str | None:
    """Return the key of which a single value at a path below a model is the value; None if it must be a map.

    Examples
    --------
    >>> from diamondsim.scenario.schema import Content
    >>> key_for_short(Content, ("demand", "US", "polishing")), key_for_short(Content, ("demand", "US"))
    ('flow', None)
    """
    return next((item.key for item in metadata_at(model, path) if isinstance(item, ShortFor)), None)


def metadata_at(model: type[BaseModel], path: Path) -> Iterator[Any]:
    """Yield what the values at a path below a model are annotated with."""
    places: list[Any] = [model]
    for step in path[:-1]:
        places = [below for place in places for below in _below(place, step)]
    for place in places:
        yield from _metadata(_annotation(place, path[-1]))


def _metadata(annotation: Any) -> Iterator[Any]:
    """Yield what an annotation, and what it offers, is annotated with."""
    if get_origin(annotation) is Annotated:
        inner, *metadata = get_args(annotation)
        yield from metadata
        yield from _metadata(inner)
    elif get_origin(annotation) in (Union, UnionType):
        for part in get_args(annotation):
            yield from _metadata(part)


def keys_at(model: type[BaseModel], path: Path) -> list[str]:
    """Return the keys of the map at a path below a model; none if it is a map of ids.

    Examples
    --------
    >>> from diamondsim.scenario.schema import Content
    >>> keys_at(Content, ("horizon",)), keys_at(Content, ("inventory_policy",))
    (['start', 'length', 'end', 'tick'], [])
    """
    places: list[Any] = [model]
    for step in path:
        places = [below for place in places for below in _below(place, step)]
    return [key for place in places if _is_model(place) for key in _fields(place)]


def defines_ids(model: type[BaseModel], path: Path) -> bool:
    """Whether the keys of the map at a path below a model are ids that a file makes up.

    Examples
    --------
    >>> from diamondsim.scenario.schema import Content
    >>> defines_ids(Content, ("producers",)), defines_ids(Content, ("demand",))
    (True, False)
    """
    places: list[Any] = [model]
    for step in path:
        places = [below for place in places for below in _below(place, step)]
    return any(get_args(place)[0] is Id for place in places if get_args(place))


def models_below(model: type[BaseModel]) -> list[type[BaseModel]]:
    """Return a model and all models that its fields hold, each once, in order of appearance."""
    found: dict[type[BaseModel], None] = {model: None}
    waiting: list[Any] = [*_fields(model).values()]
    while waiting:
        for place in offered_types(waiting.pop(0)):
            if not _is_model(place):
                waiting += [part for part in get_args(place) if not isinstance(part, str)]
            elif place not in found:
                found[place] = None
                waiting += _fields(place).values()
    return [*found]


def holders_along(
    model: type[BaseModel], steps: Sequence[str]
) -> Iterator[tuple[str, list[type[BaseModel]]]]:
    """Yield each step of a path below a model, with the models at that place that know it as a key.

    A step that no model knows is an id or part of a selector such as `US.any`.
    """
    places: list[Any] = [model]
    for step in steps:
        yield step, [place for place in places if _is_model(place) and step in _fields(place)]
        # The rest of a selector leads no further than its first part did.
        places = [below for place in places for below in _below(place, step)] or places


def drawn_along(model: type[BaseModel], path: Path) -> list[Drawn]:
    """Return how the number at a path below a model is drawn: what each key on the way declares.

    Ids, and keys that declare nothing, count as `ONCE`.
    """
    declared = []
    places: list[Any] = [model]
    for step in path:
        fields = [_field(place, str(step)) for place in places if _is_model(place)]
        stated = [item for field in fields if field for item in field.metadata if isinstance(item, Drawn)]
        declared.append(stated[0] if stated else ONCE)
        places = [below for place in places for below in _below(place, step)]
    return declared


def _field(model: type[BaseModel], key: str) -> FieldInfo | None:
    return next((f for name, f in model.model_fields.items() if (f.alias or name) == key), None)


@functools.cache  # as for `_fields`: every number of a scenario is looked up, several times in a run
def _below(place: Any, step: str | int) -> tuple[Any, ...]:
    found = _annotation(place, step)
    return () if found is None else tuple(offered_types(found))


def _annotation(place: Any, step: str | int) -> Any:
    """Return the annotation of what is below a place; None if nothing can be."""
    if _is_model(place):
        return _fields(place).get(str(step))
    origin = get_origin(place)
    return get_args(place)[-1] if isinstance(origin, type) and issubclass(origin, Mapping) else None


def offered_types(annotation: Any) -> list[Any]:
    """Return all types that an annotation offers."""
    if get_origin(annotation) is Annotated:
        inner, *metadata = get_args(annotation)
        written_as = (item.model for item in metadata if isinstance(item, WrittenAs))
        return [*written_as, *offered_types(inner)]
    if get_origin(annotation) in (Union, UnionType):
        return [choice for part in get_args(annotation) for choice in offered_types(part)]
    return [annotation]


def _is_model(place: Any) -> bool:
    return isinstance(place, type) and issubclass(place, BaseModel)


@functools.cache  # to make annotations anew took a seventh of the time of a small run
def _fields(model: type[BaseModel]) -> Mapping[str, Any]:
    # pydantic takes the metadata out of the annotation of a field: `WrittenAs` would be lost.
    return {
        field.alias or name: Annotated[field.annotation, *field.metadata]
        if field.metadata
        else field.annotation
        for name, field in model.model_fields.items()
    }
