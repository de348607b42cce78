"""The JSON Schema of a scenario file, with which editors complete keys and mark mistakes.

Made from the classes that read the file, so the two cannot differ. Owns what the classes do not state: any
map may carry the source of its numbers, a file may give part of what another one completes, and null deletes.
"""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from diamondsim.scenario.keys import models_below
from diamondsim.scenario.legal import OUTDATED
from diamondsim.scenario.merge import ANYWHERE
from diamondsim.scenario.patterns import SHARED_DEFINITION
from diamondsim.scenario.scenario import Scenario
from diamondsim.scenario.sentences import key_sentences

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
# A text without quotes may look like a number to an editor.
_TEXT: dict[str, Any] = {"type": ["string", "number"]}
_TEXTS: dict[str, Any] = {"type": "object", "additionalProperties": _TEXT}
_NULL: dict[str, Any] = {"type": "null"}
_ORIGIN = {
    "anyOf": [_TEXT, {"type": "object", "additionalProperties": {"anyOf": [_TEXT, _NULL]}}, _NULL],
    "description": "Source of the numbers, or the reason to assume them: a text, or a text for each key",
}
_NOTES = {
    "source": {"$ref": "#/$defs/Origin", "description": "Source of the numbers, with a date"},
    "assumed": {"$ref": "#/$defs/Origin", "description": "Reason to assume the numbers"},
    "note": {"anyOf": [_TEXT, _NULL], "description": "Free text"},
}
_OUTDATED = {
    **_TEXTS,
    "description": "Written by dump: why a text such as legal_state may no longer hold",
}
_EXTENDS = {
    "anyOf": [_TEXT, {"type": "array", "items": _TEXT}],
    "description": "Name of a shipped scenario, relative path of a file, or a list of these: "
    "the later wins, unless the earlier extends it",
}
# Titles that pydantic derives from names, and keys that a file may leave to those that it extends.
_DROPPED = ("title", "default", "required")
_ALONE = ("title", "horizon", "regions", "grades", "uses", "demand", "producers")


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a scenario file.

    Returns
    -------
    dict
        It knows keys, words, dates, units and shapes. Only `diamondsim.load_scenario` checks names, sums and
        the arguments of a distribution.

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
        _describe(opened[model.__name__], model)
    top = opened.pop(Scenario.__name__)
    return {
        "$schema": _DIALECT,
        "title": "diamondsim scenario",
        "description": "A supply network of synthetic diamond and the export controls on it",
        **top,
        "properties": {"extends": _EXTENDS, **top["properties"], OUTDATED: _OUTDATED},
        "if": {"not": {"anyOf": [{"required": ["extends"]}, {"required": ["component"]}]}},
        "then": {"required": [*_ALONE]},
        "$defs": {name: everything[name] for name in everything if name != Scenario.__name__},
    }


def _opened(schema: dict[str, Any], numbers: dict[str, Any]) -> dict[str, Any]:
    """Let every map carry the common keys, omit keys that an extended file may give, and delete by null.

    Definitions of numbers are added to `numbers` and referred to.
    """
    if SHARED_DEFINITION in schema:
        name = schema[SHARED_DEFINITION]
        numbers[name] = {key: item for key, item in schema.items() if key != SHARED_DEFINITION}
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
    opened = {**schema, "properties": {**_NOTES, **known}}
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
    """Return nested alternatives as one list, each alternative once."""
    flat: list[dict[str, Any]] = []
    for option in options:
        inner = option["anyOf"] if set(option) == {"anyOf"} else [option]
        flat += [one for one in inner if one not in flat]
    return flat


def _describe(schema: dict[str, Any], model: type[BaseModel]) -> None:
    """Give each key of a map its sentence."""
    sentences = key_sentences(model)
    for key, item in schema["properties"].items():
        item.setdefault("description", sentences.get(key))
