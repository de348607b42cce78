"""The streams that are drawn once in a replication, and their dimensions of a quasi-random sequence.

Owns which names are drawn once in a replication, or first of several times, and their order. How often a
number is drawn is declared with its key; a test compares the names with those that `diamondsim.sampling` asks
for.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from diamondsim.distributions import Constant, Distribution, Mixture, Product, Sum
from diamondsim.plan.sampling_design import Sampling
from diamondsim.plan.structure import Branch, Facility, Plan, inputs
from diamondsim.scenario import MOST_DIMENSIONS, Scenario


def make_sampling(scenario: Scenario, plan: Plan) -> Sampling:
    """Return how the uniforms of a scenario are laid out.

    A name to which the scenario gives a dimension keeps it; the others take the least that are free, in the
    order of `names_drawn_once`. Names beyond `MOST_DIMENSIONS` have none: they are drawn at random.

    Parameters
    ----------
    scenario : Scenario
        With `sampling`.
    plan : Plan
        What it was compiled to.
    """
    fixed = scenario.sampling.dimensions
    taken = set(fixed.values())
    free = (number for number in range(1, MOST_DIMENSIONS + 1) if number not in taken)
    dimensions: dict[str, int] = {}
    names = names_drawn_once(plan)
    for name in names:
        dimension = fixed.get(name) or next(free, None)
        if dimension is not None:
            dimensions[name] = dimension
    return Sampling(scenario.sampling.method, MappingProxyType(dimensions), len(names) - len(dimensions))


def names_drawn_once(plan: Plan) -> list[str]:
    """Return the names of all streams of which a replication takes one uniform, most important first.

    Of numbers that are drawn for each spell, sojourn or announcement the first draw is among them, since most
    replications have one. Noise and outages, which recur, are not.

    Controls come first, then facilities, then the rest; each in alphabetical order of what seeds them.
    """
    drawn: set[str] = set()
    for number in inputs(plan):
        if not isinstance(number.distribution, Constant) and number.first_stream is not None:
            drawn.update(_streams(number.distribution, number.first_stream))
    drawn |= set(_choices(plan))
    controls = (*(f"{control.name}/" for control in plan.controls), "controls.", "draws.")
    seeded = plan.stream_names.seeded
    return sorted(
        drawn,
        key=lambda name: (not name.startswith(controls), not name.startswith("facilities."), seeded(name)),
    )


def paths_drawn_once(plan: Plan) -> dict[str, str]:
    """Return where the scenario states what each stream of `names_drawn_once` draws, by name of the stream.

    Of several numbers that read one draw it is the first.
    """
    paths: dict[str, str] = {}
    for number in inputs(plan):
        if number.first_stream is not None:
            paths.setdefault(number.first_stream, number.name)
    return {name: _path(name, paths) for name in names_drawn_once(plan)}


def _path(name: str, paths: dict[str, str]) -> str:
    # The further factors of a number are named after its first; choices after the path of what is chosen.
    words = name.split("/")
    begins = ("/".join(words[:k]) for k in range(len(words), 0, -1))
    return next((paths[begin] for begin in begins if begin in paths), words[0])


def _choices(plan: Plan) -> Iterator[str]:
    """Yield the names of the uniforms that decide between outcomes."""
    for control in plan.controls:
        for entry in control.timeline:
            yield from _branching(entry.name, entry.branches)
        for state, sojourn in control.sojourn.items():
            yield from _branching(f"{sojourn.drawn_name()}/next", control.transitions.get(state, ()))
        for hazard in control.hazards:
            yield f"{hazard.per_year.name}/visit0"
    for facility in plan.facilities:
        yield from _outcomes(facility)
    for surcharge in () if plan.prices is None else plan.prices.surcharges:
        if surcharge.start is not None and surcharge.is_change:
            yield f"{surcharge.start.missed.name}/outcome"


def _branching(name: str, branches: tuple[Branch, ...]) -> Iterator[str]:
    if len(branches) > 1:
        yield name


def _outcomes(facility: Facility) -> Iterator[str]:
    yield f"{facility.cancelled.name}/outcome"
    for tranche in () if facility.financing is None else facility.financing.tranches:
        if tranche.terms is not None:
            yield f"{tranche.terms.fails.name}/outcome"
    if facility.power is not None and facility.power.project is not None:
        yield f"{facility.power.project.cancelled.name}/outcome"
    if facility.ownership_change is not None:
        yield f"{facility.ownership_change.probability.name}/outcome"
    if facility.presses is not None:
        yield f"{facility.presses.probability.name}/outcome"
        for _, granted in facility.presses.licences:
            yield f"{granted.name}/{facility.name}"


def _streams(distribution: Distribution, name: str) -> Iterator[str]:
    """Yield the names of the uniforms from which a distribution is drawn."""
    if not isinstance(distribution, Constant):
        yield name
        yield from _further_streams(distribution, name)


def _further_streams(distribution: Distribution, name: str) -> Iterator[str]:
    """Yield the names of all but the first uniform."""
    match distribution:
        case Product(factors):
            for k, factor in enumerate(factors[1:], start=1):
                yield from _streams(factor, f"{name}/factor{k}")
            yield from _further_streams(factors[0], name)
        case Sum(terms):
            for k, term in enumerate(terms):
                if k == distribution.first:
                    yield from _further_streams(term, name)
                else:
                    yield from _streams(term, f"{name}/term{k}")
        case Mixture(weights, parts):
            for k, part in enumerate(parts):
                if weights[k] > 0:
                    yield from _further_streams(part, f"{name}/part{k}")
