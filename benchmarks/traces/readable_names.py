"""Names of entities as a reader knows them: uses, makers, and who a licensing rule is for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from diamondsim.reporting.formatting import region
from diamondsim.scenario import Scenario

_CLASSES = {"military": "military buyers", "chip": "chip makers"}


class Names:
    """Readable names in a scenario."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario

    def use(self, region_id: str, use: str) -> str:
        """Return a use and its region."""
        return self.uses([(region_id, use)])

    def uses(self, pairs: Sequence[tuple[str, str]]) -> str:
        """Return uses as a list, those of a region together."""
        by_region: dict[str, list[str]] = {}
        for region_id, use in pairs:
            told = "all uses" if use.startswith("all_") else use.replace("_", " ")
            by_region.setdefault(self.region(region_id), []).append(told)
        return "; ".join(f"{listed(uses)} in {where}" for where, uses in by_region.items())

    def region(self, region_id: str) -> str:
        """Return a region as it reads inside a sentence."""
        return region(self._scenario.regions[region_id].name or region_id)

    def producer(self, producer: str) -> str:
        """Return a facility, or the region of a producer with what it does if that is not making diamond."""
        if producer not in self._scenario.producers:
            return f"the {producer.capitalize()} plant"
        kind = producer.partition("_")[2]
        where = self.region(self._scenario.producers[producer].region)
        return where if kind == "makers" else f"{where} ({kind})"

    def is_military(self, rule: str) -> bool:
        """Whether a licensing rule is for military buyers."""
        return ".military" in rule

    def rule(self, rule: str) -> str:
        """Return whom a licensing rule is for, from the selectors of its name, the narrowest first."""
        selectors = [selector.split(".") for selector in rule.partition(": ")[2].split(" + ")]
        kinds = [told for one in selectors for key, told in _CLASSES.items() if key in one]
        places = [self.region(one[0]) for one in selectors if one[0] in self._scenario.regions]
        if kinds and places:
            return f"{kinds[0]} in {places[0]}"
        if kinds:
            return f"{kinds[0]} elsewhere"
        return f"other buyers in {places[0]}" if places else "other buyers elsewhere"


def listed(items: Iterable[str]) -> str:
    """Return items as a list in a sentence, each once.

    Examples
    --------
    >>> listed(["Japan"]), listed(["Japan", "Korea", "Japan"]), listed(["a", "b", "c"])
    ('Japan', 'Japan and Korea', 'a, b and c')
    """
    *most, last = dict.fromkeys(items)
    return f"{', '.join(most)} and {last}" if most else last
