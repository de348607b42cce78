"""The Scenario: what a person writes, validated, in canonical units, frozen.

Owns the way from a tree to a Scenario, and back to text.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from pydantic import PrivateAttr

from diamondsim.errors import Problem, ScenarioError
from diamondsim.scenario.changes import Changes
from diamondsim.scenario.checks import check
from diamondsim.scenario.checks.legal_states import explain_deleted_controls
from diamondsim.scenario.content import Content, Horizon
from diamondsim.scenario.dump import dump_tree
from diamondsim.scenario.indentation import split_misindented
from diamondsim.scenario.legal import mark_outdated, outdated
from diamondsim.scenario.overrides import override_tree
from diamondsim.scenario.provenance import Number, numbers, settled
from diamondsim.scenario.provenance_notes import split_notes
from diamondsim.scenario.tolerant_validation import validate_tolerantly
from diamondsim.scenario.tree import Path, Table, key_mark, plain, problem_at, table


class Scenario(Content):
    """A scenario, complete and checked.

    The attributes are the keys of the file, see ``docs/scenario-format.md``; those that are words of Python
    have another name (``use_class``, ``feed_yield``, ``yields``, ``covers.sellers``). All numbers are in
    canonical units. Two scenarios are equal if they say the same, however they were written.

    Examples
    --------
    >>> from diamondsim.scenario import load_scenario
    >>> scenario = load_scenario("calm")
    >>> scenario.producers["us_makers"].region
    'US'
    """

    title: str
    horizon: Horizon

    _tree: Table = PrivateAttr()
    _before: "Scenario | None" = PrivateAttr(default=None)
    _changes: Changes | None = PrivateAttr(default=None)

    @property
    def hash(self) -> str:
        """SHA-256 of what the scenario says, in hexadecimal; notes, notation and file names do not matter."""
        said = json.dumps(self.model_dump(mode="json"), separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(said.encode()).hexdigest()

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Every number and date that the scenario gives, with what is said of its origin."""
        return tuple(numbers(self, self._tree))

    @property
    def outdated(self) -> str | None:
        """Why `legal_state` may no longer hold: its controls were changed since; None where they were not."""
        return outdated(self._tree)

    @property
    def before(self) -> "Scenario | None":
        """The scenario from which `override` made this one, if it did."""
        return self._before

    def override(self, changes: Mapping[str, object], *, name: str = "override") -> "Scenario":
        """Return a scenario with single values changed.

        Parameters
        ----------
        changes
            Values by dotted path. A value is a text as in a file, a number, a date, None to delete, or maps
            and lists of these. A map merges with what is there; to delete what a file might have said, but
            has not, changes nothing.
        name
            What messages call a change.

        Returns
        -------
        Scenario

        Raises
        ------
        ScenarioError
            With all problems, where the changed scenario does not hold; each names a change.

        Examples
        --------
        >>> from diamondsim.scenario import load_scenario
        >>> changed = load_scenario("calm").override({"inventory_policy.any.queue_weight": "0%"})
        >>> changed.inventory_policy["any"].queue_weight
        Constant(value=0.0)
        """
        tree = override_tree(self._tree, changes, name=name)
        made = Changes(tuple(changes), name)
        tree = mark_outdated(self._tree, tree, made.named("controls"))
        try:
            changed = from_tree(tree)
        except ScenarioError as error:
            # There were no problems before.
            problems = explain_deleted_controls(error.problems, self.controls, name)
            raise ScenarioError(made.blamed(problems)) from error
        changed._before, changed._changes = self, made
        return changed

    def dump(self) -> str:
        """Return the resolved scenario as YAML, its sources included; it reads back as an equal scenario."""
        tree = settled(self, self._tree)
        order = [key for key in Content.model_fields if key in tree.entries]
        rest = [key for key in tree.entries if key not in order]
        entries = {key: tree.entries[key] for key in [*order, *rest]}
        return dump_tree(table(entries, tree.mark))

    def problem(self, path: Path, why: str) -> Problem:
        """Return a problem found at a path of the scenario, with its place in the file.

        Parameters
        ----------
        path
            Keys from the top down; where the last are not written, the place is that of the deepest that is.
        why
            What is wrong, as a sentence without a full stop.

        Returns
        -------
        Problem
        """
        return problem_at(key_mark(self._tree, path), path, why)

    def blamed(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return problems as those of the changes that `override` made; as they are where it made none."""
        return list(problems) if self._changes is None else self._changes.blamed(problems)

    def in_order(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return problems as a person reads files: the scenario's own first, each from its top down."""
        return _by_place([*problems], self._tree.mark.file)

    def __eq__(self, other: object) -> bool:
        # The tree remembers places and notation, which do not matter.
        return isinstance(other, Scenario) and self.__dict__ == other.__dict__

    __hash__ = None  # type: ignore[assignment]


def from_tree(tree: Table, earlier: Sequence[Problem] = ()) -> Scenario:
    """Return the scenario that a resolved tree describes.

    Parameters
    ----------
    tree
        With all that it extends laid below it.
    earlier
        Problems met while it was read; what they concern may be missing from the tree.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        With every problem of the tree, and the earlier ones.
    """
    bare, _, problems = split_notes(tree)
    bare, misplaced = split_misindented(bare)
    content, unreadable, unread = validate_tolerantly(Content, bare)
    problems += [*misplaced, *unreadable, *check(content, bare, unread)]
    # What was cut or left out while reading is reported once, not again as what it looks like now.
    reported = {(p.file, p.line, p.column) for p in earlier if not p.renamed}
    problems = [*earlier, *(p for p in problems if (p.file, p.line, p.column) not in reported)]
    if content.component:
        mark = bare.entries["component"].key_mark
        why = "this is a building block (component: true); run a scenario that extends it"
        problems = [*(p for p in earlier if p.renamed), problem_at(mark, ("component",), why)]
    if problems:
        raise ScenarioError(_by_place(problems, tree.mark.file))
    scenario = Scenario.model_validate(plain(bare))
    scenario._tree = tree
    return scenario


def _by_place(problems: list[Problem], first: str) -> list[Problem]:
    """Return problems by file, line and column; the file that was asked for comes first."""
    files = list(dict.fromkeys([first, *(problem.file for problem in problems)]))
    return sorted(problems, key=lambda p: (files.index(p.file), p.line or 0, p.column or 0))
