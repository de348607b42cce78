"""Compare two runs of the suite, and tell which differences exceed the variation of the machine.

A case differs if all its rounds do: every ratio of a round of the second run to a round of the first lies
beyond 1, and beyond every such ratio of the yardstick, a piece of work that never changes, timed around the
case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks import formatting
from benchmarks.figures import Figures, TimedCase
from benchmarks.tables import Table, origin, sized

FEWEST_ROUNDS = 4
"""With fewer rounds, all being slower or faster is too often chance (1 in 35 with four of each)."""
NOTABLE_MEMORY = 0.05
"""Relative difference of memory that is reported; allocated memory hardly varies."""

_MEMORY = {
    "allocated_bytes": "memory",
    "peak_bytes": "memory of the caller",
    "worker_peak_bytes": "memory of a worker",
}


@dataclass(frozen=True)
class Pair:
    """A case in two runs.

    Attributes
    ----------
    before, after : Case
    """

    before: TimedCase
    after: TimedCase

    @property
    def ratio(self) -> float:
        """Median after divided by median before."""
        return self.after.median / self.before.median

    @property
    def ratio_of_lane_ticks(self) -> float | None:
        """Time of a lane-tick after divided by that before, also of other lanes; None without lanes."""
        before, after = (case.extra.get("ns_per_lane_tick") for case in (self.before, self.after))
        return after / before if before and after else None

    @property
    def range(self) -> tuple[float, float]:
        """Smallest and largest ratio of a round after to a round before."""
        return _ratios(self.before.seconds, self.after.seconds)

    @property
    def of_machine(self) -> tuple[float, float]:
        """The same range for the yardstick, extended to include 1."""
        low, high = _ratios(self.before.speed_of_machine or (1.0,), self.after.speed_of_machine or (1.0,))
        return min(1.0, low), max(1.0, high)

    @property
    def verdict(self) -> str:
        """Verdict on the times."""
        if self.before.size != self.after.size:
            return "another job"
        if min(len(self.before.seconds), len(self.after.seconds)) < FEWEST_ROUNDS:
            return "too few rounds"
        (low, high), (least, most) = self.range, self.of_machine
        if low > most:
            return "SLOWER"
        return "FASTER" if high < least else "within the spread"

    @property
    def memory(self) -> str:
        """Text on memory; empty where it does not differ."""
        said = []
        for name, label in _MEMORY.items():
            before, after = self.before.extra.get(name), self.after.extra.get(name)
            if before and after and self.before.size == self.after.size:
                part = after / before - 1
                if abs(part) > NOTABLE_MEMORY:
                    said.append(f"{label} {part:+.0%}")
        return ", ".join(said)


def compared(before: Figures, after: Figures) -> str:
    """Return two runs side by side and their differences, as text for a terminal."""
    others = {case.key: case for case in after.cases}
    pairs = [Pair(case, others[case.key]) for case in before.cases if case.key in others]
    lines = [f"A: {origin(before)}", f"B: {origin(after)}", "", _table(pairs).text(), ""]
    lines += _alone("A", before, after) + _alone("B", after, before)
    if before.machine != after.machine:
        lines.append("The machines or the versions differ, so the times say little about the code.")
    return "\n".join([*lines, _conclusion(pairs)])


def _table(pairs: Sequence[Pair]) -> Table:
    heads = ("case", "size", "A", "B", "B/A", "of a lane-tick", "rounds", "machine", "")
    return Table("Medians", heads, tuple(_row(pair) for pair in pairs))


def _row(pair: Pair) -> tuple[str, ...]:
    same = pair.before.size == pair.after.size
    return (
        pair.before.name,
        sized(pair.after),
        formatting.seconds(pair.before.median),
        formatting.seconds(pair.after.median),
        formatting.ratio(pair.ratio) if same else formatting.NOTHING,
        formatting.ratio(pair.ratio_of_lane_ticks),
        "{:.2f}-{:.2f}".format(*pair.range) if same else formatting.NOTHING,
        "{:.2f}-{:.2f}".format(*pair.of_machine),
        "; ".join(filter(None, (pair.verdict, pair.memory))),
    )


def _conclusion(pairs: Sequence[Pair]) -> str:
    beyond = [pair for pair in pairs if pair.verdict in ("SLOWER", "FASTER")]
    judged = sum(pair.verdict not in ("another job", "too few rounds") for pair in pairs)
    if not judged:
        return "No case can be compared: too few rounds, or different jobs."
    if not beyond:
        return f"None of {judged} cases differs by more than the spread of the runs."
    said = [
        f"  {pair.before.name} ({sized(pair.after)}): {pair.verdict}, {pair.ratio:.2f} times"
        for pair in beyond
    ]
    return "\n".join([f"{len(beyond)} of {judged} cases differ by more than the spread of the runs:", *said])


def _alone(letter: str, one: Figures, other: Figures) -> list[str]:
    names = {case.key for case in other.cases}
    missing = [case.key for case in one.cases if case.key not in names]
    return [f"Only in {letter}: {', '.join(missing)}"] if missing else []


def _ratios(before: Sequence[float], after: Sequence[float]) -> tuple[float, float]:
    return min(after) / max(before), max(after) / min(before)
