"""How long applications wait at the licence queues of a control, and how many are withdrawn.

By Little's law the queues of all ticks add up to the time that all applications have waited, whoever comes
first, so that the mean wait needs no record of single applications.
"""

from __future__ import annotations

from dataclasses import dataclass

from diamondsim.arrays import FloatArray
from diamondsim.ledger import Ledger
from diamondsim.plan import Plan
from diamondsim.results.admitted_flow import lanes_covered, over_lanes
from diamondsim.results.metric import sum_over_ticks

RECORDED_FOR_WAITS = ("granted", "withdrawn", "queue")


@dataclass(frozen=True)
class LicenceWaits:
    """Sums over the horizon by replication, (R,), in the unit of the goods.

    Attributes
    ----------
    applied : float array
        What was applied for: granted, withdrawn or still waiting at the end.
    withdrawn : float array
        What was withdrawn, or cancelled after the control had ended.
    waited : float array
        Quantity times ticks waited, extra review included; of what is still waiting, up to the end.
    """

    applied: FloatArray
    withdrawn: FloatArray
    waited: FloatArray


def licence_waits(plan: Plan, ledger: Ledger, *, control: int, region: str | None = None) -> LicenceWaits:
    """Return the applications and waits on the lanes that a control covers.

    Parameters
    ----------
    plan, ledger : Plan, Ledger
        Of one block; the Ledger holds `RECORDED_FOR_WAITS`.
    control : int
        Index of the control.
    region : str, optional
        Only lanes to this region; all destinations by default.

    Examples
    --------
    >>> from diamondsim.engines import batch
    >>> from diamondsim.plan import compile_plan
    >>> from diamondsim.sampling import draw
    >>> from diamondsim.scenario import load_scenario
    >>> plan = compile_plan(load_scenario("in-force-2026").override({"horizon.length": "30 weeks"}))
    >>> waits = licence_waits(plan, batch.run(plan, draw(plan, seed=1, count=8)), control=0)
    >>> bool((waits.waited > waits.applied).all())  # on average each waits for more than a tick
    True
    """
    covered = lanes_covered(plan, control, region)
    granted, withdrawn, queue = (over_lanes(ledger, name, covered) for name in RECORDED_FOR_WAITS)
    left = sum_over_ticks(withdrawn)
    return LicenceWaits(sum_over_ticks(granted) + left + queue[-1], left, sum_over_ticks(queue))
