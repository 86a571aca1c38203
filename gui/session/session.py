"""Session: the only owner of a run. It moves the cursor, trains, edits, and says what is there.

Each thing a person does ends in one `changed(View)`. Work that would hold the window up goes to
the worker thread; until it is there the View says None in its place.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from engine.documents.document import Document
from engine.formulas.notation import DEFAULT, Notation
from engine.maths.activations import Array
from engine.maths.network import FORWARD_ONLY
from engine.run import edits, moves
from engine.run.check_spec import SpecError
from engine.run.edits import Edited, kept_revealed
from engine.run.iteration import Check
from engine.run.mistakes import made_at_start
from engine.run.spec import BEGINNING, Spec, State, start_state
from engine.run.steps import StepId
from engine.training.divergence import Divergence
from engine.training.history import DEFAULT_MEMORY, Branch, History, Place
from engine.training.trainer import Progress, Trainer
from gui.session.background import Background
from gui.session.opening import opened, saved
from gui.session.undo import Change, Standing
from gui.session.worked_out import PATIENCE_SECONDS, Results, iteration_seconds
from gui.view import Curtain, View

if TYPE_CHECKING:
    from engine.learn.exercises.exercise import Exercise
    from engine.run.paper import PaperIteration

EditFunction = Callable[..., Edited]

_NO_TRAINING = (
    "Training would pass over values that you are to predict. Step instead, or close the tool."
)


class Session(QObject):
    """One open document and everything done with it."""

    changed = Signal(object)
    refused = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        # A command moves the session first, and only then is the stack where it says it is.
        self.undo_stack.indexChanged.connect(self.announce)
        self.grain = "number"
        self.digits: int | None = 6
        self.notation = DEFAULT
        self.paper: int | None = None
        self.pace: float | None = None
        self.goal: int | None = None  # updates after which training pauses by itself
        self.memory = DEFAULT_MEMORY
        self._checking = False
        self._telling = self._news = False
        self.curtain: Curtain | None = None
        self._hold: Callable[[moves.Moment], moves.Moment] = _free
        self._background = Background(self)
        self._background.progressed.connect(self._on_progress)
        self._training_branch: Branch
        self._target: int | None = None
        self._rates: deque[tuple[float, float]] = deque(maxlen=40)
        self._results = Results(self._compute_if_idle, self.announce)
        self._divergence: Divergence | None = None
        # Where an edit was made, where it led to, and the state before it; None after any move.
        self._edited: tuple[Place, Place, State] | None = None
        self.history: History
        self.standing: Standing
        self._state: State
        self._document: Document
        self._saved: tuple[int, int, int]  # undo index, branch, updates at its tip

    # Where the session stands

    def open(self, document: Document) -> None:
        """Show a document where it was left: its curve and place are back."""
        self._stop_job()
        self._results.forget()
        self._divergence = None
        self._edited = None
        self._document = document
        self.grain = document.grain
        self.history, self.standing = opened(document)
        self.history.memory = self.memory
        self._state = self.history.state_at(self.place.branch, self.place.t)
        self.undo_stack.blockSignals(True)
        self.undo_stack.clear()
        self.undo_stack.blockSignals(False)
        self.mark_saved()

    def document(self) -> Document:
        """What is here, to be saved; training goes on."""
        resume, target = self.training, self._target
        self._stop_job()
        try:
            return saved(self._document, self.standing, self.grain)
        finally:
            if resume:
                self._train_to(target)

    @property
    def exercise(self) -> Exercise | None:
        """What the open document was made from, if it is an exercise."""
        if not self._document.own_keys:
            return None  # as of most documents; nothing need be loaded to know
        from engine.learn.exercises.exercise import exercise_of

        return exercise_of(self._document)

    def close(self) -> None:
        """Stop whatever runs; the session is not used again."""
        self._stop_job()
        self._background.close()

    @property
    def place(self) -> Place:
        return self.standing.place

    @property
    def branch(self) -> Branch:
        """The branch that the road runs on at the cursor."""
        return self.place.owner

    @property
    def spec(self) -> Spec:
        return self.place.spec

    @property
    def state(self) -> State:
        """The state before the update of the iteration at the cursor."""
        return self._state

    @property
    def training(self) -> bool:
        return self._background.training

    @property
    def busy(self) -> bool:
        """Whether something is still being worked out in the background."""
        return self._background.busy

    @property
    def is_changed(self) -> bool:
        """Whether there is something that was not saved: an edit, or training since."""
        index, branch, tip_t = self._saved
        tip = self.place.leaf.tip
        return index != self.undo_stack.index() or (self.place.branch, tip.t) != (branch, tip_t)

    def mark_saved(self) -> None:
        """Remember that what is here now stands in the file."""
        leaf = self.place.leaf
        self._saved = (self.undo_stack.index(), leaf.number, leaf.tip.t)
        self.announce()

    def set_memory(self, memory: int) -> None:
        """Bound the memory for the way back, in bytes, from now on."""
        self.memory = self.history.memory = memory

    def announce(self, *_: object) -> None:
        """Tell the window what there is to see.

        What a listener changes meanwhile is told once everyone has heard of this, so that nobody
        is left with an older view.
        """
        self._news = True
        if self._telling:
            return
        self._telling = True
        try:
            while self._news:
                self._news = False
                self.changed.emit(self._view())
        finally:
            self._telling = False

    def _stand(self, standing: Standing) -> None:
        """Go where an undo or redo leads; the stack announces it when it is done."""
        self._stop_job()
        self._divergence = None
        self._go(standing.place, standing)

    # Moves

    def set_grain(self, grain: str) -> None:
        """Choose how far one press of Step or Back goes."""
        self.grain = grain
        self.announce()

    def set_digits(self, digits: int | None) -> None:
        """Choose how many significant digits are shown everywhere; None for all."""
        self.digits = digits
        self.announce()

    def set_notation(self, notation: Notation) -> None:
        """Choose how quantities are written everywhere."""
        self.notation = notation
        self.announce()

    def set_paper(self, decimals: int | None) -> None:
        """Show steps as they come out by hand, with so many decimals; None: in full precision.

        Only what is shown changes. Training and the parameters stay in full precision.
        """
        self.paper = decimals
        self.announce()

    def check_gradients(self, checking: bool) -> None:
        """Check the gradient of the iteration at the cursor from now on, or no more."""
        self._checking = checking
        self.announce()

    def draw_curtain(
        self, curtain: Curtain | None, hold: Callable[[moves.Moment], moves.Moment] | None = None
    ) -> None:
        """Show no more than a curtain leaves open; None takes it away.

        Every move ahead asks `hold` how far it may lead, and nothing trains meanwhile.
        """
        self._stop_job()
        self.curtain, self._hold = curtain, hold or _free
        self.announce()

    def step(self, grain: str | None = None) -> None:
        """Go one step of the chosen grain forward, working out what is not there yet."""
        self._stop_job()
        moment = self.place.moment
        ahead = moves.step_forward(self.place.leaf.spec_at, moment, grain or self.grain)
        if not self.spec.can_train and (grain == "epoch" or ahead == moment):
            self.refused.emit(FORWARD_ONLY)
            return
        self._reach(*ahead)

    def back(self, grain: str | None = None) -> None:
        """Go one step of the chosen grain back."""
        self._stop_job()
        self._divergence = None
        self._go(Place(self.place.leaf, *self._moment_before(grain or self.grain)))

    def _moment_before(self, grain: str) -> moves.Moment:
        leaf = self.place.leaf
        return moves.step_back(leaf.spec_at, self.place.moment, grain, leaf.first_t)

    def seek(self, revealed: int) -> None:
        """Show this many steps of the present iteration."""
        self._stop_job()
        self._divergence = None
        revealed = min(max(revealed, 0), len(self.spec.steps))
        self._go(replace(self.place, revealed=self._hold((self.place.t, revealed))[1]))

    def advance(self, epochs: int, steps: int) -> None:
        """Train some epochs and reveal some steps, and return only when that is done."""
        if epochs:
            self._reach(self.place.t + epochs * self.spec.iterations_per_epoch, 0)
            self.finish()
        if steps:
            self.seek(steps)
        self.finish()

    def go_on_to(self, t: int) -> None:
        """Go on until t updates are done; what takes long is trained in the background."""
        self._stop_job()
        self._reach(t, 0)

    def show_step(self, t: int, step: StepId | None, row: int | None) -> None:
        """Show a step (None: none yet) of the iteration after t updates, of a sample if one is
        named. Where the road does not reach so far it is trained; what takes long ends at t.

        Raises KeyError if the network has no such step then.
        """
        self._stop_job()
        if row is not None and row < len(self.spec.data):
            self.standing = replace(self.standing, sample=row)
        steps = self.place.leaf.spec_at(t).steps
        self._reach(t, 0 if step is None else steps.index_of(step) + 1)
        if row is not None:
            self.choose_sample(row)  # if there are more samples there than here

    def finish(self) -> None:
        """Wait for the work in the background."""
        self._background.finish()

    def go_to_epoch(self, epoch: float) -> None:
        """Go to a moment of the road by its place on the loss curve."""
        self._stop_job()
        self._divergence = None
        leaf = self.place.leaf
        self._go(Place(leaf, *self._hold((self.history.t_at_epoch(leaf.number, epoch), 0))))

    def go_to_branch(self, number: int) -> None:
        """Return to the tip of a road that was left."""
        self._stop_job()
        self._divergence = None
        leaf = self.history.branches[number]
        self._go(Place(leaf, leaf.tip.t))

    def leave_divergence(self) -> None:
        """Go back to the last state whose numbers are finite."""
        self.seek(0)

    def choose_sample(self, row: int) -> None:
        """Show another sample's values."""
        if 0 <= row < len(self.spec.data) and row != self.standing.sample:
            self.standing = replace(self.standing, sample=row)
            self.announce()

    def _go(self, place: Place, standing: Standing | None = None) -> None:
        """Put the cursor at a place that the road already reaches (with a Standing, all of it)."""
        missing = self.history.replay_length(place.branch, place.t)

        def arrive(state: State, announce: bool = True) -> None:
            self.standing = standing or self.standing
            self._arrive(place, state, announce)

        if missing * iteration_seconds(place.spec) <= PATIENCE_SECONDS:
            arrive(self.history.state_at(place.branch, place.t), announce=standing is None)
        else:
            self._background.compute(
                lambda check: self.history.state_at(place.branch, place.t, check), arrive
            )

    def _arrive(self, place: Place, state: State, announce: bool = True) -> None:
        self._move(place, state)
        if self._edited is not None and place != self._edited[1]:
            self._edited = None
        if announce:
            self.announce()

    def _move(self, place: Place, state: State) -> None:
        """Put the cursor at a place that has this state, and look at a sample that is there."""
        sample = min(self.standing.sample, len(place.spec.data) - 1)
        self.standing = replace(self.standing, place=place, sample=sample)
        self._state = state

    def _reach(self, t: int, revealed: int) -> None:
        """Go to a moment ahead, training as far as the road does not reach yet."""
        t, revealed = self._hold((t, revealed))
        leaf = self.place.leaf
        if t > leaf.tip.t and not leaf.spec.can_train:
            t, revealed = leaf.tip.t, 0
        ahead = t - leaf.tip.t
        if ahead <= 0:
            self._divergence = None
            self._go(Place(leaf, t, revealed))
        elif ahead * iteration_seconds(leaf.spec) <= PATIENCE_SECONDS:
            progress = self._trainer(leaf, leaf.tip).advance(iterations=ahead)
            if self._take(leaf, [progress]):
                self._arrive(Place(leaf, t, revealed), leaf.tip)
        else:
            self._train_to(t)

    # Training

    def train(self) -> None:
        """Train until paused, or until `goal` updates are done if those lie ahead."""
        self._stop_job()
        if self.curtain is not None:
            self.refused.emit(_NO_TRAINING)
            return
        is_ahead = self.goal is not None and self.goal > self.place.t
        self._train_to(self.goal if is_ahead else None)

    def pause(self) -> None:
        """Stop training, and show the moment it reached."""
        self._stop_job()
        self.announce()

    def toggle_training(self) -> None:
        """Train, or pause."""
        if self.training:
            self.pause()
        else:
            self.train()

    def set_pace(self, pace: float | None) -> None:
        """Choose epochs a second for training; None for as fast as it goes."""
        self.pace = pace
        self._background.set_pace(pace)

    def _trainer(self, branch: Branch, state: State) -> Trainer:
        recorded, stretches = branch.curve.last_epoch, branch.stretches
        return Trainer(branch.spec, state, branch.frame_every, recorded, stretches, at_speed=True)

    def _train_to(self, t: int | None) -> None:
        """Train along the road until t updates are done (None: until paused)."""
        leaf = self.place.leaf
        if not leaf.spec.can_train:
            if self.place.t == leaf.tip.t:
                self.announce()
                self.refused.emit(FORWARD_ONLY)
                return
            t = leaf.tip.t if t is None else min(t, leaf.tip.t)
        self._divergence = None
        self._edited = None
        self._rates.clear()
        self._target = t
        self._start_stretch()
        self.announce()

    def _start_stretch(self) -> None:
        """Train on the branch at the cursor, at most up to where the road leaves it or its tip is:
        what is trained anew goes on from the tip that is there, whatever brought the run here."""
        branch = self.branch
        road = self.history.road(self.place.branch)
        following = road[road.index(branch) + 1 :]
        ends = [fork.fork_t for fork in following[:1]]
        ends += [] if self._target is None else [self._target]
        ends += [branch.tip.t] if self._state.t < branch.tip.t else []
        self._training_branch = branch
        trainer = self._trainer(branch, self._state)
        self._background.train(trainer, self.pace, min(ends, default=None))

    def _on_progress(self, slices: list[Progress], ended: bool) -> None:
        """Show what slices of training came to, and let the next one run."""
        branch = self._training_branch
        if not self._take(branch, slices):
            self._stop_job()
            self.announce()
            return
        self._rates.append((perf_counter(), self.spec.epoch_position(self.place.t)))
        if ended and self._target == self.place.t:
            self._target = None
        elif ended:
            # The road goes over to another branch here; follow it.
            self._start_stretch()
        self._background.go_on(self._training_branch.frame_every)
        self.announce()

    def _take(self, branch: Branch, slices: list[Progress]) -> bool:
        """Take in slices of training on a branch; False if the run diverged in the last."""
        for progress in slices:
            self.history.record(branch, progress)
            place = Place(self.place.leaf, progress.state.t)
            is_tip = progress.state.t == branch.tip.t
            state = branch.tip if is_tip else progress.state
            if place.owner is not branch:
                # The road goes over to another branch exactly here, with an edited state.
                state = self.history.state_at(place.branch, place.t)
            self._move(place, state)
            if progress.divergence is not None:
                self._divergence = progress.divergence
                self._arrive(replace(place, revealed=len(place.spec.steps)), state)
                return False
        return True

    def _stop_job(self) -> None:
        """Call off what runs in the background, and keep what it had finished."""
        slices = self._background.stop()
        self._target = None
        if slices:
            self._take(self._training_branch, slices)

    def _compute_if_idle(
        self, function: Callable[[Check], Any], when_done: Callable[[Any], None]
    ) -> None:
        if not self._background.busy:
            self._background.compute(function, when_done)

    # Edits

    def apply(self, text: str, edit: EditFunction, *arguments: Any, **settings: Any) -> bool:
        """Carry out an edit (of engine.run.edits or reshaping) at the cursor, as one undo step.

        The cursor stays at its StepId. An edit before the first update changes the start values
        too. A refused edit changes nothing and its sentence goes out by `refused`.
        """
        resume, target = self.training, self._target
        self._stop_job()
        before, branch = self.standing, self.branch
        spec, state = branch.spec, self._state
        try:
            new_spec, new_state = edit(spec, state, *arguments, **settings)
            start = new_state.theta
            if state.t > 0:
                start = branch.start
                if new_spec.network is not spec.network:
                    fresh = start_state(spec, start)
                    start = edit(spec, fresh, *arguments, **settings)[1].theta
            elif start is state.theta:
                start = branch.start
            elif gone := made_at_start(new_spec.mistakes):
                # Weights that were given values of their own start as no mistake would have it.
                kept = tuple(key for key in new_spec.mistakes if key not in gone)
                new_spec = replace(new_spec, mistakes=kept)
        except SpecError as error:
            self.announce()
            self.refused.emit(_sentence(error))
            return False
        place = self.place
        revealed = kept_revealed(spec, new_spec, place.revealed)
        made = self.history.fork(place, self._named(text), new_spec, start, new_state)
        after = replace(before, place=Place(made, place.t, revealed))
        self._edited = (place, after.place, state)
        self._push(text, before, after)
        if resume:
            self._train_to(target)
        return True

    def reset(self) -> None:
        """Go back to the start values: the same ones."""
        spec = self.spec
        self._restart("Reset: start values", spec, self.branch.start)

    def new_seed(self) -> None:
        """Draw other start values, from the next seed."""
        self.choose_seed(self.spec.seed + 1)

    def choose_seed(self, seed: int) -> None:
        """Draw start values from a seed, and stand before the first update."""
        from engine.learn.many_seeds import drawn_start  # not before: the window is up sooner

        spec = replace(self.spec, seed=seed)
        theta = drawn_start(spec, self.branch.start, seed)
        self._restart(f"New seed: {seed}", spec, theta)

    def _restart(self, text: str, spec: Spec, theta: Array) -> None:
        self._stop_job()
        before = self.standing
        spec = replace(spec, batching=replace(spec.batching, since=BEGINNING))
        made = self.history.restart(self._named(text), spec, theta, start_state(spec, theta))
        self._push(text, before, replace(before, place=Place(made, 0)))

    def set_mistakes(self, text: str, mistakes: tuple[str, ...]) -> None:
        """Make these mistakes from here on, and no others. A change of those that are made at the
        start begins the run anew."""
        if made_at_start(mistakes) == made_at_start(self.spec.mistakes):
            self.apply(text, edits.set_mistakes, mistakes)
        else:
            self._restart(text, replace(self.spec, mistakes=mistakes), self.branch.start)

    def move_unit(self, name: str, x: float, y: float) -> None:
        """Keep where a node was dragged."""
        self.change(f"Move {name}", layout={**self.standing.layout, name: (x, y)})

    def reset_layout(self) -> None:
        """Put every node back where the program would draw it."""
        self.change("Reset layout", layout={})

    def describe(self, title: str, note: str) -> None:
        """Change the document's title and note."""
        self.change("Title and note", title=title, note=note)

    # What every edit comes to

    def change(self, text: str, **changes: Any) -> None:
        """Change fields of Standing that leave the run alone, in one undo step; it trains on."""
        resume, target = self.training, self._target
        self._stop_job()
        before, after = self.standing, replace(self.standing, **changes)
        if after != before:
            self._push(text, before, after)
        if resume:
            self._train_to(target)

    def _named(self, text: str) -> str:
        epoch = self.spec.epoch_position(self.place.t)
        return f"{text} (epoch {epoch:,.6g})" if self.place.t else text

    def _push(self, text: str, before: Standing, after: Standing) -> None:
        self._stop_job()
        command = Change(self._named(text), before, after, lambda: self.standing, self._stand)
        self.undo_stack.push(command)

    # What there is to see

    def _view(self) -> View:
        place, branch, state = self.place, self.branch, self._state
        moment = self._moment(place, state)
        if moment.evaluation is not None:
            branch.note(state, moment.evaluation)
        view = replace(
            moment,
            curve=place.leaf.curve.points,  # with the point just noted
            before=self._before(),
            check=self._results.check(branch, state) if self._is_to_check else None,
            ghosts=self.standing.roads.ghosts(self.history, place.branch),
            layout=self.standing.layout,
            grain=self.grain,
            training=self.training,
            rate=self._rate(),
            divergence=self._divergence,
            title=self.standing.title,
            note=self.standing.note,
            start=branch.start,
            published=self.standing.published,
            changed=self.is_changed,
            can_go_back=self._moment_before(self.grain) != place.moment,
        )
        return view.behind(self.curtain)

    @property
    def _is_to_check(self) -> bool:
        """Whether to check: while training, the gradient is another one many times a second."""
        wanted = self._checking and self.spec.can_train
        return wanted and not self.training and self._divergence is None

    def _moment(self, place: Place, state: State) -> View:
        """The part of a view that follows from a place."""
        branch, sample = place.owner, self.standing.sample
        iteration = self._results.iteration(branch, state) if place.revealed else None
        return View(
            spec=branch.spec,
            theta=state.theta,
            t=place.t,
            revealed=place.revealed,
            sample=sample,
            sample_pass=self._results.sample_pass(branch, state, sample),
            evaluation=self._results.evaluation(branch, state),
            iteration=iteration,
            paper=self._paper(branch, state) if place.revealed else None,
            curve=place.leaf.curve.points,
            digits=self.digits,
            notation=self.notation,
        )

    def _paper(self, branch: Branch, state: State) -> PaperIteration | None:
        """The iteration by hand, in paper mode."""
        iteration = self._results.iteration(branch, state)
        if self.paper is None or iteration is None:
            return None
        return self._results.paper(branch, iteration, self.paper)

    def _before(self) -> View | None:
        """The moment as it was before it was edited, if nothing was done since."""
        if self._edited is None:
            return None
        place, _, state = self._edited
        return self._moment(place, state) if self.standing.sample < len(place.spec.data) else None

    def _rate(self) -> float | None:
        if not self.training or len(self._rates) < 2:
            return None
        (began, first), (now, last) = self._rates[0], self._rates[-1]
        return (last - first) / (now - began) if now > began else None


def _free(moment: moves.Moment) -> moves.Moment:
    """Hold no move back."""
    return moment


def _sentence(error: SpecError) -> str:
    text = error.sentence
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
