"""Memory for the large arrays of the Draws, kept from one draw to the next.

New memory costs more time than drawing into it, because the system clears every page when it is first
touched.
"""

from __future__ import annotations

import numpy as np

from diamondsim.arrays import FloatArray


class Scratch:
    """Arrays by name, made on first use and reused as long as their shape is the same.

    A second draw into a scratch overwrites the Draws that were made in it.

    Examples
    --------
    >>> scratch = Scratch()
    >>> scratch.array("noise", (2, 3)) is scratch.array("noise", (2, 3))
    True
    """

    def __init__(self) -> None:
        self._arrays: dict[str, FloatArray] = {}

    def array(self, name: str, shape: tuple[int, ...]) -> FloatArray:
        """Return an array of a shape; its values are arbitrary."""
        if name not in self._arrays or self._arrays[name].shape != shape:
            self._arrays.pop(name, None)  # so that there are never two
            self._arrays[name] = np.empty(shape)
        return self._arrays[name]
