"""How large the gradient of each layer is: where it vanishes or explodes on its way back.

Source: S. Hochreiter, Y. Bengio, P. Frasconi, J. Schmidhuber, Gradient flow in recurrent nets: the
difficulty of learning long-term dependencies, 2001.
"""

from __future__ import annotations

import numpy as np

from engine.maths.activations import Array
from engine.run.iteration import Check, batch_gradient, never
from engine.run.spec import Spec, State

FAR_APART = 1e3  # of the sizes of two layers: what is smaller has vanished beside the other


def gradient_sizes(spec: Spec, state: State, check: Check = never) -> Array:
    """The root mean square of ∂E/∂θ over the parameters of each layer, shape (depth,), for the loss
    of the whole training set. Edges that are cut do not count; a layer without any parameter has
    nan. It does not depend on how the samples are cut into batches."""
    trained = spec.training
    with np.errstate(all="ignore"):
        gradient = batch_gradient(trained, state, np.arange(len(trained.data)), check)[1]
        there = trained.network.cut == 0.0
        sizes = []
        for layer in range(1, trained.network.depth + 1):
            span = trained.network.span(layer)
            own = gradient[span][there[span]]
            # Scaled, so that a square of what is small is not lost.
            largest = np.abs(own).max(initial=0.0)
            root = np.sqrt(np.mean(np.square(own / largest))) if largest > 0.0 else 0.0
            sizes.append(largest * root if len(own) else np.nan)
    return np.array(sizes)
