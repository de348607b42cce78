"""Colours can be told from white and from each other, also without red or green cones.

The contrast is that of WCAG 2.2. Colour vision is simulated by the matrices of Machado, Oliveira and
Fernandes (2009, doi:10.1109/TVCG.2009.113) for severity 1, on linear RGB; distances are those of CIE 1976
L*a*b*, in which 2.3 is just noticeable.
"""

import itertools

import numpy as np
import pytest

from diamondsim.plot.palette import INK, MUTED, SERIES, STATE_COLOURS

VISION = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])


def linear(colour: str) -> np.ndarray:
    share = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def contrast_with_white(colour: str) -> float:
    return 1.05 / (float(linear(colour) @ XYZ[1]) + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    ratio = XYZ @ np.clip(rgb, 0, 1) / WHITE
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one: str, other: str, vision: str) -> float:
    seen = [lab(VISION[vision] @ linear(colour)) for colour in (one, other)]
    return float(np.linalg.norm(seen[0] - seen[1]))


def test_the_measures_are_those_of_their_sources():
    assert contrast_with_white("#000000") == pytest.approx(21.0)
    assert contrast_with_white("#767676") == pytest.approx(4.54, abs=0.005)
    assert lab(linear("#FF0000")) == pytest.approx([53.24, 80.09, 67.20], abs=0.05)
    # The classic confusion: a red and a green that differ much, and hardly without cones for green.
    assert distance("#B04A2F", "#5E7A2A", "normal") > 50
    assert distance("#B04A2F", "#5E7A2A", "deuteranopia") < 25


@pytest.mark.parametrize("colour", [*SERIES, INK])
def test_a_line_has_three_times_the_contrast_of_white(colour):
    assert contrast_with_white(colour) >= 3.0


@pytest.mark.parametrize("colour", [INK, MUTED])
def test_letters_have_four_and_a_half_times_the_contrast_of_white(colour):
    assert contrast_with_white(colour) >= 4.5


@pytest.mark.parametrize("vision", VISION)
def test_series_and_states_can_be_told_apart(vision):
    for colours in (SERIES, tuple(STATE_COLOURS.values())):
        least = min(distance(one, other, vision) for one, other in itertools.combinations(colours, 2))
        assert least > 13, (colours, least)
