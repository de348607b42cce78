"""Files that are there whole or not at all, whatever interrupts the writing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

PART = ".part"
"""How the name of a file ends that is being written; it begins with a dot."""


def write_whole(target: Path, content: bytes | memoryview) -> None:
    """Write a file under another name and give it its own name once it is on the disk.

    Parameters
    ----------
    target : pathlib.Path
        An existing file is replaced.
    content : bytes

    Raises
    ------
    OSError
        Where the folder is missing or cannot be written to, or the disk is full; what was there before is
        still there then.
    """
    with written_whole(target) as file:
        file.write(content)


@contextmanager
def written_whole(target: Path) -> Iterator[IO[bytes]]:
    """Open a file to write and read under another name; it gets its own name once all is on the disk.

    Parameters
    ----------
    target : pathlib.Path
        An existing file is replaced at the end, and left as it was where something is raised.

    Raises
    ------
    OSError
        As for `write_whole`.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}{PART}")
    try:
        with part.open("x+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
