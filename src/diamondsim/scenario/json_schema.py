"""The JSON Schema of a scenario file, with which editors complete keys and mark mistakes."""

from typing import Any

from diamondsim.scenario.legal import OUTDATED
from diamondsim.scenario.scenario import Scenario

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: dict[str, Any] = {"type": "string"}
_ORIGIN = {
    "anyOf": [_TEXT, {"type": "object", "additionalProperties": _TEXT}],
    "description": "Where the numbers come from, or why they are assumed: a text, or a text for each key",
}
_SAID = {
    "source": {"$ref": "#/$defs/Origin"},
    "assumed": {"$ref": "#/$defs/Origin"},
    "note": {**_TEXT, "description": "Free text"},
}
_OUTDATED = {
    "type": "object",
    "additionalProperties": _TEXT,
    "description": "Written by dump: of a text such as legal_state, why it may no longer hold",
}
_EXTENDS = {
    "anyOf": [_TEXT, {"type": "array", "items": _TEXT}],
    "description": "Name of a shipped scenario, path relative to this file, or a list of them",
}


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a scenario file.

    Returns
    -------
    dict
        It knows keys and shapes; units, names and sums are checked by `diamondsim.load_scenario` alone.

    Examples
    --------
    >>> scenario_schema()["properties"]["extends"]["description"][:26]
    'Name of a shipped scenario'
    """
    schema = Scenario.model_json_schema(by_alias=True, mode="validation")
    _open_up(schema)
    return {
        **schema,
        "$schema": _DIALECT,
        "title": "diamondsim scenario",
        "properties": {"extends": _EXTENDS, **schema["properties"], OUTDATED: _OUTDATED},
        "$defs": {**schema["$defs"], "Origin": _ORIGIN},
    }


def _open_up(schema: Any) -> None:
    """Let every map carry what any map may carry, lack what a file below may give, and delete by null."""
    if isinstance(schema, list):
        for item in schema:
            _open_up(item)
    if not isinstance(schema, dict):
        return
    for item in schema.values():
        _open_up(item)
    if schema.get("type") != "object":
        return
    schema.pop("required", None)
    for pattern, item in schema.pop("patternProperties", {}).items():
        schema |= {"propertyNames": {"pattern": pattern}, "additionalProperties": item}
    known = {key: _or_null(item) for key, item in schema.get("properties", {}).items()}
    schema["properties"] = {**_SAID, **known}
    if isinstance(schema.get("additionalProperties"), dict):
        schema["additionalProperties"] = _or_null(schema["additionalProperties"])
    if "enum" in schema.get("propertyNames", {}):
        schema["propertyNames"]["enum"] += _SAID


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}
