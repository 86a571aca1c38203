"""Playing: steps of the chosen grain one after the other, until something else happens."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from engine.run import moves
from engine.training.history import Place
from gui.session.session import Session
from gui.view import View


class Player(QObject):
    """Presses Step a few times a second. Any other move, an edit, training and a divergence stop
    it; `toggled` says whether it plays.

    A step that needs the worker is waited for, so nothing is ever passed over unseen.
    """

    toggled = Signal(bool)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._place: Place | None = None  # where the last step led; None while one is taken
        self._goal: int | None = None  # the updates that a step still in the worker leads to
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._step)
        self.set_rate(2.0)
        session.changed.connect(self._on_changed)

    @property
    def playing(self) -> bool:
        """Whether steps are being taken now."""
        return self._timer.isActive()

    def set_rate(self, rate: float) -> None:
        """Choose how many steps a second are taken."""
        self._timer.setInterval(round(1000 / rate))

    def toggle(self) -> None:
        """Play, or stop; the first step comes at once."""
        if self.playing:
            self.stop()
            return
        if self._session.training:
            self._session.pause()
        self._place = self._session.place
        self._timer.start()
        self.toggled.emit(True)
        self._step()

    def stop(self) -> None:
        """Stay where the last step led."""
        if self.playing:
            self._timer.stop()
            self._place = self._goal = None
            self.toggled.emit(False)

    def _step(self) -> None:
        session = self._session
        if session.busy:
            return
        stood = session.place
        self._place = None
        self._goal = moves.step_forward(stood.leaf.spec_at, stood.moment, session.grain)[0]
        session.step()
        if session.place == stood and not session.training:
            self.stop()  # a value is to be predicted first
        if self.playing:
            self._place = session.place
            if not session.training:
                self._goal = None

    def _on_changed(self, view: View) -> None:
        if not self.playing:
            return
        if view.divergence is not None:
            self.stop()
        elif self._place is not None:
            place = self._session.place
            if self._goal is None:
                if view.training or place != self._place:
                    self.stop()
            elif place.branch != self._place.branch or (
                not view.training and place.t != self._goal
            ):
                self.stop()
            else:
                self._place = place
                self._goal = self._goal if view.training else None
