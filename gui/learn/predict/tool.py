"""PredictTool: "Predict, then reveal", its lock, and its result file."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox, QWidget

from engine.documents.examples import without_ending
from engine.documents.whole_file import FileError, write_whole
from engine.learn.predict.result_file import RESULT_SUFFIX, result_of, write_result
from engine.run.value_kinds import EVERY_KIND
from gui.documents.save_dialog import FileKind
from gui.learn.predict.menu import TITLE
from gui.learn.predict.panel import PredictPanel
from gui.learn.predict.questions import Predicting
from gui.learn.tool import Tool
from gui.learn.tool_host import ToolHost
from gui.widgets.message_box import message_box

_RESULTS = FileKind("Results of Backpass", (RESULT_SUFFIX, ".json"))
_ONLY_THIS = (
    "This document is locked: other tools could show what is to be predicted. "
    "Unlock it in the Learn menu first."
)
_WARNING = (
    "Whoever set this exercise locked its derivations. If you unlock them, the document and the "
    "result file say so from then on."
)


class PredictTool(Tool):
    """Wires the panel to Predicting, and sees to it that no answers are lost."""

    panel: PredictPanel

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host, PredictPanel())
        self._predicting = predicting = Predicting(host.session)
        panel = self.panel
        panel.begun.connect(predicting.begin)
        panel.answered.connect(predicting.answer)
        panel.given_up.connect(predicting.give_up)
        panel.hint_asked.connect(predicting.hint)
        panel.went_on.connect(predicting.go_on)
        panel.save_asked.connect(self.save)
        predicting.changed.connect(panel.show_question)
        predicting.asked.connect(self._come_forward)
        host.before_opening.append(self._keep_others_out)
        host.changed.connect(self._send_others_away)
        host.documents.before_leaving.append(self.may_leave)

    @property
    def _window(self) -> QWidget:
        return self._host.menu.window().parentWidget() or self._host.menu

    # The panel

    def _come_forward(self) -> None:
        self._host.open(TITLE)
        self.panel.setFocus()

    def _keep_others_out(self, title: str) -> bool:
        if not self._predicting.locked or title == TITLE:
            return True
        self._host.session.refused.emit(_ONLY_THIS)
        return False

    def _send_others_away(self) -> None:
        """Close a tool that was open before the lock was closed, or a locked document opened."""
        if self._predicting.locked and self._host.open_title not in ("", TITLE):
            self._host.close()

    def on_closed(self) -> None:
        # Another tool may be about to take its place; the question has to wait for that.
        QTimer.singleShot(0, self._leave)

    def _leave(self) -> None:
        if self._host.current is self.panel or self._predicting.sitting is None:
            return
        if self.may_leave():
            self._predicting.end()
        else:
            self._come_forward()

    # The lock

    def turn_lock(self) -> None:
        """Close the lock, or open it, if the person is sure."""
        if self._predicting.locked:
            if self._is_sure(_WARNING, "Unlock"):
                self._predicting.open_lock()
            return
        hidden = self._predicting.hidden or self.panel.chosen()
        names = ", ".join(EVERY_KIND[key].title for key in hidden)
        sentence = (
            f"Whoever opens this document is then asked for its {names} before they are shown, "
            "without hints or derivations. Save it afterwards to hand it out."
        )
        if hidden and self._is_sure(sentence, "Lock"):
            own_values = self.panel.own_values.isChecked()
            self._predicting.close_lock(hidden, own_values)

    def _is_sure(self, sentence: str, verb: str) -> bool:
        box = message_box(self._window, f"{verb} the derivations?", sentence, "lockQuestion")
        yes = box.addButton(verb, QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.exec()
        return box.clickedButton() is yes

    # The result file

    def save(self) -> bool:
        """Write the answers into a file that the person chooses; whether that was done."""
        sitting, files = self._predicting.sitting, self._host.documents.files
        if sitting is None:
            return True
        title = self._host.session.standing.title
        title = title or without_ending(self._host.documents.name)
        name = " ".join(part for part in (title, sitting.person) if part)
        path = files.ask_where("Save result", name + RESULT_SUFFIX, _RESULTS)
        if path is None:
            return False
        try:
            write_whole(path, write_result(result_of(sitting, title, datetime.now())))
        except FileError as error:
            files.say(str(error))
            return False
        except Exception as error:
            self._host.documents.tell_unsaved(path.name, error)
            return False
        self._predicting.mark_saved()
        files.exported.emit(path)
        return True

    def may_leave(self) -> bool:
        """Ask about answers that are in no file; whether they may go."""
        if not self._predicting.has_unsaved:
            return True
        button = QMessageBox.StandardButton
        question, loss = "Save your answers in a result file?", "They would be lost otherwise."
        box = message_box(self._window, question, loss, "answersQuestion")
        box.setStandardButtons(button.Save | button.Discard | button.Cancel)
        box.setDefaultButton(button.Save)
        answer = button(box.exec())
        if answer == button.Save:
            return self.save()
        return answer == button.Discard
