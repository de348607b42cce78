"""Which buyers a selector fits, and which of several selectors is most specific.

A selector is `REGION.USE`, either side a name or `any`, the second also a class of use; one word alone stands
for a use, a class or a region. Their ids differ from each other, so a word has one meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from diamondsim.scenario import ANY, CIVIL

T = TypeVar("T")
V = TypeVar("V")


@dataclass(frozen=True)
class BuyerProfile:
    """A buyer: a region and a use of some class. `use` is None for feed stocks and reserves."""

    region: str
    use: str | None
    use_class: str = CIVIL


@dataclass(frozen=True)
class SelectorRules:
    """The meaning of the words in a scenario's selectors."""

    regions: frozenset[str]
    uses: frozenset[str]
    _found: dict[tuple[tuple[str, ...], BuyerProfile], tuple[str, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def split(self, selector: str) -> tuple[str, str]:
        """Return the region's and the use's side of a selector.

        Examples
        --------
        >>> rules = SelectorRules(frozenset({"US"}), frozenset({"polishing"}))
        >>> rules.split("US"), rules.split("polishing"), rules.split("US.civil")
        (('US', 'any'), ('any', 'polishing'), ('US', 'civil'))
        """
        region, dot, use = selector.partition(".")
        if dot:
            return region, use
        return (selector, ANY) if selector in self.regions else (ANY, selector)

    def fits(self, selector: str, buyer: BuyerProfile) -> bool:
        """Tell whether a selector fits a buyer."""
        region, use = self.split(selector)
        return region in (ANY, buyer.region) and use in (ANY, buyer.use, buyer.use_class)

    def rank(self, selector: str) -> tuple[int, int]:
        """Return how specific a selector is: a use before a class before any, then a region before any."""
        region, use = self.split(selector)
        return (2 if use in self.uses else int(use != ANY), int(region != ANY))

    def fitting(self, selectors: Iterable[str], buyer: BuyerProfile) -> tuple[str, ...]:
        """Return the selectors that fit a buyer, the most specific first."""
        asked = (*selectors,), buyer
        found = self._found.get(asked)
        if found is None:  # one table is asked about each buyer many times, once for each key and lane
            fitting = (selector for selector in asked[0] if self.fits(selector, buyer))
            found = self._found[asked] = (*sorted(fitting, key=self.rank, reverse=True),)
        return found

    def given(
        self, table: Mapping[str, T], buyer: BuyerProfile, value: Callable[[T], V | None]
    ) -> list[tuple[str, V]]:
        """Return the values that selectors give a buyer, with these; that of the most specific comes first.

        Parameters
        ----------
        table : mapping of str to T
            Values by selector.
        buyer : BuyerProfile
            The buyer asked about.
        value : callable
            Picks the value; None where it is not given.

        Returns
        -------
        list of (str, V)
        """
        values = ((selector, value(table[selector])) for selector in self.fitting(table, buyer))
        return [(selector, chosen) for selector, chosen in values if chosen is not None]
