"""What commands print of the answers of `small_answers`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from rich.console import RenderableType

from diamondsim import reporting
from diamondsim.reporting import page_of, plain_console
from tests.small_answers import scenarios, small_answers

NARROW = 80
"""Columns of a narrow terminal."""
PRINTED_BY_COMMANDS = {"run", "trace", "backtest", "trade", "check", "scenarios"}
"""Other commands that print tables: `tests/cli/test_narrow_terminal.py` calls them."""
_BROKEN = re.compile(r"[\[(][^\])]*[^\])\s]  ")
"""A bracket that does not close in its cell; cells have two spaces between them, words one."""

SHOWN: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "admitted": ("admitted_flow", reporting.admitted_lines),
    "compare": ("compare", reporting.comparison_renderable),
    "discover": ("discover", reporting.discover_lines),
    "flip": ("flip", reporting.flip_lines),
    "flip --pair": ("flip_pairs", reporting.flip_pair_lines),
    "independence": ("independence", reporting.independence_lines),
    "information": ("value_of_information", lambda found: reporting.information_renderable(found, most=5)),
    "marginal": ("marginal_value", reporting.marginal_renderable),
    "mixture": (
        "mixture",
        lambda found: reporting.mixture_lines(
            found, [each.title for each in scenarios().values()], number=48, seed=1, changes=()
        ),
    ),
    "reverse-stress": ("reverse_stress", reporting.reverse_stress_lines),
    "select": ("select_best", reporting.selection_renderable),
    "sensitivity": ("sensitivity", lambda found: reporting.sensitivity_renderable(found, most=5)),
    "sensitivity --design": ("sobol_indices", reporting.design_renderable),
    "size-reserve": ("size_reserve", reporting.reserve_size_lines),
    "size-stock": ("size_stock", reporting.stock_size_lines),
    "worst-start": ("worst_start", reporting.worst_start_lines),
}
"""By command: the answer of `small_answers`, and what is printed of it."""


def lines_of(command: str, columns: int) -> list[str]:
    """Return what a command prints on a terminal with some columns."""
    name, shown = SHOWN[command]
    with page_of(columns):
        text = shown(small_answers()[name])
        return [*text] if isinstance(text, Iterator) else lines_of_renderable(text, columns)


def lines_of_renderable(text: RenderableType, columns: int) -> list[str]:
    """Return what is printed of a renderable that was made for a page with some columns."""
    console = plain_console()
    with console.capture() as captured:
        console.print(text, width=columns)
    return [line.rstrip() for line in captured.get().splitlines()]


def unfit(lines: Iterable[str], columns: int) -> list[str]:
    """Return the lines that do not fit a terminal: too long, cut, or with a figure broken in its brackets."""
    return [line for line in lines if len(line) > columns or "…" in line or _BROKEN.search(line)]
