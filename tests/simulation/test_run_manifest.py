"""What makes two runs the same: numbers, structure and code, not words."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import diamondsim
from diamondsim.scenario.keys import models_below
from diamondsim.scenario.schema import Content
from diamondsim.simulation.run_manifest import code_hash, sections_of
from tests.scenario.small import small

PACKAGE = Path(diamondsim.__file__).parent
FOR_PEOPLE = {"name", "title", "description", "confidence", "volumes"}


@pytest.mark.parametrize(
    "old, new",
    [
        ("title: Small", "title: Smaller"),
        ("as_of: 2026-11-21", "as_of: 2026-11-22"),
        ('"A (assumed)"', '"B"'),
        ("name: China", "name: Middle Kingdom"),
        ('"a guess"', '"a good guess"'),
        ("grinding:\n    class", "grinding:\n    name: Mills\n    volumes: assumed\n    class"),
        ("boom: {uses", "boom: {name: A boom, confidence: low, uses"),
        ("P_short: 0.6065", "P_short: 0.5"),
    ],
)
def test_words_are_not_computed_from(old, new):
    assert sections_of(small((old, new))) == sections_of(small())


@pytest.mark.parametrize(
    "old, new, key",
    [
        ("36.525 Mct/yr", "36.526 Mct/yr", "demand"),
        ("length: 2 yr", "length: 3 yr", "horizon"),
        ("tri(45 75 120)", "uniform(45 120)", "inventory_policy"),
        ("[shells, grinding]", "[grinding, shells]", "reserves"),
        ("{licensing: 75%, suspended: 25%}", "{suspended: 25%, licensing: 75%}", "controls"),
        ("tracked_origin: CN", "tracked_origin: US", "tracked_origin"),
    ],
)
def test_numbers_and_structure_are_in_the_hash_of_their_section(old, new, key):
    one, other = sections_of(small()), sections_of(small((old, new)))
    assert {section for section in one if one[section] != other[section]} == {key}


def test_these_are_all_the_places_where_the_format_has_words():
    """A new one belongs into `TEXTS` too."""
    found = {model.__name__: FOR_PEOPLE & {*model.model_fields} for model in models_below(Content)}
    assert {name: words for name, words in found.items() if words} == {
        "Content": {"title", "description"},
        "Use": {"name", "volumes"},
        "Driver": {"name", "confidence"},
        **{name: {"name"} for name in ("Region", "Grade", "Control", "Buyer", "Registry", "PublishedTotal")},
    }


def test_published_totals_are_not_computed_from():
    total = {"region": "US", "total": "use", "grades": "mesh", "years": {"2025": "1 Mct/yr"}}
    assert sections_of(small().override({"published_totals.us": total})) == sections_of(small())


@pytest.mark.parametrize("path", ["grades.mesh", "controls.ban", "buyers.firm", "registry"])
def test_a_name_is_no_other_run(path):
    bought = {"aggregate": "US.grinding", "share": "10%"}
    shared = {"regions": ["US"], "queue_weight": "90%"}
    made = small().override({"buyers.firm": bought, "registry": shared})
    named = made.override({f"{path}.name": "Something else"})
    assert named.hash != made.hash
    assert sections_of(named) == sections_of(made)


@pytest.fixture
def copy(tmp_path) -> Path:
    """A copy of the package."""
    ignore = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(PACKAGE, tmp_path / "diamondsim", ignore=ignore))


@pytest.mark.parametrize(
    "place",
    [
        *("addition.py", "constants.py", "engines/batch/block_run.py", "ledger.py"),
        *("scenario/policies.py", "units/__init__.py"),
    ],
)
def test_a_changed_source_file_is_other_code(copy, place):
    before = code_hash(copy)
    (copy / place).write_text((copy / place).read_text() + "# changed\n")
    code_hash.cache_clear()
    assert code_hash(copy) != before


def test_what_is_printed_and_how_lines_end_is_no_other_code_hash(copy):
    before = code_hash(copy)
    (copy / "reporting" / "words.py").write_text("# changed\n")
    file = copy / "ledger.py"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    code_hash.cache_clear()
    assert code_hash(copy) == before
