"""Demonstration: does what a step of a lesson waits for, where the program can do it by itself."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.learn.lessons import tasks
from engine.learn.lessons.names import find_parameter, find_step, find_unit
from engine.learn.lessons.values import setting_called, value_of
from engine.run.steps import StepId
from gui.session.named_edits import Intents
from gui.session.session import Session

_MOST_SEEDS = 100
_NUDGE = 0.1  # what an edit changes a value by, if any value will do


class Demonstration(QObject):
    """Carries out tasks through the session, as the person would.

    What is not the session's goes out by signals: the step whose derivation to show, and the
    title of the tool to open.
    """

    ask_wanted = Signal(object)
    tool_wanted = Signal(str)

    def __init__(self, session: Session, intents: Intents) -> None:
        super().__init__(session)
        self._session = session
        self._intents = intents

    def carry_out(self, task: tasks.Task) -> None:
        """Do it, or begin it: training goes on in the background. What cannot be done with the
        network that is there now is left."""
        session = self._session
        try:
            self._do(task)
        except ValueError:
            session.announce()

    def _do(self, task: tasks.Task) -> None:
        session, intents, spec = self._session, self._intents, self._session.spec
        match task:
            case tasks.Show(words=words):
                self._reveal(find_step(spec.network, words))
            case tasks.Ask(words=words):
                step = find_step(spec.network, words)
                self._reveal(step)
                self.ask_wanted.emit(step)
            case tasks.Count():
                session.go_on_to(max(task.goal(spec), session.place.t))
            case tasks.Loss() | tasks.Diverge():
                if not session.training:
                    session.train()
            case tasks.Edit(name=name):
                value = value_of(spec, session.state.theta, name)
                if value is not None:
                    self._set(name, round(value[0] + _NUDGE, 12))
            case tasks.Set(name=name, value=number):
                self._set(name, number)
            case tasks.ChooseOptimizer(key=key):
                intents.set_optimizer(key)
            case tasks.ChooseActivation(unit=unit, key=key):
                intents.set_activation(find_unit(spec.network, unit)[0], key)
            case tasks.HiddenLayers(count=count):
                self._make_deep(count)
            case tasks.Sample(number=number):
                session.choose_sample(int(number) - 1)
            case tasks.Reset():
                session.reset()
            case tasks.Seed(number=seed):
                self._draw(seed)
            case tasks.MakeMistake(key=None):
                intents.do_it_right()
            case tasks.MakeMistake(key=mistake):
                intents.set_mistake(str(mistake), True)
            case tasks.OpenTool(title=title):
                self.tool_wanted.emit(title)

    def _reveal(self, step: StepId) -> None:
        revealed = self._session.spec.steps.index_of(step) + 1
        if self._session.place.revealed < revealed:
            self._session.seek(revealed)

    def _set(self, name: str, value: float) -> None:
        spec, intents = self._session.spec, self._intents
        if key := setting_called(name):
            intents.set_optimizer_setting(key, value)
        elif name in spec.network.inputs:
            row = self._session.standing.sample
            intents.set_input(row, spec.network.inputs.index(name), value)
        elif name in spec.data.target_names:
            row = self._session.standing.sample
            intents.set_target(row, spec.data.target_names.index(name), value)
        else:
            intents.set_parameter(find_parameter(spec.network, name), value)

    def _make_deep(self, hidden: int) -> None:
        """Give the network so many hidden layers: those it had, if undoing leads back to them."""
        session, intents, stack = self._session, self._intents, self._session.undo_stack
        index = stack.index()

        def missing() -> int:
            return hidden + 1 - session.spec.network.depth

        while missing() > 0 and stack.canUndo():
            stack.undo()
            session.finish()
        if missing() > 0:
            stack.setIndex(index)
            session.finish()
        while missing() < 0:
            intents.remove_layer(session.spec.network.depth - 1)
        while missing() > 0:
            intents.add_layer(session.spec.network.depth)

    def _draw(self, seed: int | None) -> None:
        """Press New seed once, or until it has led to a seed."""
        session = self._session
        presses = 1 if seed is None else min(seed - session.spec.seed, _MOST_SEEDS)
        for _ in range(presses):
            session.new_seed()
