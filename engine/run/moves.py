"""How far one press of Step or Back goes, at every grain.

The moment after the last step of an iteration and the moment before the first of the next show
the same parameters in two ways: (t, all revealed) with the finished iteration on screen, and
(t + 1, none revealed) with a clean sheet. Stepping forward by number, layer or pass goes from
either straight to the next thing worked out; stepping back by them stops at the finished
iteration. By iteration or epoch one always lands on a clean sheet.

A network that cannot be trained has no next iteration: forward goes up to its loss and stays.
"""

from __future__ import annotations

from engine.run.spec import Spec

Moment = tuple[int, int]
"""(t, revealed): updates done, and steps of the following iteration already shown."""


def step_forward(spec: Spec, moment: Moment, grain: str) -> Moment:
    """The moment one press of Step leads to. `grain` is one of steps.GRAINS."""
    t, revealed = moment
    if not spec.can_train and (grain in ("epoch", "iteration") or revealed == len(spec.steps)):
        return t, len(spec.steps)
    if grain == "epoch":
        _, within = spec.epoch_of(t)
        return t + spec.iterations_per_epoch - within, 0
    if grain == "iteration":
        return t + 1, 0
    if revealed == len(spec.steps):
        t, revealed = t + 1, 0
    if grain == "number":
        return t, revealed + 1
    ends = spec.steps.boundaries(grain)
    assert ends is not None, grain
    return t, next(end for end in ends if end > revealed)


def step_back(spec: Spec, moment: Moment, grain: str, first_t: int = 0) -> Moment:
    """The moment one press of Back leads to; at the very beginning it stays there.

    `first_t` is how far back the road can be followed.
    """
    t, revealed = moment
    if grain == "epoch":
        _, within = spec.epoch_of(t)
        if within or revealed:
            return max(t - within, first_t), 0
        return max(t - spec.iterations_per_epoch, first_t), 0
    if grain == "iteration":
        return (t, 0) if revealed else (max(t - 1, first_t), 0)
    if revealed:
        ends = spec.steps.boundaries(grain) or range(1, len(spec.steps))
        earlier = [end for end in ends if end < revealed]
        if earlier:
            return t, earlier[-1]
    return (t - 1, len(spec.steps)) if t > first_t else (t, 0)
