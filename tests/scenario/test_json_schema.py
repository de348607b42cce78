"""The JSON Schema for editors: it accepts what is right, underlines what is wrong, and knows every key."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import YAMLError

from diamondsim.scenario import scenario_schema
from diamondsim.scenario.keys import models_below
from diamondsim.scenario.patterns import number_pattern
from diamondsim.scenario.schema import Content
from diamondsim.scenario.sentences import key_sentences
from diamondsim.units import UNITS, Kind
from tests.invented.strategies import invent, outlines
from tests.scenario.small import TEXT, changed

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "scenario-format.md").read_text(encoding="utf-8")
WRONG = ROOT / "tests" / "cases" / "invalid"
SCHEMA = scenario_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
RIGHT = [*(ROOT / "scenarios").glob("*.yaml"), *(ROOT / "tests" / "theory").glob("*.yaml")]
FREE = {"source", "assumed", "note"}


class Dateless(SafeConstructor):
    """Reads dates as texts, as editors do."""


Dateless.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def as_an_editor_sees_it(text: str | bytes) -> Any:
    """Return what an editor's YAML reader makes of a text: numbers are numbers, dates are texts."""
    reader = YAML(typ="safe", pure=True)
    reader.Constructor = Dateless
    return with_text_keys(reader.load(text))


def with_text_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): with_text_keys(item) for key, item in value.items()}
    return [with_text_keys(item) for item in value] if isinstance(value, list) else value


def mistakes(text: str | bytes) -> list[str]:
    found = VALIDATOR.iter_errors(as_an_editor_sees_it(text))
    return [f"{error.json_path}: {error.message}"[:300] for error in found]


def test_it_is_a_schema_and_plain_json():
    Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


@pytest.mark.parametrize("file", RIGHT, ids=lambda file: file.stem)
def test_it_accepts_every_scenario_that_is_right(file):
    assert mistakes(file.read_bytes()) == []


def test_it_accepts_the_small_scenario_that_has_a_bit_of_everything():
    assert mistakes(TEXT) == []


@given(outlines())
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_it_accepts_what_is_invented_with_every_mechanism(outline):
    text = io.StringIO()
    YAML(typ="safe", pure=True).dump(invent(outline), text)
    assert mistakes(text.getvalue()) == []


def test_it_lets_an_overlay_delete_and_leave_out_what_is_required():
    text = "{extends: calm, inventory_policy: {any: {noise: null}}, reserves: {us: null, jp: {goal: 5 Mct}}}"
    assert mistakes(text) == []


def test_a_file_that_extends_nothing_must_say_all():
    assert any("'producers' is a required property" in said for said in mistakes("title: Alone"))
    assert mistakes("component: true") == []


@pytest.mark.parametrize(
    "old, new",
    [
        ("title: Small", "titel: Small"),
        ("unit: cm2", "unit: cm3"),
        ("{name: China}", "China"),
        ("release: 5", "relase: 5"),
        ("any: {cover", "any: {covr"),
        ("cover: 60 days", "cover: 60"),
        ("cover: 60 days", "cover: 60 ct"),
        ("cover: 60 days", "cover: -60 days"),
        ("cover: 60 days", "cover: triangular(1 2 3) days"),
        ("queue_weight: 50%", "queue_weight: 50"),
        ("queue_weight: 50%", "queue_weight: half"),
        ("length: 2 yr", "length: tri(1 2 3) yr"),
        ("2027-03-03: licensing", "03/03/2027: licensing"),
        ("2027-03-03: licensing", "2027-03-03: licencing"),
        ("start: 2026-11-23", "start: 2026-13-23"),
        ("cn -> US.shells", "cn to US.shells"),
        ("opens: 2027-01-01", "opens: later"),
        ("release: 5 Mct/month", "release: 5 Mct"),
        ("{CN: {name: China}, US: {}}", "[CN, US]"),
    ],
)
def test_it_refuses_a_wrong_key_word_unit_or_shape(old, new):
    assert mistakes(changed((old, new)))


def test_most_wrong_files_of_the_corpus_are_underlined():
    refused: list[str] = []
    passed: list[str] = []
    for file in sorted(WRONG.glob("*.yaml")):
        try:
            (refused if mistakes(file.read_bytes()) else passed).append(file.stem)
        except YAMLError:
            continue
    of_shape = [name for name in refused if name.startswith(("key-", "unit-", "number-", "distribution-"))]
    assert len(of_shape) >= 30
    assert len(refused) >= 60
    misspelt = [name for name in passed if name.startswith(("key-misspelt", "unit-unknown", "unit-missing"))]
    assert misspelt == []


# Numbers


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("goods", ["ct", "cm2"])
def test_the_pattern_of_a_number_takes_each_kind_and_its_distributions(kind, goods):
    pattern = re.compile(number_pattern(kind))
    example = kind.example(goods)
    number = re.split("[^0-9.]", example)[0]
    unit = example.removeprefix(number).strip()
    for text in (
        example,
        f" {number}{unit} ",
        f"{number}e2 {unit}",
        f"tri({number} 50 60) {unit}",
        f"0.9 * tri({number} 50 60 {unit}) * beta(4 2)",
        f"mix(50% 0 | 50% uniform({number} 60)) {unit}",
        "0",
    ):
        assert pattern.search(text), text
    for text in ("", "some", f"{number} {unit} {unit}x", f"~{example}", f"{example}, {example}", "tri 1 2"):
        assert not pattern.search(text), text


def test_the_pattern_of_a_duration_knows_every_unit_of_time_and_no_other():
    pattern = re.compile(number_pattern(Kind.DURATION, plain=True))
    taken = {name for name in UNITS if pattern.search(f"3 {name}")}
    assert taken == {name for name, (base, _) in UNITS.items() if base == "day"}


def test_a_plain_number_is_no_distribution_and_none_stands_only_for_no_limit():
    assert not re.search(number_pattern(Kind.NUMBER, plain=True), "tri(1 2 3)")
    assert not re.search(number_pattern(Kind.NUMBER), "none")
    assert re.search(number_pattern(Kind.NUMBER, unlimited=True), "none")


# Keys


def maps(schema: Any) -> list[dict[str, Any]]:
    """Return all schemas of maps with known keys inside a schema."""
    inside = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    here = [schema] if isinstance(schema, dict) and schema.get("type") == "object" else []
    return here + [found for part in inside for found in maps(part)]


def test_it_knows_every_key_of_a_file():
    assert set(SCHEMA["properties"]) == {*Content.model_fields, "extends", "outdated", *FREE}


def test_every_key_has_a_description():
    silent = [
        key
        for schema in maps(SCHEMA)
        for key, item in schema.get("properties", {}).items()
        if not item.get("description")
    ]
    assert silent == []


@pytest.mark.parametrize("model", models_below(Content), ids=lambda model: model.__name__)
def test_every_key_has_a_sentence_of_its_own(model):
    assert {field.alias or name for name, field in model.model_fields.items()} == set(key_sentences(model))


# The page on the format


def sections() -> dict[str, str]:
    """Return the part of the page for each key at the top; under an empty one, that for all others."""
    _, *parts = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    by_key = {}
    for part in parts:
        for word in re.findall(r"\w+", part.partition("\n")[0]):
            by_key[word] = part
    return {**by_key, "": next(part for part in parts if part.startswith("Top level"))}


def reached(schema: Any) -> set[str]:
    """Return the names of all definitions to which a schema leads."""
    names, waiting = set(), re.findall(r'"#/\$defs/(\w+)"', json.dumps(schema))
    while waiting:
        name = waiting.pop()
        if name not in names:
            names.add(name)
            waiting += re.findall(r'"#/\$defs/(\w+)"', json.dumps(SCHEMA["$defs"][name]))
    return names


def test_every_key_of_the_schema_is_documented_where_it_belongs():
    pages = sections()
    homes: dict[str, set[str]] = {}
    for top, item in SCHEMA["properties"].items():
        for name in reached(item):
            homes.setdefault(name, set()).add(pages.get(top, pages[""]))
    missing = []
    for name, texts in homes.items():
        for key in set(SCHEMA["$defs"][name].get("properties", ())) - FREE:
            if not any(re.search(rf"`{key}`|\b{key}:|`{key}[:.]", text) for text in texts):
                missing.append(f"{name}.{key}")
    assert sorted(missing) == []
    told = [key for key in SCHEMA["properties"] if f"`{key}`" not in pages[""]]
    assert set(told) <= {*FREE, "outdated"}
    assert all(f"`{key}:" in PAGE for key in FREE)


@pytest.mark.parametrize(
    "block",
    re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL),
    ids=lambda block: block.partition(":")[0],
)
def test_every_example_of_the_page_is_accepted(block):
    alone = "" if "extends:" in block else "extends: baseline-2026\n"
    assert mistakes(alone + block) == []


def test_every_option_that_the_page_lists_is_in_the_schema():
    known = {key for schema in maps(SCHEMA) for key in schema.get("properties", ())}
    rows = re.findall(r"^\| (`[^|]*`) \|", PAGE, flags=re.MULTILINE)
    listed = re.findall(r"`(\w+)`", " ".join(rows))
    for sentence in re.findall(r"^Keys of a .*?(?=\n\n|\Z)", PAGE, flags=re.MULTILINE | re.DOTALL):
        listed += re.findall(r"`(\w+)` \(", sentence)
    assert len(listed) > 40
    assert set(listed) - known == set()
