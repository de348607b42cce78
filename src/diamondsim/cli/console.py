"""Console output: tables on stdout, progress on stderr if that is a terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.segment import Segment, Segments
from rich.text import Text

from diamondsim.cli.streams import say, visible
from diamondsim.reporting import WIDTH, page_of, plain_console

ReportProgress: TypeAlias = Callable[[int, int], None]
"""Called with the number done and the total."""


@contextmanager
def page() -> Iterator[None]:
    """Wrap what is printed meanwhile at the width of the terminal, if stdout is one."""
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDTH
    with page_of(columns):
        yield


def show(renderable: RenderableType) -> None:
    """Print to stdout, with colours if it is a terminal."""
    if sys.stdout.isatty():
        console = Console(markup=False, emoji=False)
        options = console.options.update_width(min(WIDTH, console.width))
        for line in console.render_lines(renderable, options, pad=False):
            segments = [Segment(visible(part.text), part.style) for part in line]
            console.print(Segments([*segments, Segment.line()]), end="")
        return
    console = plain_console()
    with console.capture() as captured:
        console.print(renderable)
    say("\n".join(line.rstrip() for line in captured.get().splitlines()))


@contextmanager
def progress(quiet: bool, counted: str = "replications") -> Iterator[ReportProgress | None]:
    """Show progress while some work is done.

    Parameters
    ----------
    quiet : bool
        Show nothing, as if stderr were not a terminal.
    counted : str
        What is counted, in the plural.

    Yields
    ------
    callable or None
        To be called with progress.
    """
    if quiet or not sys.stderr.isatty():
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(counted, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


class _Rate(ProgressColumn):
    """What is counted, per second: recent, or since the start if too few reports have come."""

    def render(self, task: Task) -> Text:
        """Return the rate of a task."""
        speed = task.speed
        if speed is None and task.completed and task.elapsed:
            speed = task.completed / task.elapsed
        return Text("" if speed is None else f"{speed:,.0f}/s", style="progress.data.speed")
