"""What a person sees: tables on stdout, progress on stderr where that is a terminal."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

import click
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
from rich.text import Text

from diamondsim.reporting import WIDTH

Report: TypeAlias = Callable[[int, int], None]
"""Called with what is done and what there is to do."""


def show(renderable: RenderableType) -> None:
    """Print on stdout: with colours on a terminal, as plain text elsewhere."""
    if sys.stdout.isatty():
        console = Console()
        console.print(renderable, width=min(WIDTH, console.width))
        return
    console = Console(file=io.StringIO(), width=WIDTH, color_system=None, legacy_windows=False)
    with console.capture() as captured:
        console.print(renderable)
    click.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))


@contextmanager
def progress(quiet: bool) -> Iterator[Report | None]:
    """Show progress while some work is done.

    Parameters
    ----------
    quiet : bool
        Show nothing, as where stderr is no terminal.

    Yields
    ------
    callable or None
        Whom to tell about it.
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
        task = bars.add_task("replications", total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


class _Rate(ProgressColumn):
    """Replications per second: of late, or since the start where too little was told to say."""

    def render(self, task: Task) -> Text:
        """Return the rate of a task."""
        speed = task.speed
        if speed is None and task.completed and task.elapsed:
            speed = task.completed / task.elapsed
        return Text("" if speed is None else f"{speed:,.0f}/s", style="progress.data.speed")
