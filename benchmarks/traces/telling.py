"""The text of docs/traces.md between its marks: which replications, and what happens in each."""

from __future__ import annotations

import numpy as np

from benchmarks.declared_runs.marked_pages import markdown_table
from benchmarks.traces.calendar_months import Months
from benchmarks.traces.choosing import (
    CONTROL,
    REPLICATIONS,
    SCENARIO,
    SEED,
    World,
    covered_lanes,
    episode_shares,
    export_shares,
    plan_and_months,
    worlds,
)
from benchmarks.traces.month_tables import (
    DESTINATIONS,
    MONTHLY_UNTIL,
    Flows,
    Need,
    Stretch,
    flow_table,
    need_table,
    stretches,
)
from benchmarks.traces.readable_names import Names, listed
from benchmarks.traces.story import story, times_of, wrapped
from diamondsim.engines.event import EventKind
from diamondsim.plan import Plan
from diamondsim.scenario import load_scenario
from diamondsim.simulation import Trace, simulate

HARDLY, HALF = 0.1, 0.5


def told() -> dict[str, str]:
    """Return the text of each mark of the page."""
    plan, months = plan_and_months()
    chosen = worlds()
    scenario = load_scenario(SCENARIO)
    texts = {"chosen": _chosen(chosen, months)}
    for world in chosen:
        trace = simulate(scenario, seed=SEED, replication=world.replication)
        flows = Flows(trace.dataset, plan, months)
        parts = {
            "summary": _summary(trace, plan, months, flows, Names(scenario)),
            "exports": flow_table(flows, months),
            "needs": need_table(trace.dataset, months),
            "months": story(trace, Names(scenario), months),
        }
        texts |= {f"{world.name}-{part}": text for part, text in parts.items()}
    return texts


def _chosen(chosen: tuple[World, World], months: Months) -> str:
    """Return which replications are told, and the exports of both beside the episode."""
    heads = ["", "replication", "distance from gallium, rank", "mean exports in two years, rank"]
    rows = [
        [
            world.name.replace("-", " "),
            f"{world.replication} of seed {SEED}",
            f"{world.distance:.2f}, {world.by_distance} of {REPLICATIONS}",
            f"{100 * world.exports:.0f} %, {world.by_exports} of {REPLICATIONS}",
        ]
        for world in chosen
    ]
    episode = episode_shares()
    numbers = range(1, max(episode) + 1)
    shares = export_shares()
    by_month = [["gallium, 2023-24", *(f"{episode[n]:.2f}" if n in episode else "" for n in numbers)]]
    for world in chosen:
        own = shares[[months.row(n) for n in numbers], world.replication]
        by_month.append([world.name.replace("-", " "), *(f"{share:.2f}" for share in own)])
    median = np.median(shares[[months.row(n) for n in numbers]], axis=1)
    by_month.append([f"median of {REPLICATIONS}", *(f"{share:.2f}" for share in median)])
    compared = markdown_table(["exports in month", *map(str, numbers)], by_month)
    commands = [
        f"python3 dev.py run trace {SCENARIO} --seed {SEED} --replication {world.replication}"
        for world in chosen
    ]
    block = "\n".join(["```", *commands, "```"])
    return f"{markdown_table(heads, rows)}\n\n{compared}\n\nTheir event logs:\n\n{block}"


def _summary(trace: Trace, plan: Plan, months: Months, flows: Flows, names: Names) -> str:
    """Return the replication in one paragraph."""
    single = [one for one in stretches(months) if one.number and int(one.number) > 0]
    share = {int(one.number): flows.exports(DESTINATIONS["all"], one) for one in single}
    low = [str(number) for number in share if share[number] < HARDLY]
    half = next((number for number in share if share[number] >= HALF), None)
    fall = f"Exports never fall below {100 * HARDLY:.0f} % of a normal month"
    if low:
        fall = f"Exports are below {100 * HARDLY:.0f} % of a normal month in months {listed(low)}"
    rise = f"they do not reach half of it in {MONTHLY_UNTIL} months"
    if half is not None:
        rise = f"they first reach half of it in month {half}"
    needs, end = _needs(trace, plan, months, names), _end(trace, months, flows, names)
    return wrapped(f"{fall}, and {rise}. {needs} {end}")


def _needs(trace: Trace, plan: Plan, months: Months, names: Names) -> str:
    """Return which uses are short in the two years after the control has come into force, and how badly."""
    dataset = trace.dataset
    rows = [months.row(number) for number in range(1, MONTHLY_UNTIL + 1)]
    weights = months.weights[rows].sum(axis=0)
    last = int(np.flatnonzero(weights)[-1])
    grades = tuple(map(str, np.unique(dataset["lane_grade"].values[covered_lanes(plan)])))
    is_use = (dataset["node_kind"] == "use") & (dataset["node_region"] != "CN")
    nodes = dataset.isel(node=(is_use & dataset["node_grade"].isin(grades)).values)
    uses = sorted(
        {
            (str(region), str(use))
            for region, use in zip(nodes["node_region"].values, nodes["node_use"].values, strict=True)
        }
    )
    unmet = {pair: Need(dataset, ".".join(pair), months, grades).unmet(weights) for pair in uses}
    shorts = times_of(trace.events, dataset, EventKind.SHORTAGE_BEGINS, EventKind.SHORTAGE_ENDS)
    short = [time for time in shorts if time.begin <= last and (time.region, time.use) in unmet]
    total = float((weights @ nodes["shortage"].values).sum() / (weights @ nodes["demand"].values).sum())
    if not short:
        return f"None of {len(uses)} uses outside China runs short in two years."
    first, worst = short[0], max(unmet, key=lambda pair: unmet[pair])
    # A tick belongs to the month in which most of its days lie, as in the story.
    begin = months.first_days[int(np.argmax(months.weights[:, first.begin]))]
    hit = len({(time.region, time.use) for time in short})
    return (
        f"Of {len(uses)} uses outside China {hit} run short in two years, "
        f"{names.use(first.region, first.use)} first, in {begin:%Y-%m}. "
        f"Over these two years {_percent(total)} of the demand outside China for what the "
        f"control covers is unmet, most for {names.use(*worst)} ({_percent(unmet[worst])})."
    )


def _end(trace: Trace, months: Months, flows: Flows, names: Names) -> str:
    """Return how it ends: the last twelve months."""
    n = len(months.numbers)
    year = Stretch("", "", tuple(range(n - 12, n)))
    shorts = times_of(trace.events, trace.dataset, EventKind.SHORTAGE_BEGINS, EventKind.SHORTAGE_ENDS)
    still = [(time.region, time.use) for time in shorts if time.open]
    state = trace.dataset["control_state"].sel(control=CONTROL).values[-1]
    force = "in force" if int(state) in (2, 3) else "no longer in force"
    left = f"still short are {names.uses(still)}" if still else "nobody is short"
    return (
        f"In the last twelve months the control is {force}, exports are at "
        f"{_percent(flows.exports(DESTINATIONS['all'], year))} of the start and makers elsewhere at "
        f"{_percent(flows.output_elsewhere(year))}; at the end {left}."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.095 else f"{100 * share:.1f} %"
