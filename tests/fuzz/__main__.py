"""Judge many inputs: ``python -m tests.fuzz structure 0 10000 --log structure.jsonl``.

The log has one line of JSON for each input; the summary counts verdicts, and lists failures by
their last line.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path

from tests.fuzz.worker import KINDS, LIMIT_SECONDS, verdicts


def run(
    kind: str, numbers: range, *, log: Path | None = None, limit: float = LIMIT_SECONDS
) -> dict[str, object]:
    """Judge the inputs of one kind and return the counts, the largest mass error and the failures."""
    counts: Counter[str] = Counter()
    failures: defaultdict[str, list[int]] = defaultdict(list)
    mass = 0.0
    for number, verdict, seconds in verdicts(kind, numbers, limit=limit):
        counts[verdict.kind] += 1
        mass = max(mass, verdict.mass)
        if verdict.kind == "failed":
            failures[verdict.said.strip().splitlines()[-1][:200]].append(number)
        if log is not None:
            with log.open("a", encoding="ascii") as file:
                line = {"input": kind, "number": number, "seconds": round(seconds, 3), **verdict.as_dict()}
                file.write(json.dumps(line) + "\n")
    return {"counts": dict(counts), "mass": mass, "failures": dict(failures)}


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("kind", choices=list(KINDS))
    parser.add_argument("first", type=int)
    parser.add_argument("end", type=int)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--limit", type=float, default=LIMIT_SECONDS)
    words = parser.parse_args()
    found = run(words.kind, range(words.first, words.end), log=words.log, limit=words.limit)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    _main()
