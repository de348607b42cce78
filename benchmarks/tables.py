"""The tables of a run, and the columns of each group of cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from benchmarks import formatting
from benchmarks.figures import Figures, TimedCase

Column: TypeAlias = tuple[str, Callable[[TimedCase], str]]


@dataclass(frozen=True)
class Table:
    """Rows of text under a title and heads.

    Attributes
    ----------
    title : str
    heads : tuple of str
    rows : tuple of tuple of str
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def text(self) -> str:
        """Return the table for a terminal, text aligned left and numbers right."""
        lines = (self.heads, *self.rows)
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.heads))]
        said = ["  ".join(_aligned(line, widths)).rstrip() for line in lines]
        return "\n".join([self.title, *said])

    def markdown(self) -> str:
        """Return the table in Markdown."""
        marks = ("---" if column < _WORDS else "---:" for column in range(len(self.heads)))
        lines = [f"| {' | '.join(line)} |" for line in (self.heads, marks, *self.rows)]
        return "\n".join([f"**{self.title}**", "", *lines])


def tables(figures: Figures) -> list[Table]:
    """Return the tables of a run, one for each group that ran."""
    known = {
        "phases": _PHASES,
        "engines": _ENGINES,
        "sizes": _SIZES,
        "workers": _WORKERS,
        "memory": _MEMORY,
        "answers": _ANSWERS,
    }
    groups = list(dict.fromkeys([*known, *(case.group for case in figures.cases)]))
    made = []
    for group in groups:
        cases = figures.of(group)
        if cases:
            made.append(
                _table(_TITLES.get(group, group or "Beside others"), known.get(group, _OTHERS), cases)
            )
    return made


def origin(figures: Figures) -> str:
    """Return the machine, the date and the commit of the figures."""
    machine, commit = figures.machine, figures.commit
    memory = machine.get("memory_bytes")
    versions = ", ".join(f"{name} {version}" for name, version in machine.get("packages", {}).items())
    changed = ", with uncommitted changes" if commit.get("dirty") else ""
    trial = " A trial with `--quick`, not for publication." if figures.quick else ""
    return (
        f"{machine.get('cpu')}, {machine.get('cores')} cores, "
        f"{formatting.NOTHING if memory is None else f'{memory / 2**30:.0f} GiB'}, {machine.get('system')} "
        f"{machine.get('architecture')}; {machine.get('python')}, {versions}; {figures.date[:10]}; "
        f"commit {str(commit.get('id'))[:12]}{changed}.{trial}"
    )


def swing(figures: Figures) -> float | None:
    """Return the longest time of the yardstick over the shortest; None if it was not run."""
    looked = [seconds for case in figures.cases for seconds in case.speed_of_machine]
    return max(looked) / min(looked) if looked else None


def sized(case: TimedCase) -> str:
    """Return the size of a case."""
    extra = case.extra
    if "lanes" not in extra:
        return formatting.NOTHING
    said = f"{extra.get('scenario', '')}: {extra['lanes']:,} x {extra['ticks']:,}"
    return f"{said} x {extra['replications']:,}" if extra.get("replications", 1) != 1 else said


def _aligned(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    cells = list(zip(line, widths, strict=True))
    return [text.ljust(width) for text, width in cells[:_WORDS]] + [
        text.rjust(width) for text, width in cells[_WORDS:]
    ]


def _table(title: str, columns: Sequence[Column], cases: Sequence[TimedCase]) -> Table:
    rows = tuple(tuple(say(case) for _, say in columns) for case in cases)
    return Table(title, tuple(head for head, _ in columns), rows)


def _number(name: str, say: Callable[[float | None], str] = formatting.plain) -> Callable[[TimedCase], str]:
    return lambda case: say(case.extra.get(name))


def _rest(case: TimedCase) -> str:
    told = {"phase", "scenario", "lanes", "ticks", "replications", "ns_per_lane_tick", "yardstick_seconds"}
    numbers = {name: value for name, value in case.extra.items() if name not in told}
    said = (
        f"{name} {formatting.plain(v)}" if isinstance(v, int | float) else f"{name} {v}"
        for name, v in numbers.items()
    )
    return "; ".join(said) or formatting.NOTHING


_WORDS = 2
"""Leading columns that hold text."""
_TITLES = {
    "phases": "Phases",
    "engines": "Engines",
    "sizes": "Sizes",
    "workers": "Processes",
    "memory": "Memory",
    "answers": "Answers",
}
_TIMED: tuple[Column, ...] = (
    ("median", lambda case: formatting.seconds(case.median)),
    ("spread", lambda case: formatting.percent(case.iqr, case.median)),
    ("rounds", lambda case: str(len(case.seconds))),
)
_CASE: Column = ("case", lambda case: case.name)
_SIZE: Column = ("lanes x ticks x replications", sized)
_NS: Column = ("ns/lane-tick", _number("ns_per_lane_tick"))
_RATE: Column = ("repl./s", _number("replications_per_second"))
_ALLOCATED: Column = ("allocated", _number("allocated_bytes", formatting.mebibytes))
_PHASES: tuple[Column, ...] = (_CASE, _SIZE, *_TIMED, _NS, _RATE, _ALLOCATED)
_OF_PHASES: tuple[Column, ...] = (
    ("draw", _number("ns_draw")),
    ("step", _number("ns_step")),
    ("reduce", _number("ns_reduce")),
)
_ENGINES: tuple[Column, ...] = (
    *(_CASE, _SIZE, *_TIMED, _NS, *_OF_PHASES),
    ("bytes once", _number("bytes_once")),
    ("limit", _number("ns_limit")),
    ("step to limit", _number("step_to_limit")),
    *(_RATE, _ALLOCATED),
)
_SIZES: tuple[Column, ...] = (
    *(_CASE, _SIZE, *_TIMED, _NS, *_OF_PHASES),
    ("to reference", _number("against_reference", formatting.ratio)),
    *(_RATE, _ALLOCATED),
)
_WORKERS: tuple[Column, ...] = (
    *(_CASE, _SIZE),
    ("one", _number("seconds_of_one", formatting.seconds)),
    ("two", lambda case: formatting.seconds(case.median)),
    ("speed-up", _number("speed_up_without_start", formatting.ratio)),
    ("start of two", _number("seconds_to_start_two", formatting.seconds)),
    ("repl./s of two", _number("replications_per_second")),
)
_MEMORY: tuple[Column, ...] = (
    *(_CASE, _SIZE),
    ("caller", _number("peak_bytes", formatting.mebibytes)),
    ("a worker", _number("worker_peak_bytes", formatting.mebibytes)),
    ("Dataset", _number("dataset_bytes", formatting.mebibytes)),
    ("took", lambda case: formatting.seconds(case.median)),
)
_ANSWERS: tuple[Column, ...] = (
    *(_CASE, _SIZE),
    ("a run", _number("seconds_of_run", formatting.seconds)),
    ("call", _number("seconds_of_call", formatting.seconds)),
    ("runs", _number("runs", formatting.ratio)),
    ("added", _number("seconds_added", formatting.seconds)),
    ("memory of a run", _number("peak_bytes_of_run", formatting.mebibytes)),
    ("of the call", _number("peak_bytes", formatting.mebibytes)),
    ("ratio", _number("peak_ratio", formatting.ratio)),
)
_OTHERS: tuple[Column, ...] = (_CASE, _SIZE, *_TIMED, _NS, ("besides", _rest))
