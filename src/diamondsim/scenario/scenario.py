"""The Scenario: the content of a scenario file, validated, in canonical units, immutable.

Owns the conversion from a tree to a Scenario, and back to text.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from pydantic import PrivateAttr

from diamondsim.arguments import require_mapping
from diamondsim.distributions import Distribution
from diamondsim.errors import Problem, ScenarioError
from diamondsim.scenario.absent_entities import explain_absent_entities
from diamondsim.scenario.changes import Changes
from diamondsim.scenario.checks import check_content
from diamondsim.scenario.checks.legal_states import explain_deleted_controls
from diamondsim.scenario.dropped import Dropped
from diamondsim.scenario.dump import dump_tree
from diamondsim.scenario.fields import Entity
from diamondsim.scenario.indentation import split_misindented
from diamondsim.scenario.legal import mark_outdated, outdated
from diamondsim.scenario.lookalikes import Lookalike
from diamondsim.scenario.overrides import added_lookalikes, override_tree, steps_of
from diamondsim.scenario.provenance import StatedNumber, durations, numbers, settled
from diamondsim.scenario.provenance_notes import split_notes
from diamondsim.scenario.schema import Content, Horizon
from diamondsim.scenario.summary_html import scenario_html
from diamondsim.scenario.tolerant_validation import validate_tolerantly
from diamondsim.scenario.tree import (
    Path,
    Plain,
    Table,
    key_mark,
    node_at,
    plain,
    problem_at,
    table,
    top_layer,
)


class Scenario(Content):
    """A scenario, complete and checked.

    The attributes are the keys of the file, see ``docs/scenario-format.md``; those that are keywords of
    Python have another name (``use_class``, ``feed_yield``, ``yields``, ``covers.sellers``). All numbers are
    in canonical units. Two scenarios are equal if their content is equal, whatever their notation.

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
    _gone: tuple[Dropped, ...] = PrivateAttr(default=())
    _alike: tuple[Lookalike, ...] = PrivateAttr(default=())
    _before: "Scenario | None" = PrivateAttr(default=None)
    _changes: Changes | None = PrivateAttr(default=None)

    @property
    def hash(self) -> str:
        """SHA-256 of the content in hexadecimal; notes, notation and file names do not matter."""
        content = json.dumps(self.model_dump(mode="json"), separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def numbers(self) -> tuple[StatedNumber, ...]:
        """Every number and date of the scenario, with its origin."""
        return tuple(numbers(self, self._tree))

    @property
    def durations(self) -> tuple[tuple[Path, Distribution], ...]:
        """Every duration of the scenario in days, with its path; without those of the horizon and metrics."""
        return tuple(durations(self))

    @property
    def outdated(self) -> str | None:
        """Why `legal_state` may no longer hold: the controls were changed since; None if they were not."""
        return outdated(self._tree)

    @property
    def dropped(self) -> tuple[str, ...]:
        """What files drop of those that they extend without naming it, a sentence each, with the place."""
        return tuple(map(str, self._gone))

    @property
    def lookalikes(self) -> tuple[str, ...]:
        """The ids that files or changes add beside one that they resemble, a sentence each, with the place.

        Examples
        --------
        >>> from diamondsim.scenario import load_scenario
        >>> print(*load_scenario("calm").override({"regions.Us": {}}).lookalikes)
        override regions.Us: this adds 'Us', which looks like 'US'; if both are meant, write both here
        """
        return tuple(map(str, self._alike))

    def layer(self, path: Path) -> int:
        """Return which of the files and changes merged over one another wrote a value: a higher one is later.

        Of a map it is the latest that wrote a part. Values that nobody wrote, such as defaults, are in layer
        -1.
        """
        node = node_at(self._tree, path)
        return -1 if node is None else top_layer(node)

    @property
    def changes(self) -> tuple[str, ...]:
        """What `override` has changed since the scenario was read, as ``path=value``, first call first.

        Examples
        --------
        >>> from diamondsim.scenario import load_scenario
        >>> load_scenario("calm").override({"horizon.length": "1 yr"}).changes
        ('horizon.length=1 yr',)
        """
        if self._before is None or self._changes is None:
            return ()
        return (*self._before.changes, *self._changes.texts)

    @property
    def before(self) -> "Scenario | None":
        """The scenario from which `override` made this one, if any."""
        return self._before

    def override(self, changes: Mapping[str, object], *, name: str = "override") -> "Scenario":
        """Return a scenario with single values changed.

        Parameters
        ----------
        changes
            Values by dotted path. A value is text as in a file, a number, a date, None to delete, or maps and
            lists of these. A map is merged with the existing one; one at the path of a timeline replaces it.
            Deleting a key of the format that is absent has no effect.
        name
            Name of a change in messages.

        Returns
        -------
        Scenario

        Raises
        ------
        ScenarioError
            With all problems of the changed scenario; each names a change.
        TypeError
            If `changes` is not a mapping.

        Examples
        --------
        >>> from diamondsim.scenario import load_scenario
        >>> changed = load_scenario("calm").override({"inventory_policy.any.queue_weight": "0%"})
        >>> changed.inventory_policy["any"].queue_weight
        Constant(value=0.0)
        """
        require_mapping("changes", changes, "{'reserves.us.opening': '40 Mct'}")
        tree, gone = override_tree(self._tree, changes, name=name, gone=self._gone)
        made = Changes(tuple(changes), name, tuple(changes.values()))
        tree = mark_outdated(self._tree, tree, made.named("controls"))
        try:
            alike = added_lookalikes(self._tree, changes, name=name, earlier=self._alike)
            changed = from_tree(tree, gone=gone, alike=alike)
        except ScenarioError as error:
            # There were no problems before.
            problems = explain_deleted_controls(error.problems, self.controls, name)
            steps = [steps_of(path, self._tree) for path in changes]
            raise ScenarioError(explain_absent_entities(made.blamed(problems), steps, self._tree)) from error
        changed._before, changed._changes = self, made
        return changed

    def dump(self) -> str:
        """Return the resolved scenario as YAML with its notes; it parses to an equal scenario."""
        return dump_tree(self._settled_tree())

    def to_dict(self) -> dict[str, Plain]:
        """Return the resolved scenario with its notes, as maps, lists and the texts that a file has.

        Examples
        --------
        >>> import diamondsim as ds
        >>> ds.load_scenario("calm").to_dict()["horizon"]["tick"]
        '7 days'
        """
        document = plain(self._settled_tree())
        assert isinstance(document, dict), "a scenario is a map"
        return document

    def _settled_tree(self) -> Table:
        """Return what a file with this scenario says, its keys in the order of the format."""
        tree = settled(self, self._tree)
        order = [key for key in Content.model_fields if key in tree.entries]
        rest = [key for key in tree.entries if key not in order]
        return table({key: tree.entries[key] for key in [*order, *rest]}, tree.mark)

    def problem(self, path: Path, why: str) -> Problem:
        """Return a problem found at a path of the scenario, with its place in the file.

        Parameters
        ----------
        path
            Keys from the top down. If the last ones are not written, the
            place is that of the deepest one that is.
        why
            What is wrong, as a sentence without a full stop.

        Returns
        -------
        Problem
        """
        return problem_at(key_mark(self._tree, path), path, why)

    def blamed(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return problems attributed to the changes made by `override`; unchanged if there are none."""
        return list(problems) if self._changes is None else self._changes.blamed(problems)

    def in_order(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return problems in reading order: the file of the scenario first, each file from the top down."""
        return _by_place([*problems], self._tree.mark.file)

    def __repr__(self) -> str:
        """Name the scenario: all its numbers are thousands of lines, which `dump` gives.

        Examples
        --------
        >>> from diamondsim.scenario import load_scenario
        >>> load_scenario("calm").override({"title": "Another"})
        Scenario('Another', horizon from 2026-11-23)
        """
        assert self.horizon is not None, "a loaded scenario has a horizon"
        return f"Scenario({self.title!r}, horizon from {self.horizon.start})"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        changes = "\n".join(self.changes)
        return scenario_html(
            self, {"outdated": self.outdated or "", "changes": changes, "hash": self.hash[:12]}
        )

    def __dir__(self) -> list[str]:
        """List the keys of the file and the members of this class, without those that pydantic adds."""
        inherited = {name for name in dir(Entity) if not name.startswith("__")}
        return sorted(set(super().__dir__()) - inherited)

    def __eq__(self, other: object) -> bool:
        # The tree also holds places and notation, which do not matter.
        return isinstance(other, Scenario) and self.__dict__ == other.__dict__

    __hash__ = None  # type: ignore[assignment]


def require_scenario(value: object) -> None:
    """Check that an argument is a Scenario, and not for example its name.

    Raises
    ------
    TypeError

    Examples
    --------
    >>> require_scenario("calm")
    Traceback (most recent call last):
    TypeError: scenario: expected a Scenario, as returned by load_scenario, found str
    """
    if not isinstance(value, Scenario):
        raise TypeError(
            f"scenario: expected a Scenario, as returned by load_scenario, found {type(value).__name__}"
        )


def from_tree(
    tree: Table,
    earlier: Sequence[Problem] = (),
    gone: Sequence[Dropped] = (),
    alike: Sequence[Lookalike] = (),
) -> Scenario:
    """Return the scenario of a resolved tree.

    Parameters
    ----------
    tree
        The tree, merged over everything that it extends.
    earlier
        Problems found while it was read; the entries concerned may be missing from the tree.
    gone
        What was replaced without being named.
    alike
        Ids that were added beside one that they resemble.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        With all problems of the tree, and the earlier ones.
    """
    bare, _, problems = split_notes(tree)
    bare, misplaced = split_misindented(bare)
    content, unreadable, unread = validate_tolerantly(Content, bare)
    left_out = [problem.path for problem in (*earlier, *problems)]
    problems += [*misplaced, *unreadable, *check_content(content, bare, unread, left_out)]
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
    scenario._tree, scenario._gone, scenario._alike = tree, tuple(gone), tuple(alike)
    return scenario


def _by_place(problems: list[Problem], first: str) -> list[Problem]:
    """Return problems by file, line and column; the requested file comes first."""
    files = list(dict.fromkeys([first, *(problem.file for problem in problems)]))
    return sorted(problems, key=lambda p: (files.index(p.file), p.line or 0, p.column or 0))
