"""The command that `python3 dev.py traces` calls: choose two replications and tell them by month."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.declared_runs.declarations import DeclarationError
from benchmarks.declared_runs.marked_pages import write_between_marks
from benchmarks.traces.telling import told

PAGE = Path(__file__).resolve().parents[2] / "docs" / "traces.md"


def main(arguments: Sequence[str]) -> int:
    """Run the command and return the exit code."""
    asked = parser().parse_args(arguments)
    try:
        for name, text in told().items():
            print(f"{text}\n")
            if asked.page:
                write_between_marks(name, text, PAGE)
    except DeclarationError as error:
        print(f"traces: {error}", file=sys.stderr)
        return 2
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="dev.py traces",
        description="Choose two replications of the main question by their exports, and tell them by month.",
    )
    made.add_argument("--page", action="store_true", help="put the text into docs/traces.md")
    return made


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
