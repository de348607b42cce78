"""From what pydantic says to what a person reads.

Owns finding the place, the allowed keys and the nearest word of each error.
"""

import re
from collections.abc import Iterable

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from diamondsim.errors import ALIKE, NotationError, Problem, nearest, shown
from diamondsim.scenario.content import Content
from diamondsim.scenario.keys import keys_at
from diamondsim.scenario.merge import ANYWHERE
from diamondsim.scenario.renamed import renamed_at
from diamondsim.scenario.tree import Mark, Path, Table, key_mark, known_part, problem_at, value_mark

KEY = "[key]"
"""Where an error is in a key, the last step of its place."""

CLEAR_MATCH = 0.75
"""How much a word must be like one of a few that can as well be told."""

_OLD_KEY_MATCH = 0.8
"""Similarity from which a word counts as an old key that is misspelt; many of them are short."""

_LISTED = 20
_MAP, _LIST, _TEXT, _WHOLE = (
    "a map is wanted",
    "a list is wanted",
    "a text is wanted",
    "a whole number is wanted",
)
_WANTED = {
    "model_type": _MAP,
    "dict_type": _MAP,
    "mapping_type": _MAP,
    "tuple_type": _LIST,
    "string_type": _TEXT,
    "bool_type": "true or false is wanted",
    "int_parsing": _WHOLE,
    "int_type": _WHOLE,
    "string_pattern_mismatch": "an id is wanted",
}


def problems_of(error: ValidationError, model: type[BaseModel], tree: Table) -> list[Problem]:
    """Return the problems behind a validation error, each with its place in the tree.

    Parameters
    ----------
    error
        As raised by validating ``plain(tree)``.
    model
        The model that was validated.
    tree
        The tree.
    """
    errors = error.errors(include_url=False)
    problems = [_problem(details, model, tree) for details in errors]
    # A required key that is misspelt is not missing as well.
    meant = {
        (details["loc"][:-1], problem.suggestion)
        for details, problem in zip(errors, problems, strict=True)
        if details["type"] == "extra_forbidden"
    }
    return [
        problem
        for details, problem in zip(errors, problems, strict=True)
        if details["type"] != "missing" or (details["loc"][:-1], details["loc"][-1]) not in meant
    ]


def _problem(details: ErrorDetails, model: type[BaseModel], tree: Table) -> Problem:
    kind = details["type"]
    loc = tuple(step for step in details["loc"] if step != KEY)
    path = known_part(tree, loc)
    cause = details.get("ctx", {}).get("error")
    if kind == "extra_forbidden":
        return _unknown_key(loc, model, tree)
    if kind == "missing":
        return problem_at(key_mark(tree, path), path, f"the key {shown(str(loc[-1]))} is missing")
    mark = key_mark(tree, path) if details["loc"][-1] == KEY else value_mark(tree, path)
    if isinstance(cause, NotationError):
        detail = {"found": cause.found, "allowed": cause.allowed, "suggestion": cause.suggestion}
        return problem_at(mark, path, cause.why, **detail)
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", str(details.get("ctx", {}).get("expected", "")))
        # Of a few words all are told, unless it is plain which one is meant.
        found = str(details["input"])
        return unknown_word(mark, path, "word", found, words, cutoff=CLEAR_MATCH)
    # An assertion that failed is our own mistake, which must not be put down to the user.
    assert kind in _WANTED, f"no words for {details}"
    return _wrong_shape(mark, path, kind, details["input"])


def _wrong_shape(mark: Mark, path: Path, kind: str, value: object) -> Problem:
    if kind == "string_pattern_mismatch":
        why = f"{shown(str(value))} is no id; letters, digits, _ and - are wanted"
        return problem_at(mark, path, why, suggestion=re.sub("[^A-Za-z0-9_-]+", "_", str(value)).strip("_"))
    wanted = _WANTED[kind]
    if wanted == _MAP and isinstance(value, list):
        wanted = f"{_MAP}, a key for each entry in the place of dashes or [...]"
    glued = re.fullmatch(r"(\w+):(\S.*)", value) if wanted == _MAP and isinstance(value, str) else None
    if glued is not None:
        return problem_at(
            mark, path, f"{_found(value)} has no space behind its ':'", suggestion=": ".join(glued.groups())
        )
    return problem_at(mark, path, f"{_found(value)} stands here; {wanted}")


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
    """Return the problem of a word that is none of those allowed.

    Parameters
    ----------
    mark, path
        Where it stands.
    noun
        What it should be the name of.
    word
        The word.
    allowed
        Those that might stand there.
    meant
        The one of them that it stands for, where that is known.
    cutoff
        How much the nearest must be like it to be proposed, as in `diamondsim.errors.nearest`.
    """
    words = [*dict.fromkeys(allowed)]
    why = f"unknown {noun} {shown(word)}"
    more = f" and {len(words) - _LISTED} more" if len(words) > _LISTED else ""
    text = ", ".join(words[:_LISTED]) + more if words else "none is defined"
    suggestion = meant or nearest(word, words, cutoff)
    return problem_at(mark, path, why, found=word, allowed=text, suggestion=suggestion)


def _unknown_key(loc: Path, model: type[BaseModel], tree: Table) -> Problem:
    allowed = keys_at(model, loc[:-1])
    assert allowed, "only a map with known keys refuses others"
    key = str(loc[-1])
    if key in Content.model_fields and not nearest(key, allowed):
        why = f"unknown key {shown(key)}; a key of this name belongs at the top level, without indentation"
        return problem_at(key_mark(tree, loc), loc, why, found=key)
    known = [*allowed, *ANYWHERE]
    meant = None if nearest(key, known) else _misspelt_old_key(loc[:-1], key)
    return unknown_word(key_mark(tree, loc), loc, "key", key, known, meant=meant)


def _misspelt_old_key(path: Path, key: str) -> str | None:
    """Return the new key for a misspelt old one."""
    renamed = renamed_at(path)
    return renamed.get(nearest(key, renamed, _OLD_KEY_MATCH) or "")


def _found(value: object) -> str:
    names = {bool: "a truth value", dict: "a map", list: "a list"}
    return shown(value) if isinstance(value, str) else names.get(type(value), "something else")
