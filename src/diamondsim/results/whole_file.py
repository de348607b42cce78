"""Files that are there whole or not at all, whatever interrupts the writing."""

from __future__ import annotations

import os
from pathlib import Path

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
    part = target.with_name(f".{target.name}.{os.getpid()}{PART}")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
