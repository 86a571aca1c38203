"""The values of the quantities that are steps only where they are asked for: see EXTRA_KINDS."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from engine.maths.activations import ACTIVATIONS, Array
from engine.maths.network import Network
from engine.run.iteration import SamplePass, sample_gradient
from engine.run.spec import Spec
from engine.run.steps import StepId

# An output with it sends the error back as it is; where the error itself is put into f′, too.
_PASSED_ON = replace(ACTIVATIONS["linear"], slope=lambda z, a: z)


def why_none(network: Network, step: StepId) -> str:
    """Why a network has no such quantity, in a sentence; empty where it has."""
    if not network.can_train:
        return "A step has no slope that an error could be sent back through: there is none here."
    if step.kind != "activation_slope" or step.layer is None:
        return ""
    if network.layers[step.layer - 1].function.elementwise:
        return ""
    return (
        f"{network.unit_name(step.layer, step.unit or 0)} has no f′(z) of its own: the outputs of "
        "softmax depend on every net input of their layer."
    )


def value_in_pass(spec: Spec, theta_back: Array, sample: SamplePass, step: StepId) -> float:
    """∂E_s/∂a, f′(z), ∂E_s/∂x or ∂E_s/∂w of one sample; with dropout ∂a/∂z in place of f′(z).

    `theta_back`, shape (size,), are the parameters whose weights send the deltas back.
    """
    network, rules = spec.network, spec.rules
    if step.parameter is not None:
        return float(sample_gradient(spec, sample)[network.index(step.parameter)])
    assert step.layer is not None and step.unit is not None
    layer, z, a = step.layer, sample.z[step.layer], sample.a[step.layer]
    with np.errstate(all="ignore"):
        if step.kind == "activation_slope":
            f = network.layers[layer - 1].function
            of_z = sample.of_net_input(network, layer)[np.newaxis]
            slope = float(rules.activation_slope(f, z[np.newaxis], of_z)[0, step.unit])
            if sample.masks is not None and layer in sample.masks:
                slope *= float(sample.masks[layer][step.unit])
            return slope
        if layer == network.depth:
            links = replace(rules, activation_slope=lambda f, z, a: np.ones_like(z))
            a, targets = a[np.newaxis], sample.targets[np.newaxis]
            error = rules.output_delta(links, spec.loss_function, _PASSED_ON, a, a, targets)
        else:
            W = rules.way_back(network.weights(theta_back, layer + 1))
            error = rules.error_sent_back(sample.delta[layer + 1][np.newaxis], W)
        if layer == 0:
            error = rules.carried(step.kind, layer, error)
    return float(error[0, step.unit])
