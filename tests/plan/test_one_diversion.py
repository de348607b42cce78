"""A control that requires another one adds no diversion and no crackdown of its own."""

from __future__ import annotations

import numpy as np

from diamondsim.plan import compile_plan
from diamondsim.sampling import draw
from diamondsim.scenario import load_scenario


def test_what_leaks_past_the_ban_is_what_leaks_past_the_licences() -> None:
    plan = compile_plan(load_scenario("us-ban-2027"))
    draws = draw(plan, seed=1, first=0, count=64)
    names = [control.name for control in plan.controls]
    licences, ban = names.index("cn_55"), names.index("us_46_2")
    both = (draws.diversion_share[:, licences] > 0) & (draws.diversion_share[:, ban] > 0)
    assert both.any()
    assert (draws.diversion_share[:, ban] >= draws.diversion_share[:, licences])[both].all()
    assert (draws.seized_share[:, ban] == 0).all()
    assert (draws.diversion_delay_ticks[ban] <= draws.diversion_delay_ticks[licences]).all()
    assert np.isin(draws.diversion_share[:, ban], [0.0, 1.0]).all()
