"""Rows of an event log, as the tests of this folder compare them.

Unless a test says otherwise a use has no cover, a lane has a lead time of one tick, and the expected fill
rate stays at 1 (gain 0).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest

from diamondsim.engines.event import Event, EventKind


def rows_of(events: Iterable[Event]) -> list[tuple[int, EventKind, str, object]]:
    return [(e.tick, e.kind, e.entity, pytest.approx(e.quantity)) for e in events]


def of_kind(events: Sequence[Event], *kinds: EventKind) -> list[Event]:
    return [e for e in events if e.kind in kinds]
