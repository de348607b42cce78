"""The standard streams of the command: absent, narrow, closed by their reader or on a full disk."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from pathlib import Path
from typing import TextIO

import click

_OF_THE_MACHINE = frozenset(
    getattr(errno, name)
    for name in ("ENOSPC", "EDQUOT", "EFBIG", "EIO", "EROFS", "ENXIO", "EBADF")
    if hasattr(errno, name)  # No system has all of them.
)


def prepare_streams() -> None:
    """Give standard streams that are absent a place to write to, and let files and pipes receive UTF-8."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # The caller has closed it, as in `diamondsim run calm >&-`.
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for good
        # A code page lacks letters, and scenarios are not read in one.
        elif isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() != "utf-8":
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors=stream.errors)


def complain(message: str) -> None:
    """Print a message on standard error; without effect if it cannot be written."""
    try:
        click.echo(message, err=True)
        sys.stderr.flush()
    except OSError:
        discard(sys.stderr)


def is_of_the_machine(error: OSError) -> bool:
    """Return whether output could not be written for a reason that lies outside of diamondsim."""
    return error.errno in _OF_THE_MACHINE


def discard(stream: TextIO) -> None:
    """Discard what a stream still holds and what comes, so that Python does not fail with it in the end."""
    null = os.open(os.devnull, os.O_WRONLY)
    with contextlib.suppress(OSError, ValueError):  # It is not a file.
        os.dup2(null, stream.fileno())
    os.close(null)
