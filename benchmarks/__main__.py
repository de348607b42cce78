"""The command of the benchmarks, which `python3 dev.py bench` calls from the root of the project."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import page
from benchmarks.compare import compared
from benchmarks.figures import Figures, FiguresError, read
from benchmarks.tables import origin, swing, tables

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path("benchmarks") / "results"
QUICK_LEAVES_OUT = ("benchmarks/test_fused.py", "benchmarks/test_peers.py")
"""Benchmarks that compile a kernel or run other packages, which takes long."""


def main(arguments: Sequence[str]) -> int:
    """Run the command and return the exit code."""
    known, rest = parser().parse_known_args(arguments)
    try:
        if known.compare:
            print(compared(*(read(path) for path in known.compare)))
            return 0
        if known.page:
            page.write(read(known.page))
            return 0
        return run(known, rest)
    except FiguresError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="dev.py bench",
        allow_abbrev=False,  # pytest's --co is not --compare
        description="Run the benchmarks, print tables and write the figures to a file. Paths are relative to "
        "the root of the project; other arguments are passed to pytest (-k sizes).",
    )
    what = made.add_mutually_exclusive_group()
    made.add_argument(
        "--json", type=Path, metavar="FILE", help=f"where to write the figures; by default in {RESULTS}"
    )
    made.add_argument(
        "--quick", action="store_true", help="only show that the suite works, in less than a minute"
    )
    made.add_argument("--big", action="store_true", help="also run a million replications")
    what.add_argument("--compare", nargs=2, type=Path, metavar=("A", "B"), help="compare two runs")
    what.add_argument(
        "--page", type=Path, metavar="FILE", help="write the figures of a file into docs/benchmarks.md"
    )
    return made


def run(known: argparse.Namespace, rest: Sequence[str]) -> int:
    """Run the suite with pytest and return its exit code."""
    target = known.json or RESULTS / f"{datetime.now(UTC):%Y-%m-%d-%H%M%S}{'-quick' * known.quick}.json"
    file = ROOT / target
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "benchmarks", "-q", "-p", "no:cacheprovider"]
    command += ["--benchmark-quiet", f"--benchmark-json={target}"]
    if known.quick:
        command += ["--quick", *(f"--ignore={name}" for name in QUICK_LEAVES_OUT)]
    if known.big:
        command += ["-m", "not deep"]
    code = subprocess.call([*command, *rest], cwd=ROOT)
    if code == 0 and file.exists():  # not written if pytest only collected
        show(read(file))
        print(f"\nFigures: {target}")
    return code


def show(figures: Figures) -> None:
    """Print the tables of a run."""
    print(f"\n{origin(figures)}")
    for table in tables(figures):
        print(f"\n{table.text()}")
    swung = swing(figures)
    if swung is not None:
        print(f"\nThe yardstick, a piece of work that never changes, varied by a factor of {swung:.2f}.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
