"""A plan of the size of the shipped baseline, with everything uncertain and every mechanism in it."""

from __future__ import annotations

import numpy as np

from diamondsim.distributions import (
    Beta,
    Exponential,
    Lognormal,
    Mixture,
    Pert,
    Product,
    Triangular,
    Uniform,
)
from diamondsim.plan import (
    CapacityRow,
    Diversion,
    GrowthGroup,
    NodeKind,
    NoiseRow,
    Outages,
    Plan,
    Relay,
    ScheduledOutage,
    Source,
    SubstitutionRow,
)
from tests.sampling.plans import (
    ANNOUNCED,
    BANNED,
    LICENSING,
    NONE,
    SUSPENDED,
    entry,
    make_control,
    make_facility,
    make_plan,
    make_rule,
    number,
    split,
)

REGIME = {
    "initial_rate": Beta(0.9, 7.05),
    "dead_days": Triangular(15.0, 52.0, 91.0),
    "recovery_days": Lognormal(91.0, 0.66),
}
OPEN = Product((Beta(4.0, 2.0), Uniform(0.9, 1.2)))
SHUT = Mixture((0.55, 0.45), (Uniform(0.0, 0.05), Beta(6.0, 2.0)))


def controls() -> dict[str, object]:
    diversion = Diversion(
        share=number(Beta(6.0, 2.0), "leak.share"),
        delay=number(Triangular(30.0, 75.0, 150.0), "leak.delay"),
        crackdown_wait=number(Exponential(240.0), "leak.wait"),
        after_crackdown=number(Beta(1.5, 6.0), "leak.after"),
        seized=number(0.2),
        ramp=number(0.0),
        fade=number(0.0),
        relay=number(1.0),
        relay_memory=number(56.0),
        limit=Relay.UNLIMITED,
    )
    first = make_control(
        "grit",
        start=SUSPENDED,
        timeline=(
            entry(20, ANNOUNCED),
            entry(25, LICENSING),
            entry(77, (0.75, LICENSING), (0.25, SUSPENDED)),
            entry(129, (0.5, None), (0.5, SUSPENDED)),
        ),
        front_loading=number(Pert(1.0, 2.0, 3.5), "grit.front_loading"),
        relapse_per_year=number(0.5),
        relapse_days=number(Triangular(30.0, 60.0, 150.0), "grit.relapse"),
        diversion=diversion,
    )
    second = make_control(
        "ban",
        start=SUSPENDED,
        timeline=(entry(-30, SUSPENDED), entry(40, (0.4, BANNED), (0.6, None))),
        diversion=diversion,
    )
    third = make_control(
        "flares",
        sojourn={
            NONE: number(Exponential(400.0), "flares.none"),
            LICENSING: number(Lognormal(180.0, 1.3), "flares.on"),
        },
        transitions={NONE: split(LICENSING), LICENSING: split(NONE)},
    )
    rules = (
        make_rule(0, name="civil", long_run_rate=OPEN, **REGIME),
        make_rule(0, name="chip", long_run_rate=OPEN, review_days=Lognormal(35.0, 0.7), **REGIME),
        make_rule(0, name="us", long_run_rate=SHUT, **REGIME),
        make_rule(0, name="jp", long_run_rate=Beta(2.0, 3.0), denied_parties=Uniform(0.02, 0.1), **REGIME),
        make_rule(
            0, name="military", **REGIME | {"initial_rate": Beta(0.5, 19.5)}, long_run_rate=Beta(0.5, 19.5)
        ),
        make_rule(1, name="us-ban", ban=Beta(0.5, 15.0), withdrawal_per_day=0.007),
        make_rule(2, name="flare", long_run_rate=SHUT, **REGIME),
        make_rule(2, name="flare-military", long_run_rate=Beta(0.5, 19.5), **REGIME),
    )
    return {"controls": (first, second, third), "requires": np.array([-1, 0, -1]), "licensing_rules": rules}


def baseline_plan(*, n_ticks: int = 370, n_noise: int = 26, n_rows: int = 10) -> Plan:
    """Make the plan: 3 controls, 8 rules, and as many rows as wanted."""
    lanes = tuple((source, node) for node in range(26) for source in range(3))
    plant = make_facility(
        decision_day=-300.0,
        stages=(
            ("financing", number(Triangular(45.0, 240.0, 540.0), "plant.financing")),
            ("building", number(Pert(500.0, 700.0, 1100.0), "plant.building")),
        ),
        cancelled=number(Beta(1.5, 8.5), "plant.cancelled"),
        ramp_days=number(Pert(300.0, 420.0, 700.0), "plant.ramp"),
        yield_start=number(Uniform(0.4, 0.6), "plant.yield_start"),
        yield_end=number(0.9),
        qualification={"any": number(Triangular(90.0, 180.0, 540.0), "plant.qualification")},
    )
    outages = (
        Outages("stops", number(0.5), number(Triangular(7.0, 30.0, 120.0), "stops.days"), number(0.5)),
    )
    rows = [
        CapacityRow(f"p{j}", number(Uniform(0.0, 0.08), f"p{j}.growth"), outages_of(j, outages), (), -1)
        for j in range(n_rows - 1)
    ]
    scripted = (ScheduledOutage(3, 5, number(0.5)),)
    rows.append(CapacityRow("plant", number(0.0), outages_of(n_rows, outages), scripted, 0))
    return make_plan(
        n_ticks=n_ticks,
        nodes=(NodeKind.USE,) * 26,
        n_sources=3,
        lanes=lanes,
        values={
            "cover": [Triangular(20.0, 45.0, 90.0)] * 26,
            "base_flow": [Lognormal(1000.0, 0.2)] * 26,
            "contract_share": [0.7, 0.3, 0.4] * 26,
        },
        lane_facility=np.array([-1, -1, 0] * 26),
        entrant=np.array([False, False, True] * 26),
        lane_class=("", "", "chip") * 26,
        sources=tuple(
            Source(f"s{s}", f"p{s}", "here", "grit", "plant" if s == 2 else None) for s in range(3)
        ),
        facilities=(plant,),
        capacity_rows=tuple(rows),
        source_index=np.array([0, 1, n_rows - 1]),
        growth_groups=tuple(
            GrowthGroup(f"g{k}", number(Triangular(0.03, 0.07, 0.08), f"g{k}.per_year"), (), ())
            for k in range(n_rows)
        ),
        noise_rows=tuple(NoiseRow(f"noise{m}", False, number(0.1), number(30.0)) for m in range(n_noise)),
        substitution_rows=(
            SubstitutionRow("sub", number(Uniform(0.0, 0.2), "sub.share"), number(360.0), None, (0, 1, 2)),
        ),
        **controls(),
    )


def outages_of(producer: int, outages: tuple[Outages, ...]) -> tuple[Outages, ...]:
    return tuple(
        Outages(
            f"p{producer}.{o.name}",
            o.per_year,
            number(o.days.distribution, f"p{producer}.{o.days.name}"),
            o.loss,
        )
        for o in outages
    )
