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
"""What compiles a kernel or runs other packages: it takes longer than a quick look may."""


def main(words: Sequence[str]) -> int:
    """Do what the words say and return the exit code."""
    known, rest = parser().parse_known_args(words)
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
        description="Run the benchmarks, print tables and keep the figures. Files are named from the root of "
        "the project; further words go to pytest (-k sizes).",
    )
    what = made.add_mutually_exclusive_group()
    made.add_argument("--json", type=Path, metavar="FILE", help=f"where to write; by default in {RESULTS}")
    made.add_argument("--quick", action="store_true", help="only see that it works, in less than a minute")
    made.add_argument("--big", action="store_true", help="also a million replications")
    what.add_argument("--compare", nargs=2, type=Path, metavar=("A", "B"), help="two runs side by side")
    what.add_argument("--page", type=Path, metavar="FILE", help="put the figures of a file into the page")
    return made


def run(known: argparse.Namespace, rest: Sequence[str]) -> int:
    """Run the suite by pytest; its exit code is this one's."""
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
    if code == 0 and file.exists():  # there is none where pytest was told only to collect
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
        print(f"\nThe yardstick, a piece of work that never changes, swung by a factor of {swung:.2f}.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
