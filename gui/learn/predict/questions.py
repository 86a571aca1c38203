"""Predicting: values of chosen kinds stay hidden until the person typed what they come to.

It owns the sitting (questions, answers, hints) and holds the session before each hidden value;
where the run stands is the session's alone.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, Signal

from engine.derivations.derive import derive
from engine.documents.document import Lock
from engine.learn.predicting.feedback import feedback
from engine.learn.predicting.hints import Hint, hints_of
from engine.learn.predicting.judging import FULL_MARKS, MORE_DIGITS, Judgement, judge, read_answer
from engine.learn.predicting.own_values import Own
from engine.learn.predicting.sitting import Answer, Question, Sitting
from engine.run.iteration import Iteration, iterate
from engine.run.moves import Moment
from engine.run.paper import paper_iteration
from engine.run.step_values import step_value
from engine.run.steps import StepId, symbol_of, title_of
from engine.run.value_kinds import asked_of, next_asked
from engine.text.numbers import format_number
from gui.learn.predict.shown import ANSWERED, ASKED, BAD, GOOD, NEUTRAL, START, STEPPING, Asking
from gui.session.session import Session
from gui.view import Curtain, View


class Predicting(QObject):
    """Asks for the values that are hidden, one at a time, and judges what is typed.

    `changed` carries an Asking. `asked` says that a step was held: the person has to be asked, or
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
        self._question: Question | None = None
        self._settled: Moment | None = None  # where the answer just given was shown
        self._said, self._mood = "", NEUTRAL
        self._own: Own = {}
        self._saved: object = None  # what of the sitting stands in a file
        self._of: tuple[object, int] | None = None  # the history and branch they belong to
        self._made: tuple[object, ...] = ()  # what the last iteration was worked out from, and it
        self._told: Asking | None = None
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
    def asking(self) -> Asking:
        """What there is to show."""
        sitting, lock = self.sitting, self._lock
        if sitting is None:
            if lock is None or not self.locked:
                return Asking()
            return Asking(START, lock.hidden, lock.own_values, True)
        question, view = self._question, self._view
        made = Asking(
            STEPPING, sitting.hidden, sitting.own_values, self.locked, score=sitting.score
        )
        if question is None or view is None:
            return made
        hints = self._hints(question)
        return Asking(
            ANSWERED if question.closed else ASKED,
            sitting.hidden,
            sitting.own_values,
            self.locked,
            question.symbol,
            _about(view, question),
            question.answers[-1].text if question.answers else "",
            self._said,
            self._mood,
            hints[: question.hints],
            len(hints),
            view.worked_digits,
            sitting.score,
        )

    @property
    def has_unsaved(self) -> bool:
        """Whether answers would be lost by ending the sitting."""
        sitting = self.sitting
        return sitting is not None and sitting.has_answers and self._saved != _state_of(sitting)

    def mark_saved(self) -> None:
        """Remember that the answers so far stand in a file."""
        self._saved = None if self.sitting is None else _state_of(self.sitting)

    # Begin and end

    def begin(self, person: str, hidden: tuple[str, ...], own_values: bool) -> None:
        """Begin a sitting; in a locked document its lock says what is hidden."""
        lock = self._lock
        opened = lock is not None and lock.opened
        if lock is not None and lock.closed:
            hidden, own_values = lock.hidden, lock.own_values
        self.sitting = Sitting(person.strip(), hidden, own_values, self.locked, opened)
        self._saved, self._own, self._held = None, {}, None
        self._forget_question()
        self._draw()
        self._tell()

    def end(self) -> None:
        """End the sitting; its answers are gone. A locked document stays behind its curtain."""
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
            self._of, self._seen, self._own = of, now, {}
            self._held = None
            self._leave_question()
            self._draw()
        if now > self._seen:
            if now[0] > self._seen[0]:
                self._own = {}
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
        asked = asked_of(step, view.sample)
        question = self.sitting.question(view.t, *asked)
        if question is None:
            question = Question(view.t, *asked, symbol="", right=true)
            self.sitting.questions.append(question)
        question.symbol = symbol_of(view.spec.network, step, view.notation)
        question.right = true
        is_new = question is not self._question
        self._question = question
        if is_new:
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
                self._drop_untouched(question)

    def answer(self, text: str) -> None:
        """Judge an answer; the same wrong one once more gives the question up."""
        question, view = self._question, self._view
        if self.sitting is None or question is None or view is None or question.closed:
            return
        if question.answers and text.strip() == question.answers[-1].text:
            self.give_up()
            return
        try:
            typed = read_answer(text)
        except ValueError as error:
            self._say(str(error), BAD)
            return
        own = self._own if self.sitting.own_values else None
        judgement = judge(typed, self._iteration(view), question.step, view.sample, own)
        if judgement.verdict != MORE_DIGITS:
            question.answers.append(Answer(typed.text, typed.value, judgement))
        digits = view.worked_digits
        if digits is not None:
            digits = max(digits, min(typed.digits, 15))
        said = feedback(judgement, question.symbol, question.right, digits)
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
        last = question.answers[-1].judgement if question.answers else Judgement("")
        said = f"Not answered: {value}." if not question.answers else f"{value}."
        self._settle(question, said, BAD if last.verdict else NEUTRAL)

    def hint(self) -> None:
        """Give one more piece of the derivation away."""
        question = self._question
        if question is not None and not question.closed:
            question.hints = min(question.hints + 1, len(self._hints(question)))
            self._tell()

    def go_on(self) -> None:
        """Step, as the key does."""
        self._session.step()

    def _settle(self, question: Question, said: str, mood: str) -> None:
        question.closed = True
        if question.answers:
            self._own = {**self._own, question.asked: question.answers[-1].value}
        self._said, self._mood = said, mood
        assert self._view is not None
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
        asking = self.asking
        if asking != self._told:
            self._told = asking
            self.changed.emit(asking)

    def _forget_question(self) -> None:
        self._question = self._settled = None
        self._said, self._mood = "", NEUTRAL

    def _leave_question(self) -> None:
        """Go away from a question that is open; one with answers stays on record."""
        if self._question is not None:
            self._drop_untouched(self._question)
        self._forget_question()

    def _drop_untouched(self, question: Question) -> None:
        """Take a question back that nobody did anything about."""
        touched = question.answers or question.hints or question.closed
        if self.sitting is not None and not touched and question in self.sitting.questions:
            self.sitting.questions.remove(question)

    def _hints(self, question: Question) -> tuple[Hint, ...]:
        view = self._view
        if self.locked or view is None:
            return ()
        return hints_of(derive(self._iteration(view), question.step, view.sample, view.notation))

    def _iteration(self, view: View) -> Iteration:
        """The iteration at the cursor, on paper in paper mode."""
        if view.worked is not None:
            return view.worked
        of = (view.spec, self._session.state, self._session.writing.paper)
        if self._made[:3] != of:
            made = iterate(view.spec, self._session.state)
            if self._session.writing.paper is not None:
                made = paper_iteration(made, self._session.writing.paper)
            self._made = (*of, made)
        iteration = self._made[3]
        assert isinstance(iteration, Iteration)
        return iteration


def _about(view: View, question: Question) -> str:
    """What is asked for in words: node delta of h1 · sample 2 of 4."""
    step = question.step
    words = _in_words(view, step)
    if len(view.spec.data) == 1:
        return words
    if question.sample is not None:
        return f"{words} · sample {question.sample + 1} of {len(view.spec.data)}"
    rows = view.spec.batch_rows(view.t)
    if len(rows) == 1:
        return f"{words} · batch of one: sample {rows[0] + 1} of {len(view.spec.data)}"
    return f"{words} · {view.spec.reduction} over the batch of {len(rows)}"


def _in_words(view: View, step: StepId) -> str:
    title = title_of(view.spec.network, step, view.notation)
    if step.kind == "loss_after":
        return "loss of the same samples after the update"
    if step.phase == "update":
        return f"{title.removeprefix('update of ')} after the update"
    return f"node {title}" if step.kind == "delta" else title


def _state_of(sitting: Sitting) -> object:
    """What would have to be saved again if it changed."""
    return [(len(q.answers), q.hints, q.closed) for q in sitting.questions]
