"""What third countries pass on around a control, as far as it limits diversion (model.md, eq. 40a-40d)."""

from __future__ import annotations

from collections.abc import Sequence

from diamondsim.engines.event.control_process import ControlProcess
from diamondsim.engines.event.lane_state import LaneState
from diamondsim.engines.event.source_process import SourceProcess
from diamondsim.plan import Relay


class TraderStock:
    """The goods of one source that traders in the third countries of a control pass on.

    Parameters
    ----------
    source : SourceProcess
    third_country_lanes : sequence of (LaneState, int)
        Its lanes into the third countries, with the number of controls that share what is sent on them.

    Attributes
    ----------
    sent_mean : float
        `sent_mean[i,s]`: what third countries are sent in a tick, smoothed (eq. 40a).
    drawdown : float
        `drawdown[i,s]`: what they have passed on out of their stocks and not replaced (eq. 40d).
    """

    def __init__(self, source: SourceProcess, third_country_lanes: Sequence[tuple[LaneState, int]]) -> None:
        self.source = source
        self._lanes = third_country_lanes
        self.sent_mean = 0.0
        for lane, n_sharing in third_country_lanes:
            self.sent_mean += lane.opening_flow / n_sharing
        self.drawdown = 0.0

    @property
    def sent(self) -> float:
        """What third countries are sent in this tick, as far as the control has a part in it."""
        sent = 0.0
        for lane, n_sharing in self._lanes:
            sent += lane.dispatched / n_sharing
        return sent

    def replace(self) -> None:
        """Take what has been passed on off what third countries are sent, as far as it goes (eq. 40c)."""
        sent = self.sent
        if self.drawdown > 0.0 and sent > 0.0:
            for lane, n_sharing in self._lanes:
                lane.relayed += lane.dispatched / n_sharing * min(1.0, self.drawdown / sent)
            self.drawdown = max(0.0, self.drawdown - sent)


class DiversionRelay:
    """What one control's third countries can pass on.

    Parameters
    ----------
    control : ControlProcess
        The control around which they pass goods on.
    stocks : sequence of TraderStock
        One for each source.
    """

    def __init__(self, control: ControlProcess, stocks: Sequence[TraderStock]) -> None:
        self._control = control
        self._stocks = stocks

    def limit(self) -> None:
        """Limit what is diverted around the control to what its third countries can pass on (eq. 40a)."""
        control = self._control
        for stock in self._stocks:
            stock.sent_mean += control.relay_gain * (stock.sent - stock.sent_mean)
            bound = self._bound(stock)
            potential = 0.0
            for lane in bound:
                potential += lane.potential_diversion
            pool = control.relay_share * stock.sent_mean
            scale = min(1.0, pool / potential) if potential > 0.0 else 1.0
            for lane in bound:
                lane.relay_scale = min(lane.relay_scale, scale)

    def take(self) -> None:
        """Take what is diverted off what third countries are sent, now or later (eq. 40c, 40d)."""
        if self._control.relay != Relay.INSIDE:
            return
        for stock in self._stocks:
            for lane in self._bound(stock):
                stock.drawdown += lane.diverted / lane.n_inside
            stock.replace()
            stock.source.relay_drawdown += stock.drawdown

    def _bound(self, stock: TraderStock) -> list[LaneState]:
        """Return the lanes of a source that the control binds."""
        if not self._control.in_force:
            return []
        return [
            x for x in stock.source.covered_lanes if any(rule.control is self._control for rule in x.binding)
        ]
