"""Contract shares that are uncertain: those of a node must still sum to 1.

Owns what happens to the other incumbents when one seller's share is drawn.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from diamondsim.arrays import FloatArray
from diamondsim.distributions import Constant
from diamondsim.plan import Plan


def balance_shares(plan: Plan, share: FloatArray) -> None:
    """Make the shares of each node's incumbents sum to 1, in place, where some of them are uncertain.

    The certain ones keep their proportions and fill what the uncertain ones leave. Uncertain shares that sum
    to more than 1, or have nobody to fill the rest, are divided by their sum.

    Parameters
    ----------
    plan : Plan
        The plan.
    share : (L, R) array
        Shares as drawn; those of entrants stay as they are.
    """
    drawn = np.array(
        [not isinstance(row.distribution, Constant) for row in plan.numbers["contract_share"]], dtype=bool
    )
    for node in np.unique(plan.lane_node[drawn & ~plan.entrant]):
        incumbents = (plan.lane_node == node) & ~plan.entrant
        uncertain, certain = np.flatnonzero(incumbents & drawn), np.flatnonzero(incumbents & ~drawn)
        share[uncertain] = np.maximum(share[uncertain], 0.0)
        taken, held = _added(share, uncertain), _added(share, certain)
        over = (taken > 1) | ((held == 0) & (taken > 0))
        share[uncertain] /= np.where(over, taken, 1.0)
        rest = np.where(over, 0.0, 1 - taken)
        share[certain] *= rest / np.where(held > 0, held, 1.0)


def _added(share: FloatArray, lanes: npt.NDArray[np.intp]) -> FloatArray:
    """Return the sum over some lanes, (R,)."""
    # One after the other: the order in which numpy sums depends on the number of replications.
    total = np.zeros(share.shape[1])
    for lane in lanes:
        total += share[lane]
    return total
