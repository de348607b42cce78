"""What third countries pass on around a control, as far as it limits diversion (model.md, eq. 40a, 40c)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from diamondsim.engines.event.control_process import ControlProcess
from diamondsim.engines.event.lane_state import LaneState
from diamondsim.plan import Relay


class DiversionRelay:
    """What one control's third countries can pass on.

    Parameters
    ----------
    control : ControlProcess
        The control around which they pass goods on.
    lanes_of_sources : sequence of sequences of LaneState
        The lanes of each source.
    third_country_lanes : sequence of sequences of (LaneState, int)
        Of these the lanes into the third countries, with the number of controls that share what is sent on
        them (eq. 40a).
    """

    def __init__(
        self,
        control: ControlProcess,
        lanes_of_sources: Sequence[Sequence[LaneState]],
        third_country_lanes: Sequence[Sequence[tuple[LaneState, int]]],
    ) -> None:
        self._control = control
        self._pairs = list(zip(lanes_of_sources, third_country_lanes, strict=True))

    def limit(self) -> None:
        """Limit what is diverted around the control to what its third countries can pass on (eq. 40a)."""
        for bound, third_country_lanes in self._bound():
            potential = 0.0
            for lane in bound:
                potential += lane.potential_diversion
            pool = self._control.relay_share * _sent(third_country_lanes)
            scale = min(1.0, pool / potential) if potential > 0.0 else 1.0
            for lane in bound:
                lane.relay_scale = min(lane.relay_scale, scale)

    def take(self) -> None:
        """Take what is diverted off what the third countries are sent, where it is inside (eq. 40c)."""
        if self._control.relay != Relay.INSIDE:
            return
        for bound, third_country_lanes in self._bound():
            taken = 0.0
            for lane in bound:
                taken += lane.diverted / lane.n_inside
            sent = _sent(third_country_lanes)
            if taken > 0.0 and sent > 0.0:
                for lane, n_sharing in third_country_lanes:
                    lane.relayed += lane.dispatched / n_sharing * min(1.0, taken / sent)

    def _bound(self) -> Iterator[tuple[list[LaneState], Sequence[tuple[LaneState, int]]]]:
        """Yield the lanes of each source that the control binds, with those into third countries."""
        for lanes, third_country_lanes in self._pairs:
            bound = [x for x in lanes if any(rule.control is self._control for rule in x.binding)]
            if bound:
                yield bound, third_country_lanes


def _sent(third_country_lanes: Sequence[tuple[LaneState, int]]) -> float:
    """Return what is dispatched to third countries in this tick, as far as a control has a part in it."""
    sent = 0.0
    for lane, n_sharing in third_country_lanes:
        sent += lane.dispatched / n_sharing
    return sent
