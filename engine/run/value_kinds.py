"""The kinds of values that can be asked for, and which step is asked for next."""

from __future__ import annotations

from msgspec import Struct

from engine.run.steps import StepId, Steps


class Kind(Struct, frozen=True):
    """A kind of values that can be asked for: its title, and the phase and the kinds of steps.

    Where a kind is shown only on request, `menu` says it with symbols.
    """

    title: str
    steps: tuple[tuple[str, str], ...]
    menu: str = ""


KINDS: dict[str, Kind] = {
    "net_inputs": Kind("net inputs", (("forward", "net_input"),)),
    "activations": Kind("activations", (("forward", "activation"),)),
    "losses": Kind(
        "losses", (("loss", "loss"), ("loss", "total_loss"), ("check", "loss_after"))
    ),
    "deltas": Kind("node deltas", (("backward", "delta"),)),
    "gradients": Kind(
        "gradients", (("backward", "weight_gradient"), ("backward", "bias_gradient"))
    ),
    "updates": Kind("updates", (("update", "weight_update"), ("update", "bias_update"))),
}

# Those that a run may show beside the others, in the order of their steps: see EXTRA_KINDS.
ALSO: dict[str, Kind] = {
    "activation_gradients": Kind(
        "gradients by activations", (("backward", "loss_by_activation"),), "∂E/∂a of each unit"
    ),
    "slopes": Kind("slopes f′(z)", (("backward", "activation_slope"),), "f′(z) of each unit"),
    "own_gradients": Kind(
        "samples' own gradients",
        (("backward", "own_weight_gradient"), ("backward", "own_bias_gradient")),
        "∂E/∂w of each sample alone",
    ),
    "input_gradients": Kind(
        "gradients by inputs", (("backward", "loss_by_input"),), "∂E/∂x of each input"
    ),
    "changes": Kind(
        "changes Δw", (("update", "weight_change"), ("update", "bias_change")),
        "Δw of each parameter",
    ),
}

EVERY_KIND = {**KINDS, **ALSO}


def extra_steps(also: tuple[str, ...]) -> tuple[str, ...]:
    """The kinds of steps, of EXTRA_KINDS, that some keys of ALSO stand for."""
    return tuple(step for key in also for _, step in ALSO[key].steps)


# Whose values are read off the outputs, the loss and its curve.
SEEN_IN_OUTPUTS = ("net_inputs", "activations", "losses")

Asked = tuple[StepId, int | None]
"""A step and the sample (its row) whose value it is; None for steps of the batch."""


def asked_of(step: StepId, row: int) -> Asked:
    """What is asked for with a step while a sample (its row) is looked at."""
    return step, row if step.of_sample else None


def kind_of(step: StepId) -> str:
    """The key of EVERY_KIND that a step belongs to."""
    wanted = (step.phase, step.kind)
    return next(key for key, kind in EVERY_KIND.items() if wanted in kind.steps)


def next_asked(steps: Steps, kinds: tuple[str, ...], start: int) -> int | None:
    """The number of the first step from `start` on that is of one of some kinds.

    They are keys of EVERY_KIND. None if there is none. Phases without a step that is asked for are
    passed over whole.
    """
    wanted = {step for kind in kinds for step in EVERY_KIND[kind].steps}
    phases = {phase for phase, _ in wanted}
    for group in steps.groups:
        if group.phase in phases:
            for k in range(max(start, group.start), group.stop):
                step = steps.id_at(k)
                if (step.phase, step.kind) in wanted:
                    return k
    return None
