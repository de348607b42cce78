"""Run cases, each content once, in this process or in several."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
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
) -> Iterator[tuple[str, Result]]:
    """Yield the key of each case, in their order, with what a job makes of it, as soon as that is there.

    Cases that are the same scenario in the end are run once. With several workers, job and results must be
    such that they can be pickled. After each run it reports how many are done, how long they took, and how
    long the others will take at that rate.
    """
    hash_of = {case.key: case.load().hash for case in cases}
    distinct = {hash_of[case.key]: case for case in cases}
    begun = time.monotonic()
    results = zip(distinct, _map(job, distinct.values(), workers), strict=True)
    done: dict[str, Result] = {}
    for key, content in hash_of.items():
        while content not in done:
            found, done[found] = next(results)
            passed = time.monotonic() - begun
            left = passed / len(done) * (len(distinct) - len(done))
            report(f"{len(done)} of {len(distinct)} runs in {passed:.0f} s, about {left:.0f} s left")
        yield key, done[content]


def _map(job: Callable[[Case], Result], cases: Iterable[Case], workers: int) -> Iterator[Result]:
    if workers == 1:
        yield from map(job, cases)
        return
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(job, cases)
