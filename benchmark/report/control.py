"""A figure of kept experiments: where learning takes over as animals grow, in every species (H2)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from benchmark.laboratory.lives import WORLDS
from benchmark.report.drawing import INK, LEARNING, STYLE
from benchmark.results.plotting import own_style
from core.errors import InvalidArgument

_LINES = (
    ("learner in charge by tenths", "all steps", INK),
    ("learner in charge where it matters, by tenths", "where it matters", LEARNING),
)


def control_by_age(outcomes: Mapping[str, Mapping[str, Any]]) -> bytes:
    """The learner's share of control by tenths of half a life, a panel a species, as a PNG.

    Args:
        outcomes: id of an experiment -> its entry of ``experiments.json``; H2 of as many species as there are.

    Raises:
        InvalidArgument: none of them is there.
    """
    found = {world: outcomes[f"H2{letter}"]["details"] for letter, world in WORLDS.items() if f"H2{letter}" in outcomes}
    found = {world: details for world, details in found.items() if _LINES[1][0] in details}
    if not found:
        raise InvalidArgument(
            "There is no outcome of H2 with the share where it matters; run: python scripts/experiment.py H2"
        )
    with own_style(STYLE):
        figure, axes = plt.subplots(
            1, len(found), figsize=(2.0 * len(found) + 0.6, 2.7), sharey=True, layout="constrained", squeeze=False
        )
        for axis, (world, details) in zip(axes[0], found.items(), strict=True):
            for key, label, colour in _LINES:
                shares = np.array(details[key], float)
                axis.plot((np.arange(len(shares)) + 0.5) * 50.0 / len(shares), shares, color=colour, lw=2.2, label=label)
            axis.set(title=world, ylim=(-0.02, 1.02), xlim=(0, 50), xlabel="age (% of life)")
        axes[0, 0].set_ylabel("learner's share of control")
        axes[0, -1].legend(loc="upper right")
        png = io.BytesIO()
        figure.savefig(png, format="png", dpi=130, metadata={"Software": None})
        plt.close(figure)
    return png.getvalue()
