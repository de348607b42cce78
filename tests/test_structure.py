"""The structure of the package: short modules, and one meaning per name."""

import re

import pytest

from tests.structure import Module, defined_in, modules

MODULES = modules()
LONGEST = 350
ONE_MEANING = (
    {"scenario", "plan"},  # the same item as written and as compiled
    {"engines.batch", "engines.event"},  # the same step in each engine
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
