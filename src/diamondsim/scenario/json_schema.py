"""The JSON Schema of a scenario file, with which editors complete keys and mark mistakes.

Made from the classes that read the file, so that the two cannot differ. Owns what the classes do not say:
that any map may carry where its numbers come from, that a file may give a part of what another one completes,
and that null deletes.
"""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from diamondsim.scenario.keys import models_below
from diamondsim.scenario.legal import OUTDATED
from diamondsim.scenario.merge import ANYWHERE
from diamondsim.scenario.patterns import SHARED
from diamondsim.scenario.scenario import Scenario
from diamondsim.scenario.sentences import key_sentences

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
# A text without quotes may look like a number to an editor.
_TEXT: dict[str, Any] = {"type": ["string", "number"]}
_TEXTS: dict[str, Any] = {"type": "object", "additionalProperties": _TEXT}
_NULL: dict[str, Any] = {"type": "null"}
_ORIGIN = {
    "anyOf": [_TEXT, {"type": "object", "additionalProperties": {"anyOf": [_TEXT, _NULL]}}, _NULL],
    "description": "Where the numbers come from, or why they are assumed: a text, or a text for each key",
}
_SAID = {
    "source": {"$ref": "#/$defs/Origin", "description": "Where the numbers come from, with a date"},
    "assumed": {"$ref": "#/$defs/Origin", "description": "Why the numbers are assumed"},
    "note": {"anyOf": [_TEXT, _NULL], "description": "Free text"},
}
_OUTDATED = {
    **_TEXTS,
    "description": "Written by dump: of a text such as legal_state, why it may no longer hold",
}
_EXTENDS = {
    "anyOf": [_TEXT, {"type": "array", "items": _TEXT}],
    "description": "Name of a shipped scenario, path relative to this file, or a list: later ones win",
}
# What pydantic makes of names, and what a file may leave to those that it extends.
_DROPPED = ("title", "default", "required")
_ALONE = ("title", "horizon", "regions", "grades", "uses", "demand", "producers")


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a scenario file.

    Returns
    -------
    dict
        It knows keys, words, dates, units and shapes; names, sums and what lies between the brackets of a
        distribution are checked by `diamondsim.load_scenario` alone.

    Examples
    --------
    >>> scenario_schema()["properties"]["extends"]["description"][:26]
    'Name of a shipped scenario'
    """
    made = Scenario.model_json_schema(by_alias=True, mode="validation")
    top = {key: made.pop(key) for key in ("type", "properties", "additionalProperties")}
    numbers: dict[str, Any] = {}
    maps = {**made["$defs"], Scenario.__name__: top}
    opened = {name: _opened(schema, numbers) for name, schema in maps.items()}
    everything = {**opened, **numbers, "Origin": _ORIGIN}
    for model in models_below(Scenario):
        _describe(opened[model.__name__], model, everything)
    top = opened.pop(Scenario.__name__)
    return {
        "$schema": _DIALECT,
        "title": "diamondsim scenario",
        "description": "What the world looks like: who makes, sells, needs and restricts synthetic diamond",
        **top,
        "properties": {"extends": _EXTENDS, **top["properties"], OUTDATED: _OUTDATED},
        "if": {"not": {"anyOf": [{"required": ["extends"]}, {"required": ["component"]}]}},
        "then": {"required": [*_ALONE]},
        "$defs": {name: everything[name] for name in everything if name != Scenario.__name__},
    }


def _opened(schema: dict[str, Any], numbers: dict[str, Any]) -> dict[str, Any]:
    """Let every map carry what any map may carry, lack what a file below may give, and delete by null.

    Numbers are put into `numbers`, and referred to.
    """
    if SHARED in schema:
        name = schema[SHARED]
        numbers[name] = {key: item for key, item in schema.items() if key != SHARED}
        return {"$ref": f"#/$defs/{name}"}
    opened = {key: item for key, item in schema.items() if key not in _DROPPED}
    for key in ("items", "additionalProperties"):
        if isinstance(opened.get(key), dict):
            opened[key] = _opened(opened[key], numbers)
    if "anyOf" in opened:
        opened["anyOf"] = _flat(_opened(option, numbers) for option in opened["anyOf"])
    if opened == {"type": "string"}:
        return {**_TEXT}
    return _opened_map(opened, numbers) if schema.get("type") == "object" else opened


def _opened_map(schema: dict[str, Any], numbers: dict[str, Any]) -> dict[str, Any]:
    known = {key: _or_null(_opened(item, numbers)) for key, item in schema.get("properties", {}).items()}
    opened = {**schema, "properties": {**_SAID, **known}}
    for pattern, item in opened.pop("patternProperties", {}).items():
        opened |= {"propertyNames": {"pattern": pattern}, "additionalProperties": _opened(item, numbers)}
    if "propertyNames" in opened:
        opened["propertyNames"] = {"anyOf": [opened["propertyNames"], {"enum": [*ANYWHERE]}]}
    if isinstance(opened.get("additionalProperties"), dict):
        opened["additionalProperties"] = _or_null(opened["additionalProperties"])
    return opened


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": _flat([schema, _NULL])}


def _flat(options: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return alternatives without alternatives among them, each once."""
    flat: list[dict[str, Any]] = []
    for option in options:
        inner = option["anyOf"] if set(option) == {"anyOf"} else [option]
        flat += [one for one in inner if one not in flat]
    return flat


def _describe(schema: dict[str, Any], model: type[BaseModel], everything: dict[str, Any]) -> None:
    """Say of each key of a map what it means; where nobody has written that, what its value is."""
    sentences = key_sentences(model)
    for key, item in schema["properties"].items():
        if "description" not in item:
            item["description"] = (
                sentences.get(key) or _what_it_is(item, everything) or f"Part of: {model.__doc__}"
            )


def _what_it_is(schema: dict[str, Any], everything: dict[str, Any]) -> str:
    """Return the first description in a schema and what it refers to."""
    if "description" in schema:
        return str(schema["description"])
    if "$ref" in schema:
        return _what_it_is(everything[schema["$ref"].rpartition("/")[2]], everything)
    parts = [*schema.get("anyOf", ()), schema.get("additionalProperties"), schema.get("items")]
    found = (_what_it_is(part, everything) for part in parts if isinstance(part, dict))
    return next((text for text in found if text), "")
