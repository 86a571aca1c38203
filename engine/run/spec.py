"""What a run is made of: Spec (what is to be trained, and how) and State (how far it has come).

Both are immutable. Everything on screen is worked out from them and the cursor.
"""

# Without `from __future__ import annotations`, as engine.documents.format.

from functools import cached_property, reduce
from typing import Any

import numpy as np
from msgspec import Struct, field
from msgspec.structs import force_setattr, replace
from numpy.typing import NDArray

from engine.maths import dropout
from engine.maths.activations import Array
from engine.maths.backprop import Carried, Masks, Rules
from engine.maths.clipping import Clipping
from engine.maths.initializers import InitializerSettings
from engine.maths.losses import LOSSES, Loss, LossSettings, loss_function
from engine.maths.metrics import METRICS, are_classes, is_right
from engine.maths.network import Network
from engine.maths.optimizers import RULES, Optimizer, Slots
from engine.maths.penalty import Penalty
from engine.maths.schedules import Schedule
from engine.maths.wrong_formulas import with_changes
from engine.run.limits import ClassName, Count, FromOne, Heading
from engine.run.mistakes import MISTAKES, Mistake
from engine.run.scaling import Scaling, scaled
from engine.run.steps import Steps
from engine.run.value_kinds import extra_steps

KEPT_GRADIENT = "gradient"  # the slot of a gradient that accumulates


class Source(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a column of the training set was in the table it comes from: the heading there and, for
    a column of 0 and 1 that stands for classes, the class that is 1; where two classes share one
    column, the class that is 0 too."""

    heading: Heading = ""
    one: ClassName = ""
    zero: ClassName = ""


NO_ROWS = np.arange(0)


class Data(Struct, frozen=True, eq=False, dict=True):
    """The samples: inputs (samples, inputs), targets (samples, outputs), column names; and of
    each column where it comes from, or nothing where that is not known.

    `test` are the rows, in growing order, that are kept out of training, to see what the network
    says of samples that it has not learnt from. `validation` are others, kept out too, by which it
    is decided when to stop; what is left is the training set. `picture` says that the inputs are
    the pixels of one, (rows, columns) of them, row by row from the top. `whole_rows` are the rows
    that these samples have in the whole set, shape (samples,), where they are some of it.
    """

    inputs: Array
    targets: Array
    target_names: tuple[str, ...]
    input_sources: tuple[Source, ...] = ()
    target_sources: tuple[Source, ...] = ()
    test: NDArray[np.intp] = NO_ROWS
    picture: tuple[int, int] | None = None
    validation: NDArray[np.intp] = NO_ROWS
    whole_rows: NDArray[np.intp] | None = None

    def __post_init__(self) -> None:
        for name in ("inputs", "targets"):
            rows = np.array(getattr(self, name), dtype=np.float64, ndmin=2)
            rows.flags.writeable = False
            force_setattr(self, name, rows)
        # np.unique would load numpy.ma, which no start needs.
        for name in ("test", "validation"):
            numbers = sorted(set(np.asarray(getattr(self, name)).tolist()))
            kept_out = np.array(numbers, dtype=np.intp)
            kept_out.flags.writeable = False
            force_setattr(self, name, kept_out)

    def __len__(self) -> int:
        return len(self.inputs)

    def scaled_by(self, scaling: Scaling) -> "Data":
        """The same as a network with this scaling takes it."""
        known: tuple[Scaling, Data] | None = self.__dict__.get("_scaled")
        if known is None or known[0] != scaling:
            inputs = scaled(self.inputs, scaling.inputs)
            targets = scaled(self.targets, scaling.targets)
            known = scaling, replace(self, inputs=inputs, targets=targets)
            self.__dict__["_scaled"] = known  # the Specs of many edits have the same Data
        return known[1]

    @cached_property
    def is_test(self) -> NDArray[np.bool_]:
        """Which rows are test samples, shape (samples,)."""
        return self._mask_of(self.test)

    @cached_property
    def is_validation(self) -> NDArray[np.bool_]:
        """Which rows are validation samples, shape (samples,)."""
        return self._mask_of(self.validation)

    @cached_property
    def is_kept_out(self) -> NDArray[np.bool_]:
        """Which rows are kept out of training, shape (samples,)."""
        return self.is_test | self.is_validation

    def _mask_of(self, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        mask = np.zeros(len(self), dtype=np.bool_)
        mask[rows] = True
        return mask

    def kind_of(self, row: int) -> str:
        """What a sample that is kept out of training is called; "" for one that is trained on."""
        if self.is_test[row]:
            return "test sample"
        return "validation sample" if self.is_validation[row] else ""

    @cached_property
    def training_rows(self) -> NDArray[np.intp]:
        """The rows that are trained on, in order."""
        return np.flatnonzero(~self.is_kept_out)

    @property
    def first_row(self) -> int:
        """The first row that is trained on: what is shown at first can be stepped to the end."""
        return int(self.training_rows[0])

    @property
    def training_count(self) -> int:
        """How many rows are trained on."""
        return len(self) - len(self.test) - len(self.validation)

    def of(self, rows: NDArray[np.intp]) -> "Data":
        """Some of the samples, none of them kept out of training."""
        return replace(
            self,
            inputs=self.inputs[rows],
            targets=self.targets[rows],
            test=NO_ROWS,
            validation=NO_ROWS,
            whole_rows=self.in_whole(rows),
        )

    def in_whole(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """The rows that some samples have in the whole set; the same where this is the whole."""
        return rows if self.whole_rows is None else self.whole_rows[rows]


class Since(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the present cut into batches began: after how many updates, and epochs."""

    iteration: Count
    epoch: Count


BEGINNING = Since(0, 0)


class Batching(Struct, frozen=True, forbid_unknown_fields=True):
    """How an epoch is cut: samples an iteration (null for all), in order or shuffled.

    Shuffled is a pure function of (seed, epoch). A change of the data or of the size in the middle
    of a run starts a new epoch there, which `since` remembers.
    """

    size: FromOne | None = None
    shuffled: bool = False
    since: Since = BEGINNING


class Spec(Struct, frozen=True, eq=False, dict=True):
    """Everything that determines a run, apart from where it stands.

    `loss` is a key of LOSSES, set to `loss_settings`.
    `mistakes` are keys of engine.run.mistakes; one that cannot be made here changes nothing.
    No number depends on `step_order`, the order of the steps shown, nor on `also`, the quantities
    that are steps beside the others (keys of engine.run.value_kinds.ALSO, in that order).
    `carried` says what is carried on of each value that an iteration works out (see
    engine.maths.backprop.Rules); None: the value as it is.
    `scaling` stands between the data and the network; None: it takes them as they are.
    `initializer` is a key of INITIALIZERS, set to `initializer_settings`.
    `penalty` is what large weights cost, beside the loss of the data. `clipping` says how gradients
    are cut before they move the parameters, `schedule` how the learning rate goes on.
    """

    network: Network
    loss: str
    reduction: str
    optimizer: Optimizer
    data: Data
    batching: Batching = Batching()
    metrics: tuple[str, ...] = ()
    initializer: str = "uniform_0_1"
    seed: int = 0
    mistakes: tuple[str, ...] = ()
    step_order: str = "by_unit"
    carried: Carried | None = None
    scaling: Scaling | None = None
    penalty: Penalty = Penalty()
    loss_settings: LossSettings = LossSettings()
    clipping: Clipping = Clipping()
    schedule: Schedule = Schedule()
    initializer_settings: InitializerSettings = InitializerSettings()
    also: tuple[str, ...] = ()

    def draw(self, *seed: int, network: Network | None = None) -> Array:
        """Start values θ drawn from its seed, or from the numbers given; for its network, or
        another one. What is fixed is drawn like the rest."""
        chosen = self.network if network is None else network
        numbers = seed or (self.seed,)
        return chosen.draw(self.initializer, *numbers, settings=self.initializer_settings)

    @cached_property
    def scaled(self) -> Data:
        """The training set as the network takes it; `data` is in units of its own."""
        return self.data if self.scaling is None else self.data.scaled_by(self.scaling)

    @cached_property
    def loss_function(self) -> Loss:
        """The loss with its settings given."""
        return loss_function(self.loss, self.loss_settings)

    @cached_property
    def batch_size(self) -> int:
        """Samples in a whole batch."""
        size, count = self.batching.size, self.data.training_count
        return count if size is None else min(size, count)

    @cached_property
    def iterations_per_epoch(self) -> int:
        """How many batches the training set is cut into; the last may be shorter."""
        return -(-self.data.training_count // self.batch_size)

    def steps_of(self, row: int) -> int:
        """How many steps of an iteration a sample goes through: all, or those up to the loss where
        nothing is learnt from it."""
        if not self.data.is_kept_out[row]:
            return len(self.steps)
        return next(group.stop for group in self.steps.groups if group.phase == "loss")

    @cached_property
    def steps(self) -> Steps:
        """The steps of each of its iterations."""
        units = LOSSES[self.loss].loss_units(self.loss_settings, self.network.sizes[-1])
        return Steps(self.network, self.step_order, units, extra_steps(self.also))

    def epoch_of(self, t: int) -> tuple[int, int]:
        """(epochs done, iterations done in the running epoch) after t updates."""
        since = self.batching.since
        done, within = divmod(t - since.iteration, self.iterations_per_epoch)
        return since.epoch + done, within

    def epoch_position(self, t: int) -> float:
        """Epochs done after t updates, with the running one as a fraction."""
        done, within = self.epoch_of(t)
        return done + within / self.iterations_per_epoch

    def epoch_rows(self, epoch: int) -> NDArray[np.intp]:
        """The order in which an epoch takes the rows of the training set, shape (samples,)."""
        rows = self.data.training_rows
        if self.batching.shuffled:
            return rows[np.random.default_rng((self.seed, epoch)).permutation(len(rows))]
        return rows

    def batch_rows(self, t: int) -> NDArray[np.intp]:
        """Which samples the iteration after t updates takes, in order, shape (batch,)."""
        epoch, within = self.epoch_of(t)
        start = within * self.batch_size
        return self.epoch_rows(epoch)[start : start + self.batch_size]

    def masks(self, t: int, rows: NDArray[np.intp]) -> Masks | None:
        """The masks of the layers with dropout in the iteration after t updates, for samples by
        their rows; of one that is kept out of training no unit is dropped. None without dropout.
        They hang on the rows in the whole set, so that training without the samples that are kept
        out drops the units that stepping shows."""
        if not self.network.has_dropout:
            return None
        masks, whole = {}, self.data.in_whole(rows)
        for number, layer in enumerate(self.network.layers, start=1):
            if layer.dropout:
                units = len(layer.units)
                mask = dropout.factors(layer.dropout, self.seed, t, number, whole, units)
                mask[self.data.is_kept_out[rows]] = 1.0
                masks[number] = mask
        return masks

    @cached_property
    def made(self) -> tuple[Mistake, ...]:
        """The mistakes that are made, in the order of their table."""
        return tuple(mistake for key, mistake in MISTAKES.items() if key in self.mistakes)

    @cached_property
    def rules(self) -> Rules:
        """The formulas of a pass, with the mistakes that are on."""
        active = (each for each in self.made if not self.is_idle(each))
        rules = with_changes(tuple(each.change for each in active if each.change is not None))
        return rules if self.carried is None else replace(rules, carried=self.carried)

    def is_idle(self, mistake: Mistake) -> bool:
        """Whether a mistake inside a pass is left alone, since it would change nothing."""
        return mistake.where == "pass" and bool(mistake.why_not(self))

    @cached_property
    def used_optimizer(self) -> Optimizer:
        """The optimizer as the updates really use it, but for a learning rate that goes on or is
        not the same for all layers (see optimizer_at)."""
        return self._as_used(self.optimizer)

    def _as_used(self, optimizer: Optimizer) -> Optimizer:
        changes = (each.optimizer for each in self.made if each.optimizer)
        return reduce(lambda optimizer, change: change(optimizer), changes, optimizer)

    @cached_property
    def has_one_rate(self) -> bool:
        """Whether each update and each layer has the same learning rate."""
        return self.schedule.is_constant and self.network.rate_factors is None

    def counted_before(self, t: int) -> int:
        """What the schedule counts, as it stands before update number t ≥ 1: epochs or iterations
        that are done."""
        return t - 1 if self.schedule.per == "iteration" else self.epoch_of(t - 1)[0]

    def rate_at(self, t: int) -> float:
        """The learning rate of update number t ≥ 1 by the schedule, for a layer with no factor."""
        rate = self.optimizer["learning_rate"]
        if self.schedule.is_constant:
            return rate
        return rate * self.schedule.share(self.counted_before(t))

    def optimizer_at(self, t: int) -> Optimizer:
        """The optimizer as update number t ≥ 1 uses it. Where layers have rates of their own its
        learning rate has an entry for each parameter, shape (size,)."""
        if self.has_one_rate:
            return self.used_optimizer
        rate: Any = self.rate_at(t)
        if (factors := self.network.rate_factors) is not None:
            rate = rate * factors
        return self._as_used(self.optimizer.changed(learning_rate=rate))

    @cached_property
    def updates_early(self) -> bool:
        """Whether each layer has its update before it sends deltas back."""
        return any(each.updates_early for each in self.made)

    @cached_property
    def skips_biases(self) -> bool:
        """Whether updates leave the biases out."""
        return any(each.skips_biases for each in self.made)

    @cached_property
    def keeps_gradient(self) -> bool:
        """Whether each gradient is added to the one of the iteration before."""
        return any(each.keeps_gradient for each in self.made)

    @cached_property
    def counts_first_only(self) -> bool:
        """Whether the first sample of a batch is taken for all in its gradient."""
        return any(each.counts_first_only for each in self.made)

    def counted(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """The samples of a batch that its gradient is made of."""
        return rows[:1] if self.counts_first_only else rows

    @cached_property
    def updated(self) -> Array | None:
        """The mask of θ that an update touches, shape (size,); None where it touches all."""
        mask = np.array(self.network.trained)
        if self.skips_biases:
            for number in range(1, self.network.depth + 1):
                b = self.network.biases(mask, number)
                if b is not None:
                    b[:] = 0.0
        mask.flags.writeable = False
        return None if mask.all() else mask

    @cached_property
    def penalised(self) -> Array | None:
        """The mask of the parameters that a penalty counts, shape (size,); None where there is no
        penalty."""
        if not self.penalty.parts:
            return None
        mask = self.penalty.counted(self.network)
        mask.flags.writeable = False
        return mask

    def cost(self, theta: Array) -> Array | float:
        """What penalties add to the loss under θ, shape (…, size)."""
        return 0.0 if self.penalised is None else self.penalty.cost(theta * self.penalised)

    @property
    def slot_names(self) -> tuple[str, ...]:
        """What a State's slots are: the optimizer's, and the gradient where it accumulates."""
        kept = (KEPT_GRADIENT,) if self.keeps_gradient else ()
        return (*RULES[self.optimizer.key].slots, *kept)

    def fresh_slots(self) -> Slots:
        """The slots of a run that has not begun: zeros of shape (size,)."""
        size, kept = self.network.size, len(self.slot_names) - len(RULES[self.optimizer.key].slots)
        return (*self.optimizer.fresh_slots(size), *(np.zeros(size) for _ in range(kept)))

    @property
    def has_targets(self) -> bool:
        """Whether the loss compares outputs with targets; where it does not, those of the data are
        kept, and play no part."""
        return LOSSES[self.loss].has_targets

    @cached_property
    def has_classes(self) -> bool:
        """Whether the targets name classes, so that an output can be right or wrong."""
        loss, activation = LOSSES[self.loss], self.network.layers[-1].activation
        return self.has_targets and are_classes(self.scaled.targets, activation, loss.classes)

    def are_right(self, outputs: Array) -> NDArray[np.bool_]:
        """Which samples' outputs, shape (…, samples, outputs), say what their targets say."""
        activation, classes = self.network.layers[-1].activation, LOSSES[self.loss].classes
        return is_right(outputs, self.scaled.targets, activation, classes)

    def metric(self, key: str, outputs: Array) -> Array:
        """A metric, a key of METRICS, of outputs of shape (…, samples, outputs); shape (…)."""
        activation, classes = self.network.layers[-1].activation, LOSSES[self.loss].classes
        return METRICS[key].value(outputs, self.scaled.targets, activation, classes)

    @property
    def can_train(self) -> bool:
        """Whether it can be trained; else it is stepped through forward, up to the loss."""
        return self.network.can_train

    @cached_property
    def takes_all_in_order(self) -> bool:
        """Whether every iteration takes the whole training set as it stands."""
        return self.batch_size == self.data.training_count and not self.batching.shuffled

    @cached_property
    def training(self) -> "Spec":
        """The same run with no other samples than those that it is trained on."""
        data = self.data
        if data.training_count == len(data):
            return self
        return replace(self, data=data.of(data.training_rows))

    @cached_property
    def testing(self) -> "Spec | None":
        """The same with the test samples alone, and without penalties, which no sample has a part
        in; None without any."""
        return self._with_only(self.data.test)

    @cached_property
    def validating(self) -> "Spec | None":
        """The same with the validation samples alone."""
        return self._with_only(self.data.validation)

    def _with_only(self, rows: NDArray[np.intp]) -> "Spec | None":
        if not len(rows):
            return None
        return replace(self, data=self.data.of(rows), penalty=Penalty())


class State(Struct, frozen=True, eq=False):
    """Where a run stands: parameters θ (size,), the optimizer's slots, t = updates done."""

    theta: Array
    slots: Slots = field(default=())
    t: int = 0

    def __post_init__(self) -> None:
        self.theta.flags.writeable = False
        for slot in self.slots:
            slot.flags.writeable = False

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes."""
        return self.theta.nbytes * (1 + len(self.slots))


def start_state(spec: Spec, theta: Array | None = None) -> State:
    """The state before the first update: given start values, or those drawn from the seed."""
    if theta is None:
        theta = spec.draw()
    for mistake in spec.made:
        if mistake.start is not None:
            theta = mistake.start(spec.network, theta)
    return State(np.array(theta), spec.fresh_slots(), 0)


def drawn_start(spec: Spec, start: Array, seed: int) -> Array:
    """Start values θ drawn from a seed; what is fixed stays as in `start`: it is part of the
    exercise, not of the draw."""
    drawn = spec.draw(seed)
    return np.where(spec.network.trained > 0, drawn, start)
