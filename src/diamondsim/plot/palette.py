"""The colours of all pictures.

Those of `SERIES` have a contrast of at least 3:1 with white (WCAG 2.2, 1.4.11). They can be told apart with
normal vision and with simulated protanopia and deuteranopia (Machado, Oliveira and Fernandes 2009, severity
1). tests/plot/test_palette.py computes both. Blue, vermilion and green are of the palette of Okabe and Ito.
"""

from __future__ import annotations

BLUE, VERMILION, GREEN = "#0072B2", "#D55E00", "#009E73"
PLUM, BLACK, INDIGO = "#882255", "#1B1B1B", "#332288"
SERIES = (BLUE, VERMILION, GREEN, PLUM, BLACK, INDIGO)
"""Of series that are shown together, in this order."""
INK = "#1B1B1B"
"""Of letters that carry the message."""
MUTED = "#595959"
"""Of axes, subtitles and notes."""
WASH = "#E3E3E3"
"""Of lines that only guide the eye, and of what is absent."""

STATE_COLOURS = {
    "none": "#F1F1F1",
    "suspended": "#C9C9C9",
    "announced": PLUM,
    "licensing": BLUE,
    "banned": VERMILION,
}
"""Of the states of a control, from free to shut. The two in which nothing binds are grey."""
