"""Sharing out too little: the water-filling of eq. 37, exact."""

from __future__ import annotations

from collections.abc import Sequence


def water_fill(available: float, wanted: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Give everybody `min(wanted, theta * weight)` with the theta that hands out what is available.

    Parameters
    ----------
    available : float
        What there is, less than the sum of `wanted`.
    wanted, weights : sequences of float, one entry a lane
        Whoever wants nothing or has no weight gets nothing.

    Returns
    -------
    list of float
        What each gets.

    Examples
    --------
    >>> water_fill(10.0, [2.0, 9.0, 9.0], [1.0, 1.0, 3.0])
    [2.0, 2.0, 6.0]
    """
    got = [0.0] * len(wanted)
    # Full for the modest first: those whose wish is small for their weight.
    order = [i for i in range(len(wanted)) if wanted[i] > 0.0 and weights[i] > 0.0]
    order.sort(key=lambda i: (wanted[i] / weights[i], i))
    weight_left = [0.0] * (len(order) + 1)
    for place in range(len(order) - 1, -1, -1):
        weight_left[place] = weight_left[place + 1] + weights[order[place]]
    for place, i in enumerate(order):
        if wanted[i] * weight_left[place] > available * weights[i]:
            theta = max(0.0, available) / weight_left[place]
            for j in order[place:]:
                got[j] = theta * weights[j]
            break
        got[i] = wanted[i]
        available -= wanted[i]
    return got
