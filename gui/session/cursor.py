"""Cursor: a place in a run that moves along its road, and trains it on where the road ends.

Work that would hold the window up goes to the worker thread.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import inf
from time import perf_counter

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from engine.maths.network import FORWARD_ONLY
from engine.run import moves
from engine.run.spec import Spec, State
from engine.run.steps import StepId
from engine.text.numbers import format_count
from engine.training.divergence import Divergence
from engine.training.errand import Arrival, Errand
from engine.training.goal import GoalTrainer
from engine.training.history import Branch, History, Place
from engine.training.patience import Patience, PatienceTrainer, Watch
from engine.training.trainer import Progress, Trainer
from gui.session.background import Background
from gui.session.failure import tell
from gui.session.pace import Pace
from gui.session.undo import Standing
from gui.session.worked_out import PATIENCE_SECONDS, iteration_seconds
from gui.view import Curtain

_KEPT_OUT = (
    "Sample {} is a {}: nothing is learnt from it, so its pass ends with the loss. Choose "
    "another sample to go on, or step by iteration."
)
_NO_TRAINING = (
    "Training would pass over values that you are to predict. Step instead, or close the tool."
)


class Cursor(QObject):
    """Where a person stands in a run, and every way to go on from there or back.

    Each move ends in one `moved`; what cannot be done is told by `refused`, in a sentence.
    """

    moved = Signal()
    refused = Signal(str)
    arrived = Signal(object)  # Arrival: training that was asked for came to its end

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history: History
        self.standing: Standing
        self.grain = "number"
        self._taken: tuple[moves.Moment, str] | None = None  # where a step of another grain led
        self.pace: float | None = inf  # that was chosen: see Pace
        self.goal: int | None = None  # updates after which training pauses by itself
        self.curtain: Curtain | None = None
        self.divergence: Divergence | None = None
        # Where an edit was made, where it led to, and the state before it; None after any move.
        self.edited: tuple[Place, Place, State] | None = None
        self._hold: Callable[[moves.Moment], moves.Moment] = _free
        self._state: State
        self.background = Background(self)
        self.background.progressed.connect(self._on_progress)
        self.background.failed.connect(self._on_failed)
        self._training_branch: Branch
        self._at_work: Trainer
        self._target: int | None = None
        self._errand: Errand | None = None  # what the training under way was asked for
        # Of which errand on which branch the best loss is known, and what is known.
        self._watched: tuple[Errand, Branch, Watch] | None = None
        self._pace = Pace(self.pace)
        self._paused_at: Place | None = None
        self._rates: deque[tuple[float, float]] = deque(maxlen=40)

    # Where the cursor is

    @property
    def place(self) -> Place:
        return self.standing.place

    @property
    def branch(self) -> Branch:
        """The branch that the road runs on at the cursor."""
        return self.place.owner

    @property
    def spec(self) -> Spec:
        """What is trained at the cursor, and how."""
        return self.place.spec

    @property
    def state(self) -> State:
        """The state before the update of the iteration at the cursor."""
        return self._state

    @property
    def training(self) -> bool:
        """Whether the run is being trained in the background."""
        return self.background.training

    @property
    def busy(self) -> bool:
        """Whether something is still being worked out in the background."""
        return self.background.busy

    # Moves

    def set_grain(self, grain: str) -> None:
        """Choose how far one press of Step or Back goes."""
        self.grain, self._taken = grain, None
        self.moved.emit()

    @property
    def taken(self) -> str:
        """The grain of the step that led here: the chosen one, or that of a key of its own."""
        moment, grain = self._taken or (None, self.grain)
        return grain if moment == self.place.moment else self.grain

    def draw_curtain(
        self, curtain: Curtain | None, hold: Callable[[moves.Moment], moves.Moment] | None = None
    ) -> None:
        """Show no more than a curtain leaves open; None takes it away.

        Every move ahead asks `hold` how far it may lead, and nothing trains meanwhile.
        """
        self._stop_job()
        self.curtain, self._hold = curtain, hold or _free
        self.moved.emit()

    def step(self, grain: str | None = None) -> None:
        """Go one step of the chosen grain forward, working out what is not there yet."""
        self._stop_job()
        moment = self.place.moment
        ahead = moves.step_forward(self.place.leaf.spec_at, moment, grain or self.grain)
        if not self.spec.can_train and (grain == "epoch" or ahead == moment):
            self.refused.emit(FORWARD_ONLY)
            return
        if self._is_beyond_loss(ahead):
            self._tell_of_kept_out()
            return
        self._taken = (ahead, grain) if grain else None
        self._reach(*ahead)

    def _is_beyond_loss(self, moment: moves.Moment) -> bool:
        """Whether a moment shows a step that a test sample has not, and it is one that is shown."""
        t, revealed = moment
        spec, row = self.place.leaf.spec_at(t), self.standing.sample
        return row < len(spec.data) and revealed > spec.steps_of(row)

    def _tell_of_kept_out(self) -> None:
        row = self.standing.sample
        self.refused.emit(_KEPT_OUT.format(format_count(row + 1), self.spec.data.kind_of(row)))

    def back(self, grain: str | None = None) -> None:
        """Go one step of the chosen grain back."""
        self._stop_job()
        self.divergence = None
        before = self._moment_before(grain or self.grain)
        self._taken = (before, grain) if grain else None
        self._go(Place(self.place.leaf, *before))

    def _moment_before(self, grain: str) -> moves.Moment:
        leaf = self.place.leaf
        return moves.step_back(leaf.spec_at, self.place.moment, grain, leaf.first_t)

    @property
    def can_go_back(self) -> bool:
        """Whether there is something before the cursor to go back to."""
        return self._moment_before(self.grain) != self.place.moment

    def seek(self, revealed: int) -> None:
        """Show this many steps of the present iteration."""
        self._stop_job()
        self.divergence = None
        revealed = min(max(revealed, 0), len(self.spec.steps))
        if self._is_beyond_loss((self.place.t, revealed)):
            self._tell_of_kept_out()
            revealed = self.spec.steps_of(self.standing.sample)
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
        self.background.finish()

    def go_to_epoch(self, epoch: float) -> None:
        """Go to a moment of the road by its place on the loss curve."""
        self._stop_job()
        self.divergence = None
        leaf = self.place.leaf
        self._go(Place(leaf, *self._hold((self.history.t_at_epoch(leaf.number, epoch), 0))))

    def go_to_whole_epoch(self, epoch: int) -> None:
        """Go to the end of an epoch: back along the road, or ahead, training what is missing."""
        leaf = self.place.leaf
        done, within = leaf.spec.epoch_of(leaf.tip.t)
        if epoch <= done:
            self.go_to_epoch(epoch)
        else:
            ahead = (epoch - done) * leaf.spec.iterations_per_epoch
            self.go_on_to(leaf.tip.t - within + ahead)

    def go_to_branch(self, number: int) -> None:
        """Return to the end of an abandoned road."""
        self._stop_job()
        self.divergence = None
        leaf = self.history.branches[number]
        self._go(Place(leaf, leaf.tip.t))

    def leave_divergence(self) -> None:
        """Go back to the last state whose numbers are finite."""
        self.seek(0)

    def choose_sample(self, row: int) -> None:
        """Show another sample's values."""
        if 0 <= row < len(self.spec.data) and row != self.standing.sample:
            self.standing = replace(self.standing, sample=row)
            self._move(self.place, self._state)  # a test sample has fewer steps
            self.moved.emit()

    def _go(self, place: Place, standing: Standing | None = None) -> None:
        """Put the cursor at a place that the road already reaches (with a Standing, all of it)."""
        missing = self.history.replay_length(place.branch, place.t)

        def arrive(state: State, announce: bool = True) -> None:
            self.standing = standing or self.standing
            self._arrive(place, state, announce)

        if missing * iteration_seconds(place.spec) <= PATIENCE_SECONDS:
            arrive(self.history.state_at(place.branch, place.t), announce=standing is None)
        else:
            self.background.compute(
                lambda check: self.history.state_at(place.branch, place.t, check), arrive
            )

    def _arrive(self, place: Place, state: State, announce: bool = True) -> None:
        self._move(place, state)
        if self.edited is not None and place != self.edited[1]:
            self.edited = None
        if announce:
            self.moved.emit()

    def _move(self, place: Place, state: State) -> None:
        """Put the cursor at a place that has this state, and look at a sample that is there."""
        sample = min(self.standing.sample, len(place.spec.data) - 1)
        revealed = min(place.revealed, place.spec.steps_of(sample))
        if revealed < place.revealed:
            place = replace(place, revealed=revealed)
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
            self.divergence = None
            self._go(Place(leaf, t, revealed))
        elif ahead * iteration_seconds(leaf.spec) <= PATIENCE_SECONDS:
            progress = self._trainer(leaf, leaf.tip).advance(iterations=ahead)
            if self._take(leaf, [progress]):
                self._arrive(Place(leaf, t, revealed), leaf.tip)
        else:
            self._pace = Pace(inf)
            self._train_to(t)

    # Training

    def train(self, errand: Errand | None = None) -> None:
        """Train until paused, or until `goal` updates are done if those lie ahead; on an errand
        until that is done."""
        self._stop_job()
        if self.curtain is not None:
            self.refused.emit(_NO_TRAINING)
            return
        if errand is not None and not self.spec.can_train:
            self.refused.emit(FORWARD_ONLY)
            return
        if self.place != self._paused_at:  # else at the pace that it was paused at
            self._pace = Pace(self.pace)
        is_ahead = errand is None and self.goal is not None and self.goal > self.place.t
        self._train_to(self.goal if is_ahead else None, errand)

    def train_at_full_speed(self) -> None:
        """Train as fast as it goes at once, until paused."""
        if not self.training:
            self.train()
        self._pace = Pace(inf)
        self.background.set_pace(self._pace)

    def pause(self) -> None:
        """Stop training, and show the moment it reached."""
        self._stop_job()
        self._paused_at = self.place
        self.moved.emit()

    def toggle_training(self) -> None:
        """Train, or pause."""
        if self.training:
            self.pause()
        else:
            self.train()

    def set_pace(self, pace: float | None) -> None:
        """Choose epochs a second for training, infinitely many for as fast as it goes; None for a
        pace that grows from one that can be followed to that."""
        self.pace = pace
        self._pace = self._pace.choose(pace) if self.training else Pace(pace)
        self.background.set_pace(self._pace)

    @property
    def rate(self) -> float | None:
        """How many epochs a second training comes to; None while that is not known."""
        if not self.training or len(self._rates) < 2:
            return None
        (began, first), (now, last) = self._rates[0], self._rates[-1]
        return (last - first) / (now - began) if now > began else None

    @property
    def gets_faster(self) -> bool:
        """Whether training is still held back, but less and less."""
        return self.training and self._pace.grows

    @property
    def errand(self) -> Errand | None:
        """What the training under way was asked for, where that was more than to train."""
        return self._errand

    def _trainer(self, branch: Branch, state: State) -> Trainer:
        recorded, stretches = branch.curve.last_epoch, branch.stretches
        known = branch.test_curve.last_epoch
        tested = -1.0 if known is None else known
        goal = None if self._errand is None else self._errand.goal
        if isinstance(goal, Patience):
            return PatienceTrainer(
                branch.spec, state, branch.frame_every, stretches, goal,
                self._watch_on(branch), recorded, tested,
            )
        if goal is not None:
            return GoalTrainer(branch.spec, state, branch.frame_every, stretches, goal, tested)
        return Trainer(
            branch.spec, state, branch.frame_every, recorded, stretches, True, tested
        )

    def _watch_on(self, branch: Branch) -> Watch:
        """What the errand under way knows of the best loss on a branch: where training stopped for
        a moment, as for a file to be written, it goes on as if it had not."""
        assert self._errand is not None
        known = self._watched
        if known is None or known[0] is not self._errand or known[1] is not branch:
            self._watched = known = self._errand, branch, Watch()
        return known[2]

    def _train_to(self, t: int | None, errand: Errand | None = None) -> None:
        """Train along the road until t updates are done (None: until paused), or on an errand until
        that is done."""
        leaf = self.place.leaf
        if not leaf.spec.can_train:
            if self.place.t == leaf.tip.t:
                self.moved.emit()
                self.refused.emit(FORWARD_ONLY)
                return
            t = leaf.tip.t if t is None else min(t, leaf.tip.t)
        self.divergence = None
        self.edited = None
        self._rates.clear()
        self._target = t
        self._errand = errand
        self._start_stretch()
        self.moved.emit()

    def _start_stretch(self) -> None:
        """Train on the branch at the cursor, at most up to where the road leaves it or its tip is:
        what is trained anew goes on from the tip that is there, whatever brought the run here."""
        branch = self.branch
        road = self.history.road(self.place.branch)
        following = road[road.index(branch) + 1 :]
        if self._errand is not None:
            done, within = branch.spec.epoch_of(self.place.t)
            ahead = (self._errand.until_epoch - done) * branch.spec.iterations_per_epoch
            self._target = self.place.t - within + ahead
        ends = [fork.fork_t for fork in following[:1]]
        ends += [] if self._target is None else [self._target]
        ends += [branch.tip.t] if self._state.t < branch.tip.t else []
        self._training_branch = branch
        self._at_work = self._trainer(branch, self._state)
        self.background.train(self._at_work, self._pace, min(ends, default=None))

    def _on_progress(self, slices: list[Progress], ended: bool) -> None:
        """Show what slices of training came to, and let the next one run."""
        try:
            self._follow(slices, ended)
        except Exception as error:
            self._stop_job()
            self.moved.emit()
            tell("Training stopped", error)

    def _follow(self, slices: list[Progress], ended: bool) -> None:
        branch = self._training_branch
        if not self._take(branch, slices):
            self._stop_job()
            self.moved.emit()
            return
        self._rates.append((perf_counter(), self.spec.epoch_position(self.place.t)))
        if ended and (self._at_work.reached or self._target == self.place.t):
            self._end_errand()
            return
        if ended:
            # The road goes over to another branch here; follow it.
            self._start_stretch()
        self.background.go_on(self._training_branch.frame_every)
        self.moved.emit()

    def _end_errand(self) -> None:
        """Training came to where it was to end: show it, and say what was reached."""
        errand, reached = self._errand, self._at_work.reached
        self._target = self._errand = None
        self.moved.emit()
        if errand is not None and not self.training:
            spec = self.spec
            epoch, points = spec.epoch_of(self.place.t)[0], self.place.leaf.curve.points
            row = min(int(np.searchsorted(points[:, 0], epoch)), len(points) - 1)
            trainer = self._at_work
            best = trainer.watch.best if isinstance(trainer, PatienceTrainer) else None
            self.arrived.emit(Arrival(errand, reached, epoch, float(points[row, 1]), best))

    def _on_failed(self, slices: list[Progress]) -> None:
        """Stay where the work came to before it failed."""
        self._target = self._errand = None
        if slices:
            self._take(self._training_branch, slices)
        self.moved.emit()

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
                self.divergence = progress.divergence
                self._arrive(replace(place, revealed=len(place.spec.steps)), state)
                return False
        return True

    def _stop_job(self) -> None:
        """Call off what runs in the background, and keep what it had finished."""
        slices = self.background.stop()
        self._target = self._errand = None
        if slices:
            self._take(self._training_branch, slices)


def _free(moment: moves.Moment) -> moves.Moment:
    """Hold no move back."""
    return moment
