"""Explain a change of something that the scenario does not have.

The path of a change creates what is absent on its way. Where that is incomplete, most often a name is
misspelt, and the keys that it lacks are no help.
"""

from collections.abc import Iterable, Sequence

from diamondsim.errors import Problem, joined, nearest, shown
from diamondsim.scenario.keys import keys_at
from diamondsim.scenario.schema import Content
from diamondsim.scenario.tree import Path, Table, node_at, path_text

_LISTED = 20


def explain_absent_entities(
    problems: Iterable[Problem], changed: Iterable[Path], tree: Table
) -> list[Problem]:
    """Return problems; one for each absent entity, instead of one for each key that it lacks.

    Parameters
    ----------
    problems
        Of a scenario that was changed.
    changed
        The paths of the changes.
    tree
        The scenario before the changes.
    """
    problems = [*problems]
    absent = {path_text(entity): entity for path in changed if (entity := _absent_entity(path, tree))}
    # A key that refers to something, such as a selector, has been recognised as unknown already.
    for referring in {problem.path for problem in problems if problem.suggestion}:
        absent.pop(referring, None)
    explained: list[Problem] = []
    for problem in problems:
        entity = next((path for text, path in absent.items() if _is_below(problem.path, text)), None)
        explained.append(problem if entity is None else _explained(problem, entity, tree))
    return [*dict.fromkeys(explained)]


def _absent_entity(path: Path, tree: Table) -> Path | None:
    """Return the first entity that a path leads through and that is not there; None if there is none."""
    for length in range(1, len(path)):
        # A section may be absent, too; what it holds is an entity if its keys are ids.
        if node_at(tree, path[:length]) is None and not keys_at(Content, path[: length - 1]):
            return path[:length]
    return None


def _is_below(path: str, entity: str) -> bool:
    return path == entity or path.startswith((f"{entity}.", f"{entity}["))


def _explained(problem: Problem, entity: Path, tree: Table) -> Problem:
    above = node_at(tree, entity[:-1])
    known = [*above.entries] if isinstance(above, Table) else []
    why = f"there is no {shown(str(entity[-1]))} in {path_text(entity[:-1])}"
    path, close = path_text(entity), nearest(str(entity[-1]), known)
    if close:
        # Whatever else is wrong with it is due to the name.
        return Problem(why=why, path=path, file=problem.file, found=str(entity[-1]), suggestion=close)
    if not problem.missing or problem.path != path:
        return problem
    needed = f"the key{'s' * (len(problem.missing) > 1)} {joined([*map(shown, problem.missing)])}"
    return Problem(
        why=f"{why}; a new one needs {needed} as well",
        path=path,
        file=problem.file,
        found=str(entity[-1]),
        allowed=_listed(known),
        missing=problem.missing,
    )


def _listed(known: Sequence[str]) -> str | None:
    more = f" and {len(known) - _LISTED} more" if len(known) > _LISTED else ""
    return ", ".join(known[:_LISTED]) + more if known else None
