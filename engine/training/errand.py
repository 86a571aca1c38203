"""Errands: training that was asked for with an end of its own, and what it came to."""

from __future__ import annotations

from msgspec import Struct

from engine.run.spec import Spec
from engine.text.numbers import format_count, format_number
from engine.training.goal import Goal
from engine.training.patience import Best, Patience


class Errand(Struct, frozen=True):
    """Training for so many epochs, up to the end of `until_epoch`; with a goal it ends before, at
    the end of the first epoch at which that is reached, or at which patience is over."""

    epochs: int
    until_epoch: int
    goal: Goal | Patience | None = None


class Arrival(Struct, frozen=True):
    """How an errand ended: after `epoch` epochs in all, with this loss over the training set, and
    where it was to improve with the best that was found."""

    errand: Errand
    reached: bool
    epoch: int
    loss: float
    best: Best | None = None

    @property
    def is_good(self) -> bool:
        """Whether what was asked for is there."""
        return self.reached or self.errand.goal is None

    def sentence(self, spec: Spec, digits: int | None) -> str:
        """What was reached, for the person who asked for it."""
        goal, many = self.errand.goal, _epochs(self.errand.epochs)
        loss, at = format_number(self.loss, digits), f"at epoch {format_count(self.epoch)}"
        if goal is None:
            return f"Trained {many}: loss {loss} {at}."
        if isinstance(goal, Patience):
            return self._about_patience(goal, spec, digits)
        already = self.epoch == self.errand.until_epoch - self.errand.epochs
        if goal.loss is not None:
            if not self.reached:
                return f"After {many} the loss is still {loss}."
            wanted = format_number(goal.loss, None)
            return f"Loss {loss} {at}, {'already ' if already else ''}below {wanted}."
        if not self.reached:
            return f"After {many} not every sample is right yet: loss {loss}."
        count = spec.data.training_count
        samples = "training sample" if count < len(spec.data) else "sample"
        all_of = f"The {samples} is" if count == 1 else f"All {format_count(count)} {samples}s are"
        return f"{all_of} right {'already ' if already else ''}{at}: loss {loss}."

    def _about_patience(self, goal: Patience, spec: Spec, digits: int | None) -> str:
        name = "validation loss" if len(spec.data.validation) else "loss"
        if self.best is None:
            return f"After {_epochs(self.errand.epochs)} no epoch was done."
        least = f"{format_number(self.best.loss, digits)} at epoch {format_count(self.best.epoch)}"
        if not self.reached:
            return (
                f"After {_epochs(self.errand.epochs)} the {name} still improves now and then: "
                f"least {least}."
            )
        by = f" by more than {format_number(goal.least, None)}" if goal.least else ""
        return (
            f"Stopped at epoch {format_count(self.epoch)}: the {name} has not improved{by} for "
            f"{_epochs(goal.epochs)}. Least: {least}."
        )


def _epochs(count: int) -> str:
    return f"{format_count(count)} epoch{'' if count == 1 else 's'}"
