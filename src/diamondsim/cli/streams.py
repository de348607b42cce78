"""The standard streams of the command: absent, narrow, closed by their reader or on a full disk.

Everything that the commands print goes through `say`, `say_as_file`, `warn` or `complain`, or through
`console.show`, so that no character of a name can move the cursor or turn the text around.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

_OF_THE_MACHINE = frozenset(
    getattr(errno, name)
    for name in ("ENOSPC", "EDQUOT", "EFBIG", "EIO", "EROFS", "ENXIO", "EBADF")
    if hasattr(errno, name)  # No system has all of them.
)


_CONTROLS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, other than tab and new line
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # what changes the direction of the text
    r"\u2028\u2029\ufeff]"
)


def visible(text: str) -> str:
    r"""Return a text with control characters, and those that turn text around, as escapes of JSON.

    Examples
    --------
    >>> print(visible("grit\u202e, \x1b[31mred"))
    grit\u202e, \u001b[31mred
    """
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def say(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print a text for people on standard output or standard error."""
    click.echo(visible(text), err=err, nl=nl)


def say_as_file(text: str) -> None:
    """Print what may become a file: as it is, unless it goes to a terminal."""
    click.echo(visible(text) if sys.stdout.isatty() else text, nl=False)


def warn(text: str) -> None:
    """Print a warning on standard error; on a terminal wrapped at its width, else as one line of a log."""
    warning = f"warning: {text}"
    if not sys.stderr.isatty():
        say(warning, err=True)
        return
    from diamondsim.reporting import page_of, wrapped

    with page_of(shutil.get_terminal_size().columns):
        for line in wrapped(warning):
            say(line, err=True)


@contextmanager
def python_warnings() -> Iterator[None]:
    """Print meanwhile what Python warns of as other warnings, without the place in the code."""
    import warnings

    def show(message: Warning | str, category: type[Warning], *place: object, **more: object) -> None:
        del category, place, more
        warn(str(message))

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield


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
        say(message, err=True)
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
