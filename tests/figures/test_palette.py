"""The colours of exam types."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

import schedvisu_lib as sv
from schedvisu_lib.figures.style import PALETTE, readable_on

EYES = {
    "normal": np.eye(3),
    # Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}  # fmt: skip
LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]]
)  # fmt: skip
OKLAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]]
)  # fmt: skip


def seen(color: str, eye: str) -> np.ndarray:
    """Return a colour in OKLab, as an eye sees it."""
    channels = np.array(to_rgb(color))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return np.cbrt((EYES[eye] @ linear).clip(0, 1) @ LMS.T) @ OKLAB.T


@pytest.mark.parametrize("eye", EYES)
def test_fifteen_types_can_be_told_apart(eye: str, demo_site: sv.Site) -> None:
    colors = [*PALETTE, demo_site.report.other_color]
    assert len(PALETTE) == 15
    for one, other in combinations(colors, 2):
        assert np.linalg.norm(seen(one, eye) - seen(other, eye)) > 0.05, (one, other)


def test_letters_stand_out_from_their_box() -> None:
    assert readable_on("#0072b2") == "white"
    assert readable_on("#e69f00") != "white"
