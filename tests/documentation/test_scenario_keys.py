"""The reference of scenario keys has every key of the format, and the defaults that the classes have."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from pydantic.fields import FieldInfo

from diamondsim.distributions import Constant
from diamondsim.errors import NotationError
from diamondsim.scenario import scenario_schema
from diamondsim.scenario.keys import models_below
from diamondsim.scenario.readers import Number
from diamondsim.scenario.scenario import Scenario
from docs.extensions.scenario_keys import keys_of, places_of, reference_text

REFERENCE = reference_text()
ROW = re.compile(r"^\| `([^`]+)` \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)


def section(title: str) -> str:
    """Return the part of the reference below a heading."""
    _, _, after = REFERENCE.partition(f"# {title}\n")
    assert after, f"no section {title}"
    return re.split(r"^#+ |^\(keys-", after, flags=re.MULTILINE)[0]


def keys_of_schema(schema: Any) -> set[str]:
    return {key for key in schema.get("properties", {}) if key not in ("source", "assumed", "note")}


def test_each_map_of_the_schema_has_a_section_with_all_its_keys():
    schema = scenario_schema()
    titles = {model.__name__: paths[0] for model, paths in places_of(Scenario).items()}
    maps = {name: keys_of_schema(item) for name, item in schema["$defs"].items() if "properties" in item}
    assert maps.keys() == titles.keys()
    shown = {name: {row[0] for row in ROW.findall(section(titles[name]))} for name in maps}
    assert shown == maps
    assert {row[0] for row in ROW.findall(section("Top level"))} == keys_of_schema(schema)
    assert {row[0] for row in ROW.findall(section("In every map"))} == {"source", "assumed", "note"}


def test_each_link_leads_to_a_section():
    assert {*re.findall(r"\]\(#([^)]+)\)", REFERENCE)} == {
        *re.findall(r"^\((.+)\)=$", REFERENCE, re.MULTILINE)
    }


def test_each_path_of_a_map_is_named():
    paths = [path for paths in places_of(Scenario).values() for path in paths]
    assert len(paths) == len({*paths})
    assert "facilities.ID.feed.NAME" in paths
    assert [path for path in paths if f"`{path}`" not in REFERENCE and f"# {path}\n" not in REFERENCE] == []


def test_a_default_in_words_is_that_of_the_class():
    """Where it is a number: "that of the inventory policy" is not."""
    compared, wrong = 0, []
    for model in models_below(Scenario):
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        for key in keys_of(model):
            field = fields[key.name]
            numbers = [item for item in metadata_of(field) if isinstance(item, Number)]
            if numbers and isinstance(field.default, Constant | float):
                with suppress(NotationError):
                    stated = numbers[0].read(re.split("[,:]", key.default)[0])
                    compared += 1
                    if stated != field.default:
                        wrong.append((model.__name__, key, field.default))
    assert wrong == []
    assert compared > 40


def metadata_of(field: FieldInfo) -> tuple[Any, ...]:
    return (*field.metadata, *getattr(field.annotation, "__metadata__", ()))


def test_values_are_told_in_words():
    rows = {row[0]: row for row in ROW.findall(section("producers.ID.feed.NAME"))}
    assert rows["max_order"][1:3] == ("a plain number or a distribution, such as `1.5`, or `none`", "1.5")
    assert rows["grade"][1:3] == ("text", "required")
    rows = {row[0]: row for row in ROW.findall(section("controls.ID.covers"))}
    assert rows["from"][1:3] == ("a name, or a list of names", "required")
    assert rows["to"][1:3] == ("a name, or a list of names", "any")
    rows = {row[0]: row for row in ROW.findall(section("prices.surcharges.ID"))}
    assert rows["rate"][1].startswith(
        "by DATE: a fraction or a distribution, such as `30%`, from -100% to 1000%"
    )
