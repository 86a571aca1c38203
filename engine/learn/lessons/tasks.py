"""Tasks: each kind of thing that a step of a lesson can wait for, and the words that mean it.

A new one is a class here, which says when it is done and how a hand does it, and a row in WAITS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.formulas.notation import DEFAULT, Notation
from engine.learn.lessons.names import find_step, find_unit, step_in_words
from engine.learn.lessons.task import Hand, Happening, Task
from engine.learn.lessons.values import cells, check_value, value_of, where_set, written_name
from engine.learn.lessons.words import alone, named, one_of, whole_number
from engine.maths.activations import ACTIVATIONS
from engine.maths.optimizers import RULES
from engine.run.mistakes import MISTAKES, why_not
from engine.run.spec import Spec
from engine.run.steps import StepId
from engine.text.numbers import format_count, format_number, parse_number

_CLOSE = 1e-9  # relative: two numbers typed the same way
_NUDGE = 0.1  # what a hand changes a value by, if any value will do
_MOST_PRESSES = 100  # of New seed, on the way to one seed


@dataclass(frozen=True)
class Read(Task):
    """Nothing but reading: wait: next"""

    by_reading = True

    def is_done(self, happening: Happening) -> bool:
        return True

    def do(self, hand: Hand) -> None:
        pass

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        return "Read, then press Next."


@dataclass(frozen=True)
class Show(Task):
    """Step until a step is shown: wait: step net input h1"""

    words: str

    def is_done(self, happening: Happening) -> bool:
        step = _step(happening, self.words)
        return step is not None and happening.now.is_revealed(step)

    def do(self, hand: Hand) -> None:
        hand.step_to(find_step(hand.spec.network, self.words, hand.spec.steps))

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        end = "done" if self.words.endswith(" pass") else "shown"
        return f"Step until {step_in_words(spec, self.words, notation)} is {end}."

    def check(self, spec: Spec) -> None:
        find_step(spec.network, self.words, spec.steps)


@dataclass(frozen=True)
class Ask(Task):
    """Ask where a number comes from: wait: ask gradient w5"""

    words: str

    def is_done(self, happening: Happening) -> bool:
        step = _step(happening, self.words)
        return step is not None and happening.asked == step

    def do(self, hand: Hand) -> None:
        step = find_step(hand.spec.network, self.words, hand.spec.steps)
        hand.step_to(step)
        hand.ask(step)

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        called = step_in_words(spec, self.words, notation)
        return f"Ask where {called} comes from: click it on the network."

    def check(self, spec: Spec) -> None:
        find_step(spec.network, self.words, spec.steps)


@dataclass(frozen=True)
class Count(Task):
    """Train or step so far: wait: epochs 500, wait: iterations 2"""

    count: int
    of: str  # "epochs" or "iterations"

    def is_done(self, happening: Happening) -> bool:
        return happening.now.t >= self.goal(happening.now.spec)

    def goal(self, spec: Spec) -> int:
        if self.of == "iterations":
            return self.count
        since = spec.batching.since
        return since.iteration + (self.count - since.epoch) * spec.iterations_per_epoch

    def do(self, hand: Hand) -> None:
        hand.train_to(self.goal(hand.spec))

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        if self.of == "epochs":
            return f"Train to epoch {format_count(self.count)}."
        done = "1 iteration is" if self.count == 1 else f"{format_count(self.count)} iterations are"
        return f"Go on until {done} done."


@dataclass(frozen=True)
class ReachLoss(Task):
    """Train until the loss is so small or so large: wait: loss below 0.01"""

    below: bool
    bound: float
    done_again = False

    def is_done(self, happening: Happening) -> bool:
        loss = happening.now.loss
        return loss is not None and (loss < self.bound if self.below else loss > self.bound)

    def do(self, hand: Hand) -> None:
        hand.train()

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        side = "below" if self.below else "above"
        return f"Train until the loss is {side} {format_number(self.bound)}."


@dataclass(frozen=True)
class Diverge(Task):
    """Train until the run diverges: wait: divergence"""

    done_again = False

    def is_done(self, happening: Happening) -> bool:
        return happening.now.divergence is not None

    def do(self, hand: Hand) -> None:
        hand.train()

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
        value, *others = (
            value_of(moment.spec, moment.theta, self.name) for moment in (now, now.before, began)
        )
        return value is not None and value not in others

    def do(self, hand: Hand) -> None:
        value = value_of(hand.spec, hand.theta, self.name)
        if value is not None:
            hand.type_value(self.name, round(value[0] + _NUDGE, 12))

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        called = written_name(spec, self.name, notation)
        if where := where_set(spec, self.name):
            return f"Change {called}, {where}."
        return f"Change {called}: click it on the network, type a number, press Enter."

    def check(self, spec: Spec) -> None:
        check_value(spec, self.name)


@dataclass(frozen=True)
class Set(Task):
    """Give something one value: wait: set w5 0.5, wait: set learning rate 2"""

    name: str
    value: float

    def is_done(self, happening: Happening) -> bool:
        now = happening.now
        value = value_of(now.spec, now.theta, self.name)
        if value is None or len(value) != 1:
            return False
        return abs(value[0] - self.value) <= _CLOSE * max(1.0, abs(self.value))

    def do(self, hand: Hand) -> None:
        hand.type_value(self.name, self.value)

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        where = where_set(spec, self.name)
        name = written_name(spec, self.name, notation)
        return f"Set {name} to {format_number(self.value)}{where and f' ({where})'}."

    def check(self, spec: Spec) -> None:
        check_value(spec, self.name)
        if not where_set(spec, self.name) and len(cells(spec, self.name)) != 1:
            raise ValueError(
                f"{self.name} has one value per sample here; write edit {self.name} instead"
            )


@dataclass(frozen=True)
class ChooseOptimizer(Task):
    """Choose an optimizer: wait: optimizer adam"""

    key: str

    def is_done(self, happening: Happening) -> bool:
        return happening.now.spec.optimizer.key == self.key

    def do(self, hand: Hand) -> None:
        hand.choose_optimizer(self.key)

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

    def do(self, hand: Hand) -> None:
        hand.choose_activation(find_unit(hand.spec.network, self.unit)[0], self.key)

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

    def do(self, hand: Hand) -> None:
        hand.make_deep(self.count)

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

    def do(self, hand: Hand) -> None:
        hand.choose_sample(self.number - 1)

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

    def do(self, hand: Hand) -> None:
        hand.reset()

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        return "Press Reset: the run goes back to its start values."


@dataclass(frozen=True)
class Seed(Task):
    """Draw other start values: wait: seed; from one seed: wait: seed 7"""

    number: int | None = None

    def is_done(self, happening: Happening) -> bool:
        seed = happening.now.spec.seed
        return seed == self.number if self.number is not None else seed != happening.began.spec.seed

    def do(self, hand: Hand) -> None:
        presses = 1
        if self.number is not None:
            presses = min(self.number - hand.spec.seed, _MOST_PRESSES)
        for _ in range(presses):
            hand.new_seed()

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

    def do(self, hand: Hand) -> None:
        if self.key is None:
            hand.do_it_right()
        else:
            hand.make_mistake(self.key)

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
    done_again = False

    def is_done(self, happening: Happening) -> bool:
        return happening.tool.casefold() == self.title.casefold()

    def do(self, hand: Hand) -> None:
        hand.open_tool(self.title)

    def sentence(self, spec: Spec, notation: Notation = DEFAULT) -> str:
        return f"Open Learn ▸ {self.title[:1].upper()}{self.title[1:]}."


def _step(happening: Happening, words: str) -> StepId | None:
    """The step in the network that is shown; None if it has no such step."""
    try:
        spec = happening.now.spec
        return find_step(spec.network, words, spec.steps)
    except ValueError:
        return None


def _read_count(kind: str, rest: str) -> Task:
    return Count(whole_number(rest, kind, 1), kind)


def _read_loss(_: str, rest: str) -> Task:
    side, _, number = rest.partition(" ")
    if side not in ("below", "above") or not number:
        raise ValueError("after loss stands a side and a number, as in loss below 0.01")
    return ReachLoss(side == "below", parse_number(number))


def _read_set(_: str, rest: str) -> Task:
    name, _, number = rest.rpartition(" ")
    if not name:
        raise ValueError("after set stand a name and a number, as in set learning rate 2")
    return Set(name, parse_number(number))


def _read_activation(_: str, rest: str) -> Task:
    unit, _, key = rest.rpartition(" ")
    if not unit:
        raise ValueError("after activation stand a unit and a key, as in activation o linear")
    return ChooseActivation(unit, one_of(key, "activation", ACTIVATIONS))


def _read_seed(kind: str, rest: str) -> Task:
    return Seed(whole_number(rest, kind, 0) if rest else None)


def _read_mistake(kind: str, rest: str) -> Task:
    return MakeMistake(None if rest == "none" else one_of(rest, kind, MISTAKES))


# The words after "wait:", and what makes the task of them and of what follows them.
WAITS: dict[str, Callable[[str, str], Task]] = {
    "next": alone(Read),
    "step": named(Show, "net input h1"),
    "ask": named(Ask, "gradient w1"),
    "epochs": _read_count,
    "iterations": _read_count,
    "loss": _read_loss,
    "divergence": alone(Diverge),
    "edit": named(Edit, "w1"),
    "set": _read_set,
    "optimizer": lambda kind, rest: ChooseOptimizer(one_of(rest, kind, RULES)),
    "activation": _read_activation,
    "hidden layers": lambda kind, rest: HiddenLayers(whole_number(rest, kind, 0)),
    "sample": lambda kind, rest: Sample(whole_number(rest, kind, 1)),
    "reset": alone(Reset),
    "seed": _read_seed,
    "mistake": _read_mistake,
    "open": named(OpenTool, "gradient check"),
}
