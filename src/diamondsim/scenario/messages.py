"""Translate the errors of pydantic into problems for the user.

Owns finding the place, the allowed keys and the nearest word of each error.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from diamondsim.errors import ALIKE, NotationError, Problem, found_text, joined, nearest, shown
from diamondsim.scenario.keys import keys_at
from diamondsim.scenario.merge import ANYWHERE
from diamondsim.scenario.renamed import new_key, problem_of_name, renamed_at
from diamondsim.scenario.schema import Content
from diamondsim.scenario.tree import (
    Leaf,
    Mark,
    Path,
    Table,
    key_mark,
    known_part,
    node_at,
    problem_at,
    value_mark,
)

KEY = "[key]"
"""Last step of the place of an error that is in a key."""

CLEAR_MATCH = 0.75
"""Similarity from which a word is suggested if the allowed words are few enough to list."""

_OLD_KEY_MATCH = 0.8
"""Similarity from which a word counts as a misspelt old key; high, because many old keys are short."""

_LISTED = 20
_MAP = "a map"
_OF_AN_ENTITY = len(("buyers", "id", "key"))
_LONGEST_ID = 60
"""Above this an id is no slip of the keyboard: no other one is suggested."""
_ELSEWHERE: dict[str, dict[str, str]] = {
    "buyers": {
        "grades": "a buyer takes the grades of its aggregate: declare them as demand.{region}.{use}.grades, "
        "or as uses.{use}.grades",
        "demand": "the demand of a buyer is its 'share' of that of its aggregate",
        "regions": "'aggregate' names the region of a buyer, as REGION.USE",
        "uses": "'aggregate' names the use of a buyer, as REGION.USE",
        "trade": "'suppliers' names the sellers of a buyer, each with its share",
        "producers": "'suppliers' names the sellers of a buyer, each with its share",
        "facilities": "the 'contract_shares' of a facility name its buyers",
    },
    "producers": {"grades": "the keys of 'capacity' are the grades that a producer makes"},
    "facilities": {
        "grades": "the keys of 'product_mix' are the grades that a facility makes",
        "trade": "the 'contract_shares' of a facility name its buyers",
    },
    "controls": {
        "grades": "'covers' has the grades of a control",
        "regions": "'covers' has the regions of a control",
        "producers": "'covers' says from where the goods of a control come",
    },
}
"""What says it instead where a key of the top level stands in an entity, by section and key."""
_EXPECTED = {
    "model_type": _MAP,
    "dict_type": _MAP,
    "mapping_type": _MAP,
    "tuple_type": "a list",
    "string_type": "text",
    "bool_type": "true or false",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "string_pattern_mismatch": "an id (letters, digits, _ and -)",
}


def problems_of(error: ValidationError, model: type[BaseModel], tree: Table) -> list[Problem]:
    """Return the problems of a validation error, each with its place in the tree.

    Parameters
    ----------
    error
        Raised by validating ``plain(tree)``.
    model
        The model used for validation.
    tree
        The tree.
    """
    errors = error.errors(include_url=False)
    problems = [_problem(details, model, tree) for details in errors]
    # A misspelt required key is not reported as missing as well.
    meant = {
        (details["loc"][:-1], problem.suggestion)
        for details, problem in zip(errors, problems, strict=True)
        if details["type"] == "extra_forbidden"
    }
    missing: dict[Path, list[str]] = {}
    for details in errors:
        *place, key = details["loc"]
        if details["type"] == "missing" and (tuple(place), key) not in meant:
            missing.setdefault(tuple(place), []).append(str(key))
    found: list[Problem] = []
    for details, problem in zip(errors, problems, strict=True):
        if details["type"] != "missing":
            found.append(problem)
        elif keys := missing.pop(details["loc"][:-1], None):
            found.append(replace(problem, why=missing_keys(keys), missing=tuple(keys)))
    return found


def missing_keys(keys: Sequence[str]) -> str:
    """Return the sentence that a map lacks keys.

    Examples
    --------
    >>> missing_keys(["region"]), missing_keys(["region", "grade"])
    ("the key 'region' is missing", "the keys 'region' and 'grade' are missing")
    """
    noun, verb = ("key", "is") if len(keys) == 1 else ("keys", "are")
    return f"the {noun} {joined([*map(shown, keys)])} {verb} missing"


def _problem(details: ErrorDetails, model: type[BaseModel], tree: Table) -> Problem:
    kind = details["type"]
    loc = tuple(step for step in details["loc"] if step != KEY)
    path = known_part(tree, loc)
    cause = details.get("ctx", {}).get("error")
    if kind == "extra_forbidden":
        return _unknown_key(loc, model, tree)
    if kind == "missing":
        return problem_at(key_mark(tree, path), path, missing_keys([str(loc[-1])]))
    mark = key_mark(tree, path) if details["loc"][-1] == KEY else value_mark(tree, path)
    if isinstance(cause, NotationError):
        detail = {"found": cause.found, "allowed": cause.allowed, "suggestion": cause.suggestion}
        return problem_at(mark, path, cause.why, **detail)
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", str(details.get("ctx", {}).get("expected", "")))
        # Few words are all listed, unless one is clearly meant.
        found = str(details["input"])
        return unknown_word(mark, path, "word", found, words, cutoff=CLEAR_MATCH)
    # Any other kind is a defect of this package, not of the input.
    assert kind in _EXPECTED, f"no message for {details}"
    return _wrong_shape(mark, path, kind, details["input"])


def _wrong_shape(mark: Mark, path: Path, kind: str, value: object) -> Problem:
    expected = _EXPECTED[kind]
    why = f"expected {expected}, found {found_text(value)}"
    if kind == "string_pattern_mismatch":
        similar = re.sub("[^A-Za-z0-9_-]+", "_", str(value)).strip("_")
        return problem_at(mark, path, why, suggestion=similar if len(similar) <= _LONGEST_ID else None)
    if expected == _MAP and isinstance(value, list):
        why = f"{why}; give each entry a key, instead of dashes or [...]"
    glued = re.fullmatch(r"(\w+):(\S.*)", value) if expected == _MAP and isinstance(value, str) else None
    if glued is not None:
        why = f"{found_text(value)} has no space after its ':'"
        return problem_at(mark, path, why, suggestion=": ".join(glued.groups()))
    return problem_at(mark, path, why)


def unknown_word(
    mark: Mark,
    path: Path,
    noun: str,
    word: str,
    allowed: Iterable[str],
    *,
    meant: str | None = None,
    cutoff: float = ALIKE,
) -> Problem:
    """Return the problem of a word that is not allowed.

    Parameters
    ----------
    mark, path
        Its place.
    noun
        Kind of thing that it should name.
    word
        The word.
    allowed
        The words allowed in its place.
    meant
        The word that is meant, if that is known.
    cutoff
        Least similarity of a suggestion, as in `diamondsim.errors.nearest`.
    """
    words = [*dict.fromkeys(allowed)]
    why = f"unknown {noun} {shown(word)}"
    more = f" and {len(words) - _LISTED} more" if len(words) > _LISTED else ""
    text = ", ".join(words[:_LISTED]) + more if words else "none is defined"
    suggestion = meant or nearest(word, words, cutoff)
    return problem_at(mark, path, why, found=word, allowed=text, suggestion=suggestion)


def _unknown_key(loc: Path, model: type[BaseModel], tree: Table) -> Problem:
    allowed = keys_at(model, loc[:-1])
    assert allowed, "only a map with known keys refuses unknown ones"
    key = str(loc[-1])
    top = new_key((), key)
    if len(loc) == _OF_AN_ENTITY and (instead := _ELSEWHERE.get(str(loc[0]), {}).get(key)):
        why = f"unknown key {shown(key)}; {instead.format(**_aggregate(loc[:-1], tree))}"
        return problem_at(key_mark(tree, loc), loc, why, found=key)
    if top in Content.model_fields and not nearest(key, allowed):
        what = "a key of this name" if top == key else "this key"
        why = f"unknown key {shown(key)}; {what} belongs at the top level, without indentation"
        return problem_of_name(key_mark(tree, loc), loc, why, key, top)
    if (level := _other_level(model, loc, allowed)) is not None:
        why = f"unknown key {shown(key)}; it belongs {level}"
        return problem_at(key_mark(tree, loc), loc, why, found=key)
    known = [*allowed, *ANYWHERE]
    meant = None if nearest(key, known) else _misspelt_old_key(loc[:-1], key)
    return unknown_word(key_mark(tree, loc), loc, "key", key, known, meant=meant)


def _other_level(model: type[BaseModel], loc: Path, allowed: Sequence[str]) -> str | None:
    """Return where a key is known if that is one level deeper or higher than it stands, else None."""
    path, key = loc[:-1], str(loc[-1])
    deeper = [shown(other) for other in allowed if key in keys_at(model, (*path, other))]
    if deeper:
        return f"one level deeper, below {' or '.join(deeper)}"
    if path and key in keys_at(model, path[:-1]):
        return f"one level higher, beside {shown(str(path[-1]))}"
    return None


def _aggregate(path: Path, tree: Table) -> dict[str, str]:
    """Return the region and the use of which a buyer is part, as it writes them, or words for them."""
    aggregate = node_at(tree, (*path, "aggregate"))
    written = str(aggregate.value) if isinstance(aggregate, Leaf) else ""
    region, dot, use = written.partition(".")
    return {"region": region, "use": use} if dot and use else {"region": "REGION", "use": "USE"}


def _misspelt_old_key(path: Path, key: str) -> str | None:
    """Return the new key for a misspelt old one."""
    renamed = renamed_at(path)
    return renamed.get(nearest(key, renamed, _OLD_KEY_MATCH) or "")
