"""What each replication exports in the months that were observed, and how many licences it grants.

Reads Draws and a Ledger, which both engines fill alike (docs/model.md, eq. 99-101).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from diamondsim.arrays import BoolArray, FloatArray
from diamondsim.conditioning.observation import ALL_DESTINATIONS, SHARE, Observation
from diamondsim.constants import DAYS_PER_MONTH
from diamondsim.draws import Draws
from diamondsim.errors import Problem, nearest
from diamondsim.ledger import Ledger
from diamondsim.plan import ControlState, Plan

RECORDED_FOR_EXPORTS = ("granted", "shipped")


def expected(plan: Plan, draws: Draws, ledger: Ledger, observations: Sequence[Observation]) -> FloatArray:
    """Return what each replication expects of each observation.

    Parameters
    ----------
    plan, draws, ledger : Plan, Draws, Ledger
        Of one block; the Ledger holds `RECORDED_FOR_EXPORTS`.
    observations : sequence of Observation
        Without `misfits`.

    Returns
    -------
    (O, R) float array
        Exports in the unit of the observation, or the mean approval rate; NaN where the control is not in
        force in the month and so no licence could be decided.
    """
    rows = [_one(plan, draws, ledger, each) for each in observations]
    return np.array(rows).reshape(len(observations), draws.n_replications)


def misfits(plan: Plan, observations: Sequence[Observation]) -> list[Problem]:
    """Return why observations do not fit a scenario: names, months outside the horizon, double counting."""
    problems: list[Problem] = []
    fitting: list[Observation] = []
    for each in observations:
        found = _misfit(plan, each)
        if found is None:
            fitting.append(each)
        else:
            problems.append(found)
    return problems + _double(plan, fitting)


def _misfit(plan: Plan, observation: Observation) -> Problem | None:
    """Return why an observation does not fit a scenario."""
    controls, control = _observable(plan), observation.control
    if control not in controls:
        allowed = ", ".join(controls) or "none: the scenario has no controls of goods"
        why = f"there is no control of goods '{control}'"
        return _problem(observation, why, allowed=allowed, suggestion=nearest(control, controls))
    end = plan.date(plan.n_ticks)
    if observation.month < plan.start or observation.month >= end or observation.end > end:
        why = f"the whole of {observation.month:%Y-%m} must lie in the horizon, {plan.start} to {end}"
        return _problem(observation, why)
    regions, to = _regions(plan, observation), observation.destination
    if to not in (ALL_DESTINATIONS, *regions):
        close, allowed = nearest(to, regions), ", ".join((ALL_DESTINATIONS, *regions))
        why = f"{control} covers no lane to '{to}'"
        return _problem(observation, why, allowed=allowed, suggestion=close)
    if not _lanes(plan, observation).any():
        why = f"{control} covers nothing to {to} that is counted in {observation.unit}"
        return _problem(observation, why)
    return None


def _observable(plan: Plan) -> list[str]:
    """Return the names of the controls of goods.

    Machines are not counted, and the effects of a control on trade that it does not cover (its spillover, its
    overcompliance) are no control that a figure could be published on.
    """
    covering = [each for each, rules in zip(plan.controls, plan.rule_of, strict=True) if (rules >= 0).any()]
    return [each.name for each in covering if each.spillover is None]


def _double(plan: Plan, observations: Sequence[Observation]) -> list[Problem]:
    """Return the observations that count goods, or decisions of a control, that an earlier one counts."""
    problems = []
    lanes = [_lanes(plan, each) for each in observations]
    for number, each in enumerate(observations):
        for first, counted in zip(observations[:number], lanes, strict=False):
            same_kind = (first.month, first.measure) == (each.month, each.measure)
            # Two controls decide apart on the same goods, and the goods leave once.
            apart = each.measure == "licences" and first.control != each.control
            if same_kind and not apart and (counted & lanes[number]).any():
                line = first.located[1]
                where = f" of line {line}" if line is not None else ""
                why = f"{each.label} would count what {first.label}{where} counts already"
                one_control = "" if first.control == each.control else ", of one of the controls"
                allowed = f"one row for each destination, or one for all{one_control}"
                problems.append(_problem(each, why, allowed=allowed))
                break
    return problems


def _problem(observation: Observation, why: str, **more: str | None) -> Problem:
    file, line = observation.located
    return Problem(file=file, line=line, why=why, **more)  # type: ignore[arg-type]


def _one(plan: Plan, draws: Draws, ledger: Ledger, observation: Observation) -> FloatArray:
    share = _share_of_ticks(plan, observation)
    ticks, lanes = (np.flatnonzero(rows).tolist() for rows in (share, _lanes(plan, observation)))
    if observation.measure == "licences":
        return _approval(plan, draws, observation, share, lanes)
    exports = np.zeros(draws.n_replications)
    for tick in ticks:
        for lane in lanes:
            exports += share[tick] * (ledger["granted"][tick, lane] + ledger["shipped"][tick, lane])
    if observation.unit != SHARE:
        return exports
    normal = np.zeros(draws.n_replications)
    for lane in lanes:
        normal += _contract_flow(plan, draws, lane) * (DAYS_PER_MONTH / plan.tick_days)
    return np.asarray(np.where(normal > 0, exports / np.where(normal > 0, normal, 1.0), np.nan))


def _approval(
    plan: Plan, draws: Draws, observation: Observation, share: FloatArray, lanes: Sequence[int]
) -> FloatArray:
    """Return the mean approval rate over the days of the month in which the control is in force (eq. 101).

    What comes in batches is capped at 1 in the mean of the month, and not in each tick.
    """
    control = [each.name for each in plan.controls].index(observation.control)
    granted, decided = np.zeros(draws.n_replications), np.zeros(draws.n_replications)
    for lane in lanes:
        flow = _contract_flow(plan, draws, lane)
        let_pass, applied = np.zeros(draws.n_replications), np.zeros(draws.n_replications)
        for tick in np.flatnonzero(share).tolist():
            asked = share[tick] * _in_force(plan, draws, tick, control) * flow
            let_pass += asked * draws.approval_rate[tick, plan.rule_of[control, lane]]
            applied += asked
        granted += np.minimum(let_pass, applied)
        decided += applied
    return np.asarray(np.where(decided > 0, granted / np.where(decided > 0, decided, 1.0), np.nan))


def _in_force(plan: Plan, draws: Draws, tick: int, control: int) -> BoolArray:
    state = draws.control_state[tick]
    required = plan.requires[control]
    effect = (state == ControlState.LICENSING) | (state == ControlState.BANNED)
    return np.asarray(effect[control] & effect[required] if required >= 0 else effect[control])


def _contract_flow(plan: Plan, draws: Draws, lane: int) -> FloatArray:
    """Return the contract flow of a lane at the start, per tick."""
    node = plan.lane_node[lane]
    growth = draws.growth[0, plan.node_growth[node]]
    return np.asarray(draws.contract_share[lane] * draws.base_flow[node] * growth)


def _lanes(plan: Plan, observation: Observation) -> BoolArray:
    """Return the incumbent lanes that an observation is about, (L,)."""
    control = [each.name for each in plan.controls].index(observation.control)
    lanes = (plan.rule_of[control] >= 0) & ~plan.entrant
    regions = np.array([plan.nodes[node].region for node in plan.lane_node])
    if observation.destination != ALL_DESTINATIONS:
        lanes &= regions == observation.destination
    unit_of = dict(zip(plan.grades, plan.grade_units, strict=True))
    units = np.array([unit_of[plan.nodes[node].grade] for node in plan.lane_node])
    # A share adds up what is counted in carats; only where there is none, what is counted in areas.
    usual = "ct" if "ct" in units[lanes] else "cm2"
    unit = observation.unit if observation.unit in ("ct", "cm2") else usual
    return np.asarray(lanes & (units == unit))


def _regions(plan: Plan, observation: Observation) -> tuple[str, ...]:
    control = [each.name for each in plan.controls].index(observation.control)
    lanes = np.flatnonzero((plan.rule_of[control] >= 0) & ~plan.entrant)
    reached = {plan.nodes[plan.lane_node[lane]].region for lane in lanes}
    return tuple(region for region in plan.regions if region in reached)


def _share_of_ticks(plan: Plan, observation: Observation) -> FloatArray:
    """Return the share of the days of each tick that lie in the month, (T,)."""
    begin, end = ((day - plan.start).days for day in (observation.month, observation.end))
    first = np.arange(plan.n_ticks) * plan.tick_days
    days = np.minimum(first + plan.tick_days, end) - np.maximum(first, begin)
    return np.asarray(np.maximum(days, 0.0) / plan.tick_days)
