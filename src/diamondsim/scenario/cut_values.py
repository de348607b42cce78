"""A value inside {...} or [...] that YAML splits at its commas, put together again for a message."""

import re
from dataclasses import dataclass

from ruamel.yaml.events import Event, ScalarEvent

from diamondsim.distributions import parse, rewrites
from diamondsim.errors import NotationError, Problem, joined, shown
from diamondsim.scenario.tree import Mark, Path, problem_at
from diamondsim.units import Kind

_REST_OF_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]*)?(?:\s*[A-Za-z%/].*)?")
_UNITS = ("ct", "cm2")


@dataclass(slots=True)
class CommaValue:
    """A value, and what follows it as if it had been cut from it.

    Attributes
    ----------
    mark, path
        Place of the value.
    end
        Where the last part ends.
    text
        The parts so far.
    is_cut
        Whether there is more than one part.
    """

    mark: Mark
    path: Path
    end: tuple[int, int]
    text: str
    is_cut: bool = False

    def takes(self, event: Event) -> bool:
        """Return whether what follows is the rest of this value, and if so append it."""
        if not isinstance(event, ScalarEvent) or event.style is not None:
            return False
        rest = event.value.removesuffix(":")
        # A comma between the digits of a number has no space after it.
        begins = (event.start_mark.line, event.start_mark.column)
        comma = "," if begins == (self.end[0], self.end[1] + 1) else ", "
        is_number = self.text[-1:].isdigit() and _REST_OF_NUMBER.fullmatch(rest)
        joins = is_number and (comma == "," or not rest.isdigit())
        if not rest or not (joins or self.is_open):
            return False
        self.text, self.end, self.is_cut = f"{self.text}{comma}{rest}", _end(event), True
        return True

    def problem(self) -> Problem:
        """Return the problem that the value was cut, with what it may mean."""
        why = f"{shown(self.text)} was cut at the comma, because YAML splits values inside {{...}} and [...]"
        meant = [offer for offer in rewrites(self.text) if _is_readable(offer)]
        if len(meant) == 1:
            return problem_at(self.mark, self.path, why, found=self.text, suggestion=meant[0])
        example = "a value without commas, such as 'tri(10 30 60) %' or '1_050.5 Mct/yr'"
        allowed = joined([*map(shown, meant)], "or") if meant else example
        return problem_at(self.mark, self.path, why, found=self.text, allowed=allowed)

    @property
    def is_open(self) -> bool:
        """Whether more brackets are opened than closed."""
        return self.text.count("(") > self.text.count(")")


def comma_value(event: Event, mark: Mark, path: Path) -> CommaValue | None:
    """Return a value that may have been cut; None for one that is quoted or no single value."""
    if not isinstance(event, ScalarEvent) or event.style is not None:
        return None
    return CommaValue(mark, path, _end(event), event.value)


def _end(event: Event) -> tuple[int, int]:
    return event.end_mark.line, event.end_mark.column


def _is_readable(text: str) -> bool:
    """Return whether a text is a number or distribution of any kind: what stands under a key is not known."""
    for kind in Kind:
        for unit in _UNITS:
            try:
                parse(text, kind, unit)
            except NotationError:
                continue
            return True
    return False
