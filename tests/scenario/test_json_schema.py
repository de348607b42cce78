"""The JSON Schema for editors."""

import json

import pytest

from diamondsim.scenario import scenario_schema
from diamondsim.scenario.content import Content
from diamondsim.scenario.source import parse_tree
from diamondsim.scenario.tree import plain
from tests.scenario.small import TEXT

SCHEMA = scenario_schema()


def test_it_is_plain_json():
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


def test_it_knows_every_key_of_a_file():
    beside = {"extends", "source", "assumed", "note", "outdated"}
    assert set(SCHEMA["properties"]) == {*Content.model_fields, *beside}


def accepts(schema, value):
    """Tell whether a value fits, by the few words of JSON Schema that are used here."""
    if "$ref" in schema:
        return accepts(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], value)
    if "anyOf" in schema:
        return any(accepts(option, value) for option in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return value in schema.get("enum", [schema.get("const")])
    kinds = {"string": str, "object": dict, "array": list, "boolean": bool, "null": type(None)}
    wanted = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if type(value) not in [kinds.get(kind) for kind in wanted]:
        # A file's numbers are text in its tree.
        return isinstance(value, str) and {"number", "integer"} & set(wanted)
    if isinstance(value, dict):
        rest, known = schema.get("additionalProperties", True), schema.get("properties", {})
        below = [known.get(key, rest) for key in value]
        return all(
            item is True or (item is not False and accepts(item, part))
            for item, part in zip(below, value.values(), strict=True)
        )
    return True


def test_it_accepts_a_scenario_that_holds():
    assert accepts(SCHEMA, plain(parse_tree(TEXT.encode(), "small.yaml")))


@pytest.mark.parametrize(
    "old, new",
    [
        ("title: Small", "titel: Small"),
        ("unit: cm2", "unit: cm3"),
        ("{name: China}", "China"),
        ("release: 5", "relase: 5"),
        ("any: {cover", "any: {covr"),
    ],
)
def test_it_refuses_a_wrong_key_or_shape(old, new):
    assert not accepts(SCHEMA, plain(parse_tree(TEXT.replace(old, new).encode(), "small.yaml")))


def test_it_lets_an_overlay_delete():
    assert accepts(SCHEMA, {"extends": "calm", "habits": {"any": {"noise": None}}, "reserves": {"us": None}})
