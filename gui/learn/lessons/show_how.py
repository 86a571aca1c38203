"""WindowHand: does what a step of a lesson waits for, where the program can do it by itself."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.learn.lessons.names import find_parameter
from engine.learn.lessons.task import Hand, Task
from engine.learn.lessons.values import activation_setting_called, setting_called
from engine.maths.activations import Array
from engine.maths.losses import LOSS_SETTINGS
from engine.run.spec import Spec
from engine.run.steps import StepId
from gui.session.named_edits import Intents
from gui.session.session import Session


class WindowHand(QObject):
    """A Hand that does everything through the session, as the person would.

    What is not the session's goes out by signals: the step whose derivation to show, and the
    title of the tool to open.
    """

    ask_wanted = Signal(object)
    tool_wanted = Signal(str)

    def __init__(self, session: Session, intents: Intents) -> None:
        super().__init__(session)
        self._session = session
        self._intents = intents
        self.do_it_right = intents.do_it_right
        self.choose_optimizer = intents.set_optimizer
        self.choose_activation = intents.set_activation
        self.choose_sample = session.choose_sample
        self.reset = session.reset
        self.new_seed = session.new_seed
        self.ask = self.ask_wanted.emit
        self.open_tool = self.tool_wanted.emit

    def carry_out(self, task: Task) -> None:
        """Do it, or begin it: training goes on in the background. What cannot be done with the
        network that is there now is left."""
        hand: Hand = self
        try:
            task.do(hand)
        except ValueError:
            self._session.announce()

    @property
    def spec(self) -> Spec:
        return self._session.spec

    @property
    def theta(self) -> Array:
        return self._session.state.theta

    def step_to(self, step: StepId) -> None:
        revealed = self.spec.steps.index_of(step) + 1
        if self._session.place.revealed < revealed:
            self._session.seek(revealed)

    def train(self) -> None:
        if not self._session.training:
            self._session.train()

    def train_to(self, t: int) -> None:
        self._session.go_on_to(max(t, self._session.place.t))

    def type_value(self, name: str, value: float) -> None:
        spec, intents = self.spec, self._intents
        row = self._session.standing.sample
        key = setting_called(name)
        if key in LOSS_SETTINGS:
            intents.set_loss_setting(key, value)
        elif key is not None:
            intents.set_optimizer_setting(key, value)
        elif found := activation_setting_called(spec.network, name):
            intents.set_activation_setting(*found, value)
        elif name in spec.network.inputs:
            intents.set_input(row, spec.network.inputs.index(name), value)
        elif name in spec.data.target_names:
            intents.set_target(row, spec.data.target_names.index(name), value)
        else:
            intents.set_parameter(find_parameter(spec.network, name), value)

    def make_deep(self, hidden: int) -> None:
        """Layers that were removed come back, with their values, where undoing leads to them."""
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

    def make_mistake(self, key: str) -> None:
        self._intents.set_mistake(key, True)
