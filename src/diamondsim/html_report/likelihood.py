"""Calibrated words for probabilities: the likelihood scale of the IPCC.

Mastrandrea and others 2010, Guidance note for lead authors of the IPCC Fifth Assessment Report on consistent
treatment of uncertainties, table 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from diamondsim.results import Estimate


@dataclass(frozen=True)
class Likelihood:
    """A word, and the probabilities for which it stands.

    Attributes
    ----------
    word : str
    low, high : float
        Limits, both included. A range may lie within another one: what is very likely is also likely.
    """

    word: str
    low: float
    high: float

    @property
    def range_text(self) -> str:
        """The range in percent.

        Examples
        --------
        >>> SCALE[0].range_text
        '99-100 %'
        """
        return f"{100 * self.low:.0f}-{100 * self.high:.0f} %"


SCALE = (
    Likelihood("virtually certain", 0.99, 1.0),
    Likelihood("very likely", 0.90, 1.0),
    Likelihood("likely", 0.66, 1.0),
    Likelihood("about as likely as not", 0.33, 0.66),
    Likelihood("unlikely", 0.0, 0.33),
    Likelihood("very unlikely", 0.0, 0.10),
    Likelihood("exceptionally unlikely", 0.0, 0.01),
)
"""From most to least likely."""


def likelihood(chance: Estimate) -> Likelihood | None:
    """Return the word for a probability: that of the narrowest range which holds its whole interval.

    Parameters
    ----------
    chance : Estimate

    Returns
    -------
    Likelihood or None
        None if no range holds the interval: a word would then claim more than is known.

    Examples
    --------
    >>> likelihood(Estimate(0.92, 0.91, 0.93, 4000)).word, likelihood(Estimate(0.91, 0.89, 0.93, 400)).word
    ('very likely', 'likely')
    >>> likelihood(Estimate(0.65, 0.62, 0.68, 1000)) is None
    True
    """
    if math.isnan(chance.low) or math.isnan(chance.high):
        return None
    holding = [each for each in SCALE if each.low <= chance.low and chance.high <= each.high]
    return min(holding, key=lambda each: each.high - each.low, default=None)
