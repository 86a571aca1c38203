"""What the engine's tests share: hypothesis strategies for whole runs, small enough to be quick."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from msgspec import UNSET

from engine.documents.document import Published
from engine.maths.activations import ACTIVATIONS, hidden_activations
from engine.maths.clipping import CLIPPINGS, Clipping
from engine.maths.losses import LOSSES, LossSettings
from engine.maths.network import BIAS_KINDS, Layer, Network, default_unit_names
from engine.maths.optimizers import RULES, Optimizer
from engine.maths.penalty import Penalty
from engine.maths.schedules import SCHEDULES, Schedule
from engine.run.holding import with_cut, with_frozen
from engine.run.scaling import SAME, SCALINGS, Scaling, linears
from engine.run.spec import Batching, Data, Spec, State, start_state
from engine.run.steps import STEP_ORDERS, StepId
from engine.text.numbers import LARGEST


def that_learn(keys: tuple[str, ...]) -> tuple[str, ...]:
    """The activations among them that a gradient can be sent back through."""
    return tuple(key for key in keys if ACTIVATIONS[key].learns)


PENALTIES = st.just(Penalty()) | st.builds(
    Penalty, l2=st.sampled_from((0.0, 0.25)), l1=st.sampled_from((0.0, 0.125)), biases=st.booleans()
)


CLIPS = st.just(Clipping()) | st.builds(
    Clipping, st.sampled_from(sorted(CLIPPINGS)), st.sampled_from((0.0625, 1.0))
)
SCHEDULES_OF = st.just(Schedule()) | st.builds(
    Schedule,
    name=st.sampled_from(sorted(SCHEDULES)),
    per=st.sampled_from(("epoch", "iteration")),
    every=st.integers(1, 3),
    factor=st.sampled_from((0.5, 0.9)),
    length=st.integers(1, 5),
    warm_up=st.integers(1, 3),
    lowest=st.sampled_from((0.0, 0.25)),
)


@st.composite
def specs(draw: st.DrawFn, max_samples: int = 6) -> Spec:
    """Specs of every loss, output pair, kind of bias, optimizer and batching, with random data,
    some with frozen parameters or cut edges."""
    sizes = draw(st.lists(st.integers(1, 5), min_size=2, max_size=4))
    loss = draw(st.sampled_from(sorted(LOSSES)))
    output = draw(st.sampled_from(that_learn(LOSSES[loss].activations)))
    if output == "softmax":
        sizes[-1] = max(sizes[-1], 2)
    names = default_unit_names(tuple(sizes))
    hidden = that_learn(hidden_activations())
    layers = tuple(
        Layer(
            units,
            output if number == len(sizes) - 1 else draw(st.sampled_from(hidden)),
            draw(st.sampled_from(BIAS_KINDS)),
            draw(st.booleans()),
            rate_factor=draw(st.sampled_from((1.0, 1.0, 0.25))),
            threshold=draw(st.sampled_from((False, False, True))),
        )
        for number, units in enumerate(names[1:], start=1)
    )
    samples = draw(st.integers(1, max_samples))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    (low, high), classes = LOSSES[loss].target_range, LOSSES[loss].classes
    shape = (samples, sizes[-1])
    inputs = generator.normal(0.0, 1.0, (samples, sizes[0]))
    data = Data(
        inputs,
        generator.uniform(max(low, -1.0), min(high, 1.0), shape)
        if classes is None
        else generator.choice(classes, shape),
        tuple(f"t {name}" for name in names[-1]),
    )
    scaling = None
    if draw(st.booleans()):
        kind, same = draw(st.sampled_from(sorted(SCALINGS))), (SAME,) * sizes[-1]
        targets = linears("range", data.targets) if np.isinf(low) and classes is None else same
        scaling = Scaling(kind, linears(kind, data.inputs), targets)
    network = Network(names[0], layers)
    frozen = draw(st.sampled_from((0.0, 0.0, 0.3, 1.0)))
    network = with_frozen(network, (generator.random(network.size) < frozen).astype(float))
    cut = draw(st.sampled_from((0.0, 0.0, 0.3, 1.0)))
    network = with_cut(network, (generator.random(network.size) < cut).astype(float))
    return Spec(
        network,
        loss,
        LOSSES[loss].reduction or draw(st.sampled_from(("sum", "mean"))),
        Optimizer(
            draw(st.sampled_from(sorted(RULES))), {"learning_rate": draw(st.floats(0.01, 1.0))}
        ),
        data,
        Batching(draw(st.sampled_from((None, 1, 2, 3))), draw(st.booleans())),
        metrics=("mean_absolute_error",) if LOSSES[loss].has_targets else (),
        initializer="uniform_pm_1",
        seed=draw(st.integers(0, 1000)),
        step_order=draw(st.sampled_from(sorted(STEP_ORDERS))),
        scaling=scaling,
        penalty=draw(PENALTIES),
        loss_settings=LossSettings(
            {"delta": draw(st.sampled_from((0.25, 1.0)))}, draw(st.integers(0, sizes[-1] - 1))
        ),
        clipping=draw(CLIPS),
        schedule=draw(SCHEDULES_OF),
    )


@st.composite
def runs(draw: st.DrawFn) -> tuple[Spec, State]:
    """A spec and a state some updates into its run."""
    from engine.run.iteration import iterate

    spec = draw(specs())
    state = start_state(spec)
    for _ in range(draw(st.integers(0, 3))):
        following = iterate(spec, state).next_state
        if not (np.abs(following.theta) < LARGEST).all():
            break  # as a run does, which then has diverged
        state = following
    return spec, state


def printed_figure(
    iteration: int, step: StepId, printed: str, sample: int | None = None
) -> Published:
    """A figure of a step as a source prints it, of a sample where each has its own."""
    row = UNSET if sample is None else sample
    return Published(iteration=iteration, step=step, sample=row, printed=printed)
