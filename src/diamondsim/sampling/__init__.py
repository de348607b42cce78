"""Plan -> Draws: all random quantities are drawn before the run (model.md, section 4).

`draw` makes the Draws of any replications, `numbers_drawn_once` what they draw once; `NUMBERS` explains
the keys of `Plan.numbers`.
"""

from diamondsim.sampling.block import Scratch
from diamondsim.sampling.drawing import draw
from diamondsim.sampling.numbers import NUMBERS, NumberKey
from diamondsim.sampling.once import DrawnInput, drawn_blocks, inputs_drawn_once, numbers_drawn_once
from diamondsim.sampling.random_streams import BLOCK
from diamondsim.sampling.resampling import resample_counts

__all__ = [
    "BLOCK",
    "NUMBERS",
    "DrawnInput",
    "NumberKey",
    "Scratch",
    "draw",
    "drawn_blocks",
    "inputs_drawn_once",
    "numbers_drawn_once",
    "resample_counts",
]
