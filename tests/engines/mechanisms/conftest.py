"""Each mechanism of docs/model.md against numbers worked out by hand from its equations, on every engine.

Unless a test of this folder says otherwise: a lead of one tick, no largest order, no limit on a lane, no
finished stock, a queue that counts in full, and unmet demand that is lost. `target` is (32)'s
(lead + cover + H) * D, and what is to wait for licences.
"""

from __future__ import annotations

import pytest

from tests.engines.running import ENGINES, Run


@pytest.fixture(params=list(ENGINES.values()), ids=list(ENGINES))
def run(request: pytest.FixtureRequest) -> Run:
    """Each engine in turn."""
    engine: Run = request.param
    return engine
