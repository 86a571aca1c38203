"""Curtain: what may not be seen yet because the person is asked to predict it.

Steps ahead of the cursor are blank as ever. Behind a curtain that asks for net inputs, activations
or losses all outputs, losses and curves are hidden too, since they show what the present
parameters lead to.
"""

from __future__ import annotations

from msgspec import Struct

from engine.predicting.kinds import SEEN_IN_OUTPUTS, kind_of
from engine.steps import StepId


class Curtain(Struct, frozen=True):
    """The kinds of values that are asked for (keys of KINDS in engine.predicting.kinds); with
    `locked` their derivations stay closed, before and after."""

    kinds: tuple[str, ...]
    locked: bool = False

    @property
    def hides_outputs(self) -> bool:
        """Whether outputs, losses and curves would give an answer away."""
        return any(kind in SEEN_IN_OUTPUTS for kind in self.kinds)

    def locks(self, step: StepId) -> bool:
        """Whether the derivation of a step is closed."""
        return self.locked and kind_of(step) in self.kinds
