"""Each test of prices runs on every engine."""

from __future__ import annotations

import pytest

from tests.engines.running import ENGINES, Run


@pytest.fixture(params=list(ENGINES.values()), ids=list(ENGINES))
def run(request: pytest.FixtureRequest) -> Run:
    """Each engine in turn."""
    engine: Run = request.param
    return engine
