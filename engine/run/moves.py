"""How far one press of Step or Back goes, at every grain.

The moment after the last step of an iteration and the moment before the first of the next show
the same parameters in two ways: (t, all revealed) with the finished iteration on screen, and
(t + 1, none revealed) with a clean sheet. Stepping forward by number, layer or pass goes from
either straight to the next thing worked out; stepping back by them stops at the finished
iteration. By iteration or epoch one always lands on a clean sheet.

A network that cannot be trained has no next iteration: forward goes up to its loss and stays.

A road that was edited has another Spec, with other steps and epochs, from each edit on. So a move
asks which one holds at the moment it leads to.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.run.spec import Spec

Moment = tuple[int, int]
"""(t, revealed): updates done, and steps of the following iteration already shown."""

SpecAt = Callable[[int], Spec]
"""Which Spec the road has after t updates."""


def step_forward(spec_at: SpecAt, moment: Moment, grain: str) -> Moment:
    """The moment one press of Step leads to. `grain` is one of steps.GRAINS."""
    t, revealed = moment
    spec = spec_at(t)
    if not spec.can_train and (grain in ("epoch", "iteration") or revealed == len(spec.steps)):
        return t, len(spec.steps)
    if grain == "epoch":
        return _end_of_epoch(spec_at, t), 0
    if grain == "iteration":
        return t + 1, 0
    if revealed == len(spec.steps):
        t, revealed = t + 1, 0
    if grain == "number":
        return t, revealed + 1
    ends = spec_at(t).steps.boundaries(grain)
    assert ends is not None, grain
    return t, next(end for end in ends if end > revealed)


def _end_of_epoch(spec_at: SpecAt, t: int) -> int:
    """Where the epoch ends that runs after t updates."""
    spec = spec_at(t)
    end = t + spec.iterations_per_epoch - spec.epoch_of(t)[1]
    while t < (since := spec_at(end - 1).batching.since.iteration) < end:
        end = since  # an edit began a new epoch there
    return end


def step_back(spec_at: SpecAt, moment: Moment, grain: str, first_t: int = 0) -> Moment:
    """The moment one press of Back leads to; at the very beginning it stays there.

    `first_t` is how far back the road can be followed.
    """
    t, revealed = moment
    if grain == "epoch":
        # The epoch that ends at an edit is the one before it.
        spec = spec_at(t if revealed or t == first_t else t - 1)
        _, within = spec.epoch_of(t)
        if within or revealed:
            return max(t - within, first_t), 0
        return max(t - spec.iterations_per_epoch, first_t), 0
    if grain == "iteration":
        return (t, 0) if revealed else (max(t - 1, first_t), 0)
    if revealed > 1:
        ends = spec_at(t).steps.boundaries(grain) or (revealed - 1,)
        earlier = [end for end in ends if end < revealed]
        if earlier:
            return t, earlier[-1]
    return (t - 1, len(spec_at(t - 1).steps)) if t > first_t else (t, 0)
