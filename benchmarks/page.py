"""Write the tables of a run into the page on benchmarks, between two marks."""

from __future__ import annotations

from pathlib import Path

from benchmarks.figures import Figures, FiguresError
from benchmarks.tables import origin, swing, tables

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
BEGIN = "<!-- figures: begin -->"
END = "<!-- figures: end -->"


def with_figures(text: str, figures: Figures) -> str:
    """Return the text of a page with its figures replaced by those of a run.

    Raises
    ------
    FiguresError
        If the page does not have each mark once and in order, or the run was a trial.
    """
    if figures.quick:
        raise FiguresError("expected figures of a full run, found those of a trial (--quick)")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end) or BEGIN in after or END in before + after:
        raise FiguresError(f"expected '{BEGIN}' and '{END}' on the page, once each and in this order")
    swung = swing(figures)
    machine = [] if swung is None else [f"The yardstick varied by a factor of {swung:.2f} in this run."]
    said = [BEGIN, origin(figures), *machine, *(table.markdown() for table in tables(figures)), END]
    return before + "\n\n".join(said) + after


def write(figures: Figures, page: Path = PAGE) -> None:
    """Write the figures of a run into the page.

    Raises
    ------
    FiguresError
    """
    page.write_text(with_figures(page.read_text(encoding="utf-8"), figures), encoding="utf-8")
