"""The options of a command that runs declared cases."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

REPLICATIONS = 512


def add_run_options(made: argparse.ArgumentParser, *, page: str) -> None:
    """Add the options to run, keep, read and publish."""
    made.add_argument("--list", action="store_true", help="print the names and run nothing")
    made.add_argument(
        "-n", type=_positive, default=REPLICATIONS, metavar="N", help=f"replications ({REPLICATIONS})"
    )
    made.add_argument("--workers", type=_positive, default=1, metavar="N", help="processes (1)")
    made.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to a file")
    made.add_argument("--read", type=Path, nargs="+", metavar="FILE", help="run nothing; read such files")
    made.add_argument("--page", action="store_true", help=f"put the tables into {page}")


def tell(text: str) -> None:
    """Report progress on stderr."""
    print(text, file=sys.stderr, flush=True)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected at least 1, found {text}")
    return number
