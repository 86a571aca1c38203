"""View: what the window shows at one moment, as plain data. The session makes one a change.

Everything in it follows from (spec, state, sample, place) and the branch's curve; nothing in it
may be written to. What is dear to work out for a large network is None until it is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from engine.documents.document import Published
from engine.formulas.notation import DEFAULT, Notation
from engine.maths.activations import Array
from engine.run.flat_units import Flags, dead_units, flat_units
from engine.run.iteration import Evaluation, Iteration, SamplePass
from engine.run.spec import Spec
from engine.run.steps import StepGroup, StepId, Steps
from engine.run.value_kinds import SEEN_IN_OUTPUTS, kind_of
from engine.text.numbers import format_count
from engine.training.divergence import Divergence

if TYPE_CHECKING:
    from engine.run.gradient_check import GradientCheck
    from engine.run.paper import PaperIteration


_SLOW = 0.9  # epochs a second; a pace of one that is chosen is not
_MANY_ITERATIONS = 100  # in an epoch, of which a percent says something
# Multiply-adds, 1 ms or 10: more is not done to tell dead units, in training or at rest.
_DEAD_WORK = {True: 2e6, False: 2e7}
NO_POINTS = np.empty((0, 2))


class Curtain(Struct, frozen=True):
    """The kinds of values that are asked for (keys of EVERY_KIND in engine.run.value_kinds); with
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


class Ghost(Struct, frozen=True, eq=False):
    """The curve of an abandoned road, a course of the run that was left when somebody went back and
    changed something: its number, name, and points as in View.curve.

    `forked` says that its first point is where it parted from another road.
    """

    branch: int
    name: str
    points: Array
    forked: bool = True
    hidden: bool = False


# What a View says of the steps shown, of the whole run, and of the document.
_NOT_OF_THE_MOMENT = frozenset(
    "revealed iteration paper can_go_back grain taken check curve ghosts rate gets_faster "
    "until_epoch published layout title note changed test_curve".split()
)


class View(Struct, frozen=True, eq=False, dict=True):
    """One moment of the session.

    `theta` are the parameters at t updates, before the update of the iteration being stepped
    through. `revealed` of len(steps) steps are shown: a step is revealed where
    `steps.index_of(step) < revealed`; `step` is the last one revealed (None at 0).
    `sample` is the row of the training set whose values are shown, `sample_pass` its values.
    `iteration` is there once steps are revealed, `evaluation` (whole training set, with theta)
    always, unless they are still being worked out (None).
    Values are shown with `digits` significant digits (None: all) and symbols in `notation`.
    In paper mode `paper` is the iteration as it comes out by hand, once steps are revealed; what
    the canvas and the derivation show is `worked` and what goes with it.
    `curve` has a row per point: epochs done, loss, metrics in the order of spec.metrics; and so has
    `test_curve`, of the samples that are kept out of training.
    `before` is the same moment as it was before an edit that was made at it, until the next move.
    `gradients` ("sample", "batch" or "both") says whose are shown where the batch has several
    samples. The sample's own, `sample_gradient`, is there unless only the batch's is asked for, and
    an entry of it is revealed with the batch's.
    `marked` are the rows of samples that a person asked to be shown.
    While values are to be predicted, `curtain` says which; what it hides is not in the view, or is
    not to be shown.
    """

    spec: Spec
    theta: Array
    t: int
    revealed: int
    sample: int
    sample_pass: SamplePass
    iteration: Iteration | None
    evaluation: Evaluation | None
    curve: Array
    test_curve: Array = NO_POINTS
    ghosts: tuple[Ghost, ...] = ()
    layout: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    grain: str = "number"
    taken: str = "number"  # the grain of the step that led here
    digits: int | None = 6
    notation: Notation = DEFAULT
    paper: PaperIteration | None = None
    training: bool = False
    rate: float | None = None  # epochs a second while training
    gets_faster: bool = False  # whether training is held back, but less and less
    until_epoch: int | None = None  # where training that was asked for ends, at the latest
    divergence: Divergence | None = None
    title: str = ""
    note: str = ""
    changed: bool = False
    can_go_back: bool = False
    before: View | None = None
    curtain: Curtain | None = None
    check: GradientCheck | None = None  # of this iteration, while gradients are checked
    gradients: str = "batch"
    sample_gradient: Array | None = None  # shape (size,); it goes with `worked`
    start: Array | None = None  # the start values of the road
    marked: tuple[int, ...] = ()
    published: tuple[Published, ...] = ()  # the figures of the document's source

    @property
    def worked(self) -> Iteration | None:
        """The iteration whose steps are shown: on paper in paper mode."""
        return self.iteration if self.paper is None else self.paper

    @cached_property
    def worked_pass(self) -> SamplePass:
        """The sample's values that go with it."""
        return self.sample_pass if self.paper is None else self.paper.sample(self.sample)

    @property
    def worked_digits(self) -> int | None:
        """The digits that go with it: on paper enough to show what is carried."""
        if self.paper is None or self.digits is None:
            return self.digits
        return max(self.digits, self.paper.decimals + 1)

    @property
    def worked_theta(self) -> Array:
        """The parameters that go with it."""
        return self.theta if self.paper is None else self.paper.state.theta

    @property
    def steps(self) -> Steps:
        """All steps of the iteration."""
        return self.spec.steps

    @cached_property
    def step(self) -> StepId | None:
        """The step at the cursor, the last one shown; None before the first."""
        return self.steps.id_at(self.revealed - 1) if self.revealed else None

    @cached_property
    def together(self) -> tuple[StepGroup, ...]:
        """The groups of steps that were taken as one, by layer or by pass, with the step at the
        cursor; none where that is not the last of them, or steps are taken number by number."""
        groups = self.steps.groups if self.taken in ("layer", "pass") else ()
        ended = [group for group in groups if group.stop == self.revealed]
        if not ended or ended[0].phase == "check":
            return ()
        if self.taken == "layer":
            return (ended[0],)
        of_pass = tuple(group for group in groups if group.phase == ended[0].phase)
        return of_pass if of_pass[-1].stop == self.revealed else ()

    def is_revealed(self, step: StepId) -> bool:
        """Whether a step lies behind the cursor, of a quantity that is none here that with which
        it is known; False for a step this network does not have."""
        try:
            return self.steps.index_of(self.steps.known_with(step)) < self.revealed
        except KeyError:
            return False

    def follows_edit_of(self, shown: View) -> bool:
        """Whether an edit succeeded since another view was shown."""
        edited = self.before is not None and self.theta is not shown.theta
        return edited or self.spec is not shown.spec

    @property
    def hides_outputs(self) -> bool:
        """Whether nothing may be shown that the present parameters lead to, but the steps behind
        the cursor."""
        return self.curtain is not None and self.curtain.hides_outputs

    def behind(self, curtain: Curtain | None) -> View:
        """The view with no more in it than a curtain leaves open."""
        if curtain is None:
            return self
        if not curtain.hides_outputs:
            return replace(self, curtain=curtain)
        before = None if self.before is None else self.before.behind(curtain)
        return replace(
            self,
            curtain=curtain,
            before=before,
            evaluation=None,
            curve=self.curve[:0],
            test_curve=self.test_curve[:0],
            ghosts=(),
        )

    def is_only_steps_from(self, shown: View) -> bool:
        """Whether it is the same moment as another view but for the steps shown of the iteration,
        and for what belongs to the whole run or to the document. In doubt the answer is no."""
        return all(
            getattr(self, name) is getattr(shown, name)
            for name in self.__struct_fields__
            if name not in _NOT_OF_THE_MOMENT
        )

    @cached_property
    def flat(self) -> tuple[Flags, ...]:
        """By layer the units whose f'(z) is nearly 0 for the sample shown; none while something is
        to be predicted."""
        values = self.worked_pass
        if self.curtain is not None:
            return tuple(np.zeros(z.shape, dtype=np.bool_) for z in values.z)
        network = self.spec.network
        of_z = tuple(values.of_net_input(network, layer) for layer in range(network.depth + 1))
        return flat_units(network, values.z, of_z)

    @cached_property
    def dead(self) -> tuple[Flags, ...] | None:
        """Those of them that are so for every sample that is trained on; None where that takes
        too long to tell."""
        work = _DEAD_WORK[self.training]
        return dead_units(self.spec, self.worked_theta, self.flat, work)

    def flatness(self, layer: int, unit: int) -> str:
        """"" for a unit that reacts, "flat" or "dead" for one that hardly does."""
        if layer == 0 or not self.flat[layer][unit]:
            return ""
        return "dead" if self.dead is not None and self.dead[layer][unit] else "flat"

    @property
    def epoch_position(self) -> float:
        """Epochs done, the running one as a fraction."""
        return self.spec.epoch_position(self.t)

    @property
    def part_of_epoch(self) -> float | None:
        """How much of the running epoch is done, from 0 to 1, where that is worth saying: while it
        takes long, or where one stands between two of many iterations. Else None."""
        done = self.spec.epoch_of(self.t)[1]
        if self.training:
            is_worth = self.has_long_epochs
        else:
            is_many = self.spec.iterations_per_epoch >= _MANY_ITERATIONS
            is_worth = is_many and done > 0 and self.revealed == 0
        return done / self.spec.iterations_per_epoch if is_worth else None

    @property
    def has_long_epochs(self) -> bool:
        """Whether training takes about a second for an epoch, or longer."""
        return self.rate is not None and self.rate < _SLOW

    @property
    def speed(self) -> str:
        """How fast training goes, in words: "8,412 epochs/s", or where an epoch takes long
        "37 iterations/s" or "2.5 s an iteration". Empty while that is not known."""
        if self.rate is None:
            return ""
        if not self.has_long_epochs:
            return f"{_rate(self.rate)} epochs/s"
        iterations = self.rate * self.spec.iterations_per_epoch
        if iterations >= 1.0:
            return f"{_rate(iterations)} iterations/s"
        return f"{1.0 / iterations:.1f} s an iteration" if iterations > 0.0 else ""

    @property
    def loss(self) -> float | None:
        """Loss of the whole training set with theta."""
        return None if self.evaluation is None else self.evaluation.loss


def _rate(rate: float) -> str:
    return format_count(round(rate)) if rate >= 9.95 else f"{rate:.1f}"


class Panel(Protocol):
    """What the window keeps up to date."""

    def display(self, view: View) -> None:
        """Show a view."""

    def restyle(self) -> None:
        """Follow a change of the theme."""
