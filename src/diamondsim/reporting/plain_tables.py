"""Tables without lines, of text columns followed by columns of numbers."""

from __future__ import annotations

from rich.table import Table


def new_table(*columns: str, numbers: int) -> Table:
    """Return a table whose last `numbers` columns hold numbers."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for place, column in enumerate(columns):
        table.add_column(
            column, justify="right" if place >= len(columns) - numbers else "left", overflow="fold"
        )
    return table
