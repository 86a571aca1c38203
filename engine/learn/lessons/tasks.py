"""Tasks: what a step of a lesson waits for, and whether it was done.

Whether a task is done is a pure function of what the window shows (a Happening). Names are looked
up in the network that is shown, since the person may have changed it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Protocol

from engine.formulas.notation import DEFAULT, Notation
from engine.learn.lessons.names import find_step, find_unit
from engine.learn.lessons.values import cells, check_value, setting_called, value_of, written_name
from engine.maths.activations import ACTIVATIONS, Array
from engine.maths.optimizers import RULES
from engine.run.mistakes import MISTAKES, why_not
from engine.run.spec import Spec
from engine.run.steps import StepId, title_of
from engine.text.numbers import format_count, format_number
from engine.training.divergence import Divergence

_CLOSE = 1e-9  # relative: two numbers typed the same way


class Moment(Protocol):
    """What the window shows at one moment; a View is one."""

    @property
    def spec(self) -> Spec: ...
    @property
    def theta(self) -> Array: ...
    @property
    def t(self) -> int: ...
    @property
    def revealed(self) -> int: ...
    @property
    def sample(self) -> int: ...
    @property
    def loss(self) -> float | None: ...
    @property
    def divergence(self) -> Divergence | None: ...
    @property
    def before(self) -> Moment | None: ...
    def is_revealed(self, step: StepId) -> bool: ...


@dataclass(frozen=True)
class Happening:
    """What there is to judge a task by: the moment at which the lesson came to it, the present
    one, the step whose derivation is shown now, and the title of the tool that is open."""

    began: Moment
    now: Moment
    asked: StepId | None = None
    tool: str = ""


class Task(ABC):
    """Something that a lesson waits for."""

    @abstractmethod
    def is_done(self, happening: Happening) -> bool:
        """Whether it was done."""

    @abstractmethod
    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        """What the person is asked to do."""

    def check(self, spec: Spec) -> None:
        """Raise ValueError with a sentence if it can never be done in the lesson's document."""
        return None


@dataclass(frozen=True)
class Read(Task):
    """Nothing but reading: wait: next"""

    def is_done(self, happening: Happening) -> bool:
        return True

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        return "Read, then press Next."


@dataclass(frozen=True)
class Show(Task):
    """Step until a step is shown: wait: step net input h1"""

    words: str

    def is_done(self, happening: Happening) -> bool:
        step = _step(happening, self.words)
        return step is not None and happening.now.is_revealed(step)

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        end = "done" if self.words.endswith(" pass") else "shown"
        return f"Step until {_called(spec, self.words, notation)} is {end}."

    def check(self, spec: Spec) -> None:
        find_step(spec.network, self.words)


@dataclass(frozen=True)
class Ask(Task):
    """Ask where a number comes from: wait: ask gradient w5"""

    words: str

    def is_done(self, happening: Happening) -> bool:
        step = _step(happening, self.words)
        return step is not None and happening.asked == step

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        called = _called(spec, self.words, notation)
        return f"Ask where {called} comes from: click it on the network."

    def check(self, spec: Spec) -> None:
        find_step(spec.network, self.words)


@dataclass(frozen=True)
class Count(Task):
    """Train or step so far: wait: epochs 500, wait: iterations 2"""

    count: int
    of: str  # "epochs" or "iterations"

    def is_done(self, happening: Happening) -> bool:
        return happening.now.t >= self.goal(happening.now.spec)

    def goal(self, spec: Spec) -> int:
        """The updates that have to be done."""
        if self.of == "iterations":
            return self.count
        since = spec.batching.since
        return since.iteration + (self.count - since.epoch) * spec.iterations_per_epoch

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        if self.of == "epochs":
            return f"Train to epoch {format_count(self.count)}."
        done = "1 iteration is" if self.count == 1 else f"{format_count(self.count)} iterations are"
        return f"Go on until {done} done."


@dataclass(frozen=True)
class Loss(Task):
    """Train until the loss is so small or so large: wait: loss below 0.01"""

    below: bool
    bound: float

    def is_done(self, happening: Happening) -> bool:
        loss = happening.now.loss
        return loss is not None and (loss < self.bound if self.below else loss > self.bound)

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        side = "below" if self.below else "above"
        return f"Train until the loss is {side} {format_number(self.bound)}."


@dataclass(frozen=True)
class Diverge(Task):
    """Train until the run diverges: wait: divergence"""

    def is_done(self, happening: Happening) -> bool:
        return happening.now.divergence is not None

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        return "Train until the run diverges."


@dataclass(frozen=True)
class Edit(Task):
    """Change a value to whatever one likes: wait: edit w5"""

    name: str

    def is_done(self, happening: Happening) -> bool:
        began, now = happening.began, happening.now
        if now.before is None:
            return False
        value = _value(now, self.name)
        return value is not None and value not in (
            _value(now.before, self.name), _value(began, self.name)
        )  # fmt: skip

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        called = written_name(spec, self.name, notation)
        if setting_called(self.name):
            return f"Change {called}, on the left."
        return f"Change {called}: click it on the network, type a number, press Enter."

    def check(self, spec: Spec) -> None:
        check_value(spec, self.name)


@dataclass(frozen=True)
class Set(Task):
    """Give something one value: wait: set w5 0.5, wait: set learning rate 2"""

    name: str
    value: float

    def is_done(self, happening: Happening) -> bool:
        value = _value(happening.now, self.name)
        if value is None or len(value) != 1:
            return False
        return abs(value[0] - self.value) <= _CLOSE * max(1.0, abs(self.value))

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        where = " (on the left)" if setting_called(self.name) else ""
        name = written_name(spec, self.name, notation)
        return f"Set {name} to {format_number(self.value)}{where}."

    def check(self, spec: Spec) -> None:
        check_value(spec, self.name)
        if not setting_called(self.name) and len(cells(spec, self.name)) != 1:
            raise ValueError(
                f"{self.name} has one value per sample here; write edit {self.name} instead"
            )


@dataclass(frozen=True)
class ChooseOptimizer(Task):
    """Choose an optimizer: wait: optimizer adam"""

    key: str

    def is_done(self, happening: Happening) -> bool:
        return happening.now.spec.optimizer.key == self.key

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        return f"Choose {RULES[self.key].title} as the optimizer (on the left)."


@dataclass(frozen=True)
class ChooseActivation(Task):
    """Choose the activation of the layer that a unit is in: wait: activation o linear"""

    unit: str
    key: str

    def is_done(self, happening: Happening) -> bool:
        network = happening.now.spec.network
        try:
            layer, _ = find_unit(network, self.unit)
        except ValueError:
            return False
        return layer > 0 and network.layers[layer - 1].activation == self.key

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        return f"Choose {ACTIVATIONS[self.key].title} as the activation of {self.unit}'s layer."

    def check(self, spec: Spec) -> None:
        layer, _ = find_unit(spec.network, self.unit)
        if layer == 0:
            raise ValueError(f"{self.unit} is an input, which has no activation")


@dataclass(frozen=True)
class HiddenLayers(Task):
    """Make the network so deep: wait: hidden layers 0"""

    count: int

    def is_done(self, happening: Happening) -> bool:
        return happening.now.spec.network.depth - 1 == self.count

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        if self.count == 0:
            return "Remove the hidden layer (edit layers, on the left)."
        layers = "one hidden layer" if self.count == 1 else f"{self.count} hidden layers"
        return f"Give the network {layers}."


@dataclass(frozen=True)
class Sample(Task):
    """Look at a sample, counted from 1: wait: sample 2"""

    number: int

    def is_done(self, happening: Happening) -> bool:
        return happening.now.sample == self.number - 1

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        return f"Look at sample {self.number} (‹ › above the network)."

    def check(self, spec: Spec) -> None:
        if self.number > len(spec.data):
            raise ValueError(f"there is no sample {self.number}; there are {len(spec.data)}")


@dataclass(frozen=True)
class Reset(Task):
    """Begin again with the same start values: wait: reset"""

    def is_done(self, happening: Happening) -> bool:
        return happening.now.t == 0 and happening.now.revealed == 0

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        return "Press Reset: the run goes back to its start values."


@dataclass(frozen=True)
class Seed(Task):
    """Draw other start values: wait: seed; from one seed: wait: seed 7"""

    number: int | None = None

    def is_done(self, happening: Happening) -> bool:
        seed = happening.now.spec.seed
        return seed == self.number if self.number is not None else seed != happening.began.spec.seed

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        if self.number is None:
            return "Press New seed: other start values are drawn."
        return f"Press New seed until the seed is {self.number} (it is {spec.seed} now)."


@dataclass(frozen=True)
class MakeMistake(Task):
    """Turn a mistake on: wait: mistake updated-weights; all off: wait: mistake none"""

    key: str | None

    def is_done(self, happening: Happening) -> bool:
        mistakes = happening.now.spec.mistakes
        return self.key in mistakes if self.key is not None else not mistakes

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        if self.key is None:
            return "Choose Learn ▸ Mistakes ▸ Do it right."
        return f"Turn on Learn ▸ Mistakes ▸ {MISTAKES[self.key].title.capitalize()}."

    def check(self, spec: Spec) -> None:
        reason = "" if self.key is None else why_not(spec, self.key)
        if reason:
            raise ValueError(f"the mistake {self.key} cannot be made here: {reason}")


@dataclass(frozen=True)
class OpenTool(Task):
    """Open a tool of the Learn menu: wait: open gradient check"""

    title: str

    def is_done(self, happening: Happening) -> bool:
        return happening.tool.casefold() == self.title.casefold()

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        return f"Open Learn ▸ {self.title[:1].upper()}{self.title[1:]}."


def _step(happening: Happening, words: str) -> StepId | None:
    """The step in the network that is shown; None if it has no such step."""
    try:
        return find_step(happening.now.spec.network, words)
    except ValueError:
        return None


def _called(spec: Spec, words: str, notation: Notation) -> str:
    """A step in words, as the window calls it."""
    if words.endswith(" pass"):
        return f"the {words}"
    if words == "check":
        return "the loss after the update"
    try:
        return f"the {title_of(spec.network, find_step(spec.network, words), notation)}"
    except ValueError:
        return f"the {words}"


def _value(moment: Moment, name: str) -> tuple[float, ...] | None:
    return value_of(moment.spec, moment.theta, name)
