"""Predicting: values of chosen kinds stay hidden until the person typed what they come to.

It owns the sitting (questions, answers, hints) and holds the session before each hidden value;
where the run stands is the session's alone.
"""

from __future__ import annotations

import math

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from engine.derivations.derive import derive
from engine.documents.document import Lock
from engine.learn.predict.hints import Hint, hints_of
from engine.learn.predict.judging import FULL_MARKS, MORE_DIGITS
from engine.learn.predict.sitting import AskedValue, Sitting
from engine.run.iteration import Iteration, iterate
from engine.run.moves import Moment
from engine.run.paper import paper_iteration
from engine.run.step_values import step_value
from engine.run.steps import symbol_of
from engine.run.value_kinds import asked_of, next_asked
from engine.text.numbers import format_number
from gui.learn.predict.shown import ANSWERED, ASKED, BAD, GOOD, NEUTRAL, START, STEPPING, Question
from gui.session.session import Session
from gui.view import Curtain, View


class Predicting(QObject):
    """Asks for the values that are hidden, one at a time, and judges what is typed.

    `changed` carries a Question. `asked` says that a step was held: the person has to be asked, or
    in a locked document to begin first.
    """

    changed = Signal(object)
    asked = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.sitting: Sitting | None = None
        self._lock: Lock | None = None
        self._view: View | None = None
        self._seen: Moment = (0, 0)  # how far values have been disclosed
        self._held: Moment | None = None  # where a step was held back last
        self._question: AskedValue | None = None
        self._settled: Moment | None = None  # where the answer just given was shown
        self._said, self._mood = "", NEUTRAL
        self._saved: object = None  # what of the sitting stands in a file
        self._of: tuple[object, int] | None = None  # the history and branch they belong to
        # The last iteration that was worked out here, and what from.
        self._worked: tuple[object, ...] = ()
        self._told: Question | None = None
        session.changed.connect(self._on_changed)

    # What is in force

    @property
    def hidden(self) -> tuple[str, ...]:
        """The kinds that are asked for; none while nothing is hidden."""
        if self.sitting is not None:
            return self.sitting.hidden
        return self._lock.hidden if self.locked and self._lock is not None else ()

    @property
    def locked(self) -> bool:
        """Whether the document's lock is closed."""
        return self._lock is not None and self._lock.closed

    @property
    def _shown(self) -> Question:
        """What there is to show."""
        sitting, lock, value, view = self.sitting, self._lock, self._question, self._view
        if sitting is None:
            if lock is None or not self.locked:
                return Question()
            return Question(START, lock.hidden, lock.own_values, True)
        stepping = Question(
            STEPPING, sitting.hidden, sitting.own_values, self.locked, score=sitting.score
        )
        if value is None or view is None:
            return stepping
        hints = self._hints(value)
        return replace(
            stepping,
            stage=ANSWERED if value.closed else ASKED,
            symbol=value.symbol,
            about=value.about(view.spec, view.notation),
            answer=value.answers[-1].text if value.answers else "",
            feedback=self._said,
            mood=self._mood,
            hints=hints[: value.hints],
            hints_in_all=len(hints),
            digits=view.worked_digits,
        )

    @property
    def has_unsaved(self) -> bool:
        """Whether answers would be lost by ending the sitting."""
        sitting = self.sitting
        return sitting is not None and sitting.has_answers and self._saved != sitting.contents

    def mark_saved(self) -> None:
        """Remember that the answers so far stand in a file."""
        self._saved = None if self.sitting is None else self.sitting.contents

    # Begin and end

    def begin(self, person: str, hidden: tuple[str, ...], own_values: bool) -> None:
        """Begin a sitting; in a locked document its lock says what is hidden."""
        lock = self._lock
        opened = lock is not None and lock.opened
        if lock is not None and lock.closed:
            hidden, own_values = lock.hidden, lock.own_values
        self.sitting = Sitting(person.strip(), hidden, own_values, self.locked, opened)
        self._saved = self._held = None
        self._forget_question()
        self._draw()
        self._tell()

    def end(self) -> None:
        """End the sitting; its answers are gone. A locked document stays hidden."""
        self.sitting = self._held = None
        self._forget_question()
        self._draw()
        self._tell()

    def close_lock(self, hidden: tuple[str, ...], own_values: bool) -> None:
        """Lock the derivations of these kinds in the document."""
        self._session.change("Lock the derivations", lock=Lock(hidden, own_values))

    def open_lock(self) -> None:
        """Open the document's lock; the document and the result remember it."""
        lock = self._lock
        if lock is not None:
            opened = Lock(lock.hidden, lock.own_values, opened=True)
            self._session.change("Unlock the derivations", lock=opened)

    def _draw(self) -> None:
        """Have the session hide what is to be hidden now."""
        hidden = self.hidden
        curtain = Curtain(hidden, self.locked) if hidden else None
        if curtain != self._session.curtain:
            if self._session.curtain is None:
                self._seen = self._session.place.moment
            self._session.draw_curtain(curtain, self._hold if hidden else None)

    # The cursor

    def _hold(self, moment: Moment) -> Moment:
        """How far a move may lead: no further than the next hidden value."""
        if moment <= self._seen:
            return moment
        spec_at, (t, revealed) = self._session.place.leaf.spec_at, self._seen
        k = next_asked(spec_at(t).steps, self.hidden, revealed)
        if k is None and moment[0] > t:
            t, k = t + 1, next_asked(spec_at(t + 1).steps, self.hidden, 0)
        if k is None or moment <= (t, k):
            return moment
        self._held = (t, k)
        return t, k

    def _on_changed(self, view: View) -> None:
        self._view = view
        self._take_lock()
        of = (self._session.history, self._session.branch.number)
        now = (view.t, view.revealed)
        if of != self._of:
            if self._of is None or of[0] is not self._of[0]:
                self.sitting = None  # another document
            self._of, self._seen, self._held = of, now, None
            self._forget_own()
            self._leave_question()
            self._draw()
        if now > self._seen:
            if now[0] > self._seen[0]:
                self._forget_own()
            self._seen = now
        if self._settled is not None and self._settled != now:
            self._forget_question()
        if self._question is not None and self._settled is None:
            self._ask_again(now)
        if self._held == now:
            self._held = None
            self._settled = None
            if self.sitting is not None:
                self._ask(view)
            if self.sitting is None or self._question is not None:
                self.asked.emit()
        self._tell()

    def _take_lock(self) -> None:
        lock = self._session.standing.lock
        if lock == self._lock:
            return
        self._lock = lock
        if self.sitting is not None:
            self.sitting.locked = self.sitting.locked or self.locked
            self.sitting.unlocked = self.sitting.unlocked or (lock is not None and lock.opened)
        self._draw()

    # A question

    def _ask(self, view: View) -> None:
        """Ask for the value that comes next."""
        assert self.sitting is not None
        step = view.steps.id_at(view.revealed)
        iteration = self._iteration(view)
        true = step_value(iteration, step, iteration.sample(view.sample))
        if not math.isfinite(true):
            self._reveal((view.t, view.revealed + 1))
            return
        symbol = symbol_of(view.spec.network, step, view.notation)
        before = self._question
        self._question = self.sitting.ask(view.t, asked_of(step, view.sample), symbol, true)
        if self._question is not before:
            self._say("")

    def _ask_again(self, now: Moment) -> None:
        """Follow what changed while a question is open: the sample, the digits, the place."""
        assert self._view is not None and self._question is not None
        question = self._question
        if (question.t, self._view.steps.index_of(question.step)) != now:
            self._leave_question()
        else:
            self._ask(self._view)
            if self._question is not question:
                self._drop(question)

    def answer(self, text: str) -> None:
        """Judge an answer; the same wrong one once more gives the question up."""
        question, view = self._question, self._view
        if self.sitting is None or question is None or view is None or question.closed:
            return
        if question.answers and text.strip() == question.answers[-1].text:
            self.give_up()
            return
        try:
            judgement, said = self.sitting.answer(
                question, text, self._iteration(view), view.sample, view.worked_digits
            )
        except ValueError as error:
            self._say(str(error), BAD)
            return
        if judgement.verdict in FULL_MARKS:
            self._settle(question, said, GOOD)
        elif judgement.verdict == MORE_DIGITS:
            self._say(said)
        else:
            self._say(f"{said}\nTry again, or press Enter once more to see it.", BAD)

    def give_up(self) -> None:
        """Show the value without a right answer."""
        question, view = self._question, self._view
        if question is None or view is None or question.closed:
            return
        value = f"{question.symbol} = {format_number(question.right, view.worked_digits)}"
        if question.answers:
            self._settle(question, f"{value}.", BAD)
        else:
            self._settle(question, f"Not answered: {value}.", NEUTRAL)

    def hint(self) -> None:
        """Give one more piece of the derivation away."""
        question = self._question
        if question is not None and not question.closed:
            question.hints = min(question.hints + 1, len(self._hints(question)))
            self._tell()

    def go_on(self) -> None:
        """Take the next step, as Space does."""
        self._session.step()

    def _settle(self, question: AskedValue, said: str, mood: str) -> None:
        assert self.sitting is not None and self._view is not None
        self.sitting.close(question)
        self._said, self._mood = said, mood
        now = (self._view.t, self._view.revealed + 1)
        self._settled = now
        self._reveal(now)

    def _reveal(self, moment: Moment) -> None:
        self._seen = moment
        self._session.seek(moment[1])

    def _say(self, said: str, mood: str = NEUTRAL) -> None:
        self._said, self._mood = said, mood
        self._tell()

    def _tell(self) -> None:
        shown = self._shown
        if shown != self._told:
            self._told = shown
            self.changed.emit(shown)

    def _forget_question(self) -> None:
        self._question = self._settled = None
        self._said, self._mood = "", NEUTRAL

    def _leave_question(self) -> None:
        """Go away from a question that is open; one with answers stays on record."""
        if self._question is not None:
            self._drop(self._question)
        self._forget_question()

    def _drop(self, question: AskedValue) -> None:
        """Take a question back unless something was done about it."""
        if self.sitting is not None:
            self.sitting.drop_untouched(question)

    def _forget_own(self) -> None:
        """The person's values are those of one iteration."""
        if self.sitting is not None:
            self.sitting.own = {}

    def _hints(self, question: AskedValue) -> tuple[Hint, ...]:
        view = self._view
        if self.locked or view is None:
            return ()
        return hints_of(derive(self._iteration(view), question.step, view.sample, view.notation))

    def _iteration(self, view: View) -> Iteration:
        """The iteration at the cursor, on paper in paper mode."""
        if view.worked is not None:
            return view.worked
        of = (view.spec, self._session.state, self._session.writing.paper)
        if self._worked[:3] != of:
            worked = iterate(view.spec, self._session.state)
            if self._session.writing.paper is not None:
                worked = paper_iteration(worked, self._session.writing.paper)
            self._worked = (*of, worked)
        iteration = self._worked[3]
        assert isinstance(iteration, Iteration)
        return iteration
