"""The structure of the package: short modules, and one meaning per name."""

import re
from pathlib import Path

import pytest

from tests.structure import Module, defined_in, modules

MODULES = modules()
TESTS = Path(__file__).parent
LONGEST = 350
ONE_MEANING = (
    {"scenario", "plan"},  # the same item as written and as compiled
    {"engines.batch", "engines.event", "engines.compiled"},  # the same step in each engine
)
"""Parts that may both define a name, because it means the same in both."""

RETIRED = (
    *(
        "belief",
        "trust",
        "habit",
        "rush",
        "hoard",
        "leak",
        "leakage",
        "drag",
        "desk",
        "trough",
        "barred",
        "watched",
    ),
    *(
        "willingness",
        "wish",
        "grain",
        "detour",
        "crew",
        "teller",
        "parcel",
        "clerk",
        "chronicler",
        "duty",
        "deed",
    ),
    *("person", "told", "said", "story", "appeal", "eaten", "engage", "employ", "shelf", "recipe", "bench"),
)
"""Words that the glossary replaced by terms of the field."""
WHERE_OLD_KEYS_ARE_REFUSED = "renamed.py"


def part_of(place: str) -> str:
    """Return the part of the package that contains a module; each engine is a separate part."""
    steps = place.split(".")
    return ".".join(steps[:2]) if steps[0] == "engines" else steps[0]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.path))
def test_a_module_is_short_enough_to_read(module):
    assert module.n_lines <= LONGEST


def test_a_public_name_means_one_thing():
    repeated = {
        name: {*map(part_of, places)} for name, places in defined_in(MODULES).items() if len(places) > 1
    }
    broken = {
        name: parts for name, parts in repeated.items() if not any(parts <= same for same in ONE_MEANING)
    }
    assert broken == {}


def words_of(module: Module) -> set[str]:
    """Return the words in the identifiers of a module, in lower case."""
    names = re.findall(r"[A-Za-z_]\w*", re.sub(r'"""[\s\S]*?"""|"[^"\n]*"|#.*', "", module.text))
    return {word.lower() for name in names for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.path))
def test_no_identifier_uses_a_retired_word(module):
    if module.path.name == WHERE_OLD_KEYS_ARE_REFUSED:
        pytest.skip("it lists the old keys")
    assert words_of(module) & {*RETIRED, *(f"{word}s" for word in RETIRED)} == set()


def test_no_test_imports_from_a_module_of_other_tests():
    """What several of them use is in a module of its own: the tests of one can then be run or moved alone."""
    found = [
        f"{file.relative_to(TESTS)}: {line}"
        for file in sorted(TESTS.rglob("*.py"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if re.match(r"(from|import) tests\.([a-z_]+\.)*test_", line)
    ]
    assert found == []
