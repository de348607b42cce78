"""Run cases, each content once, in this process or in several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

from benchmarks.declared_runs.cases import Case

Report = Callable[[str], None]
Result = TypeVar("Result")


def run_each(
    cases: Sequence[Case],
    job: Callable[[Case], Result],
    *,
    workers: int = 1,
    report: Report = lambda _text: None,
) -> Mapping[str, Result]:
    """Return what a job makes of each case, by the key of the case.

    Cases that are the same scenario in the end are run once. With several workers, job and results must be
    such that they can be pickled.
    """
    hash_of = {case.key: case.load().hash for case in cases}
    distinct = {hash_of[case.key]: case for case in cases}
    done: dict[str, Result] = {}
    for content, result in zip(distinct, _map(job, distinct.values(), workers), strict=True):
        done[content] = result
        report(f"{len(done)} of {len(distinct)} runs")
    return {key: done[content] for key, content in hash_of.items()}


def _map(job: Callable[[Case], Result], cases: Iterable[Case], workers: int) -> Iterator[Result]:
    if workers == 1:
        yield from map(job, cases)
        return
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(job, cases)
