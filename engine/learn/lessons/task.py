"""A task: what a step of a lesson waits for, what it is judged by, and the hand that can do it.

Whether a task is done is a pure function of what the window shows (a Happening). Names are looked
up in the network that is shown, since the person may have changed it. The tasks themselves stand
in engine.learn.lessons.tasks.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Protocol

from msgspec import Struct

from engine.formulas.notation import DEFAULT, Notation
from engine.maths.activations import Array
from engine.run.spec import Spec
from engine.run.steps import StepId
from engine.training.divergence import Divergence


class Moment(Protocol):
    """What the window shows at one moment; a View is one."""

    @property
    def spec(self) -> Spec:
        """What is trained, and how."""

    @property
    def theta(self) -> Array:
        """The parameters, one flat vector."""

    @property
    def t(self) -> int:
        """How many updates are done."""

    @property
    def revealed(self) -> int:
        """How many steps of the iteration are shown."""

    @property
    def sample(self) -> int:
        """The row of the sample that is looked at."""

    @property
    def loss(self) -> float | None:
        """The loss over the training set; None where it is not known."""

    @property
    def divergence(self) -> Divergence | None:
        """Where the run left the finite numbers; None while it did not."""

    @property
    def before(self) -> Moment | None:
        """The moment before the last edit; None if there is none."""

    def is_revealed(self, step: StepId) -> bool:
        """Whether a step of the iteration is shown."""


class Happening(Struct, frozen=True, eq=False):
    """What there is to judge a task by: the moment at which the lesson came to it, the present
    one, the step whose derivation is shown now, and the title of the tool that is open."""

    began: Moment
    now: Moment
    asked: StepId | None = None
    tool: str = ""


class Hand(Protocol):
    """What a person can do in the window. Calls that train return at once; training goes on."""

    @property
    def spec(self) -> Spec:
        """What is trained now."""

    @property
    def theta(self) -> Array:
        """The parameters now, one flat vector."""

    def step_to(self, step: StepId) -> None:
        """Step until a step is shown; nothing if it is shown already."""

    def ask(self, step: StepId) -> None:
        """Click the number of a step that is shown, to see where it comes from."""

    def train(self) -> None:
        """Press Train, unless it trains already."""

    def train_to(self, t: int) -> None:
        """Train until so many updates are done; nothing if there are as many."""

    def type_value(self, name: str, value: float) -> None:
        """Type a number over the setting, weight, bias, input or target of that name."""

    def choose_optimizer(self, key: str) -> None:
        """Choose an optimizer by its key in RULES."""

    def choose_activation(self, layer: int, key: str) -> None:
        """Choose the activation of a layer, counted from 1, by its key in ACTIVATIONS."""

    def make_deep(self, hidden: int) -> None:
        """Add or remove layers until there are so many hidden ones."""

    def choose_sample(self, row: int) -> None:
        """Look at a sample, counted from 0."""

    def reset(self) -> None:
        """Press Reset."""

    def new_seed(self) -> None:
        """Press New seed once."""

    def make_mistake(self, key: str) -> None:
        """Turn on a mistake by its key in MISTAKES."""

    def do_it_right(self) -> None:
        """Turn off every mistake."""

    def open_tool(self, title: str) -> None:
        """Open a tool of the Learn menu, whatever the case of its title's letters."""


class Task(ABC):
    """Something that a lesson waits for."""

    by_reading: ClassVar[bool] = False  # there is nothing to be done for it
    # Whether it is done once more as the lesson is gone on with where it was left; without, the
    # steps after it must get by.
    done_again: ClassVar[bool] = True

    @abstractmethod
    def is_done(self, happening: Happening) -> bool:
        """Whether it was done."""

    @abstractmethod
    def do(self, hand: Hand) -> None:
        """Do it, or begin it. Raises ValueError if the network that is there now has no such
        thing."""

    @abstractmethod
    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        """What the person is asked to do."""

    def check(self, spec: Spec) -> None:
        """Raise ValueError with a sentence if it can never be done in the lesson's document."""
        return None

    def goal(self, spec: Spec) -> int | None:
        """The updates after which it is done, where that is all it asks for."""
        return None
