"""The numbers of a scenario with what they rest on: those that decide, and all of them by section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from diamondsim.html_report.page_parts import PageTable
from diamondsim.reporting import Report, percent, readable_draw
from diamondsim.scenario import Scenario


@dataclass(frozen=True)
class DecidingNumber:
    """An uncertain input that decides, with the chance of a shortage where it is low and where it is high.

    Attributes
    ----------
    name, meaning : str
        Its path in the scenario, and what the key means.
    low, high : float
        Chance in its lowest and in its highest third, with `low_text` and `high_text`.
    stated : str
        The number as the scenario has it.
    basis : str
        ``sourced``, ``assumed`` or ``none``.
    note : str
        Its source, or the reason for the assumption.
    """

    name: str
    meaning: str
    low: float
    high: float
    low_text: str
    high_text: str
    stated: str
    basis: str
    note: str


@dataclass(frozen=True)
class NumberSection:
    """The numbers below one key of a scenario.

    Attributes
    ----------
    key : str
    numbers, assumed : int
        How many there are, and how many of them are assumed.
    table : PageTable
        Numbers with the same note share a row.
    """

    key: str
    numbers: int
    assumed: int
    table: PageTable


def deciding_numbers(report: Report, scenario: Scenario) -> list[DecidingNumber]:
    """Return the uncertain inputs that decide whether the first use of the table goes short."""
    if report.deciding is None:
        return []
    stated = {number.path: number for number in scenario.numbers}
    found = []
    for each in report.deciding.inputs:
        number = stated.get(each.path)
        found.append(
            DecidingNumber(
                name=readable_draw(each.name, each.path),
                meaning=each.meaning,
                low=each.chance_low.value,
                high=each.chance_high.value,
                low_text=percent(each.chance_low.value),
                high_text=percent(each.chance_high.value),
                stated="" if number is None else number.text,
                basis="none" if number is None else number.basis,
                note="" if number is None else number.assumed or number.source or "",
            )
        )
    return found


def number_sections(scenario: Scenario) -> list[NumberSection]:
    """Return all numbers and dates of a scenario by its top-level keys, in file order."""
    sections = []
    for key, group in groupby(scenario.numbers, key=lambda number: number.path.partition(".")[0]):
        numbers = [*group]
        rows: list[Sequence[str]] = []
        notes = groupby(numbers, key=lambda number: (number.basis, number.source or "", number.assumed or ""))
        for (basis, source, assumed), same in notes:
            listed = "\n".join(f"{number.path.partition('.')[2]} = {number.text}" for number in same)
            note = "\n".join(
                f"{what}: {text}" for what, text in (("Source", source), ("Assumed", assumed)) if text
            )
            rows.append((listed, {"none": "neither"}.get(basis, basis), note))
        sections.append(
            NumberSection(
                key=key,
                numbers=len(numbers),
                assumed=sum(number.basis == "assumed" for number in numbers),
                table=PageTable.of(f"Numbers below {key}", ("Number", "Basis", "Source or reason"), rows),
            )
        )
    return sections
