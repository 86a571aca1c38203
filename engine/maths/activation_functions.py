"""What units apply to their net inputs, and the slopes of that; engine.maths.activations has the
table of them.

Each function is defined for every z, infinite ones too, without a warning. `a` is f(z).

Source: I. Goodfellow, Y. Bengio, A. Courville, Deep Learning, MIT Press 2016, sections 6.2.2
(output units) and 6.3 (hidden units); that of a later one stands where its function does.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEAKY_SLOPE = 0.01

_LARGEST = float(np.finfo(np.float64).max)
_ONE = np.array(1.0)  # a Python number would be converted at each call


def times(z: Array, factor: float) -> Array:
    """factor · z, infinite where that is beyond all numbers."""
    with np.errstate(over="ignore"):
        return np.asarray(factor * z)


def sigmoid(z: Array) -> Array:
    """1 / (1 + e^-z); 0 where e^-z is beyond all numbers, a little below z = -709.78."""
    with np.errstate(over="ignore"):
        powers = np.exp(-z)
    return np.asarray(np.reciprocal(_ONE + powers))


def softmax(z: Array) -> Array:
    """e^z / sum of e^z over the last axis, shifted by the largest z so that nothing overflows."""
    exponentials = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=-1, keepdims=True))


def softmax_sent_back(error: Array, a: Array) -> Array:
    """Σ_k ∂E/∂a_k · ∂a_k/∂z_j with the Jacobian of softmax, ∂a_k/∂z_j = a_k ([j = k] − a_j).

    Every a_k has the factor a_j, so this is a_j (∂E/∂a_j − Σ_k ∂E/∂a_k a_k).
    """
    return np.asarray(a * (error - (error * a).sum(axis=-1, keepdims=True)))


def relu(z: Array) -> Array:
    return np.maximum(z, 0.0)


def relu_slope(z: Array, a: Array) -> Array:
    # At z = 0 the slope is not defined; 0 is what the large libraries use.
    return np.asarray(z > 0.0, dtype=np.float64)


def leaky_relu(z: Array, leak: float = LEAKY_SLOPE) -> Array:
    return np.where(z > 0.0, z, leak * z)


def leaky_relu_slope(z: Array, a: Array, leak: float = LEAKY_SLOPE) -> Array:
    return np.where(z > 0.0, 1.0, leak)


def bipolar(z: Array) -> Array:
    """2 / (1 + e^−z) − 1, which is tanh(z/2), written so because it keeps its digits near 0."""
    return np.tanh(0.5 * z)


def elu(z: Array, alpha: float = 1.0) -> Array:
    """D. Clevert, T. Unterthiner, S. Hochreiter, Fast and accurate deep network learning by
    exponential linear units (ELUs), ICLR 2016."""
    return np.asarray(np.maximum(z, 0.0) + alpha * np.expm1(np.minimum(z, 0.0)))


def elu_slope(z: Array, a: Array, alpha: float = 1.0) -> Array:
    return np.where(z > 0.0, 1.0, a + alpha)


ERF = np.frompyfunc(math.erf, 1, 1)  # NumPy has none; its numbers are objects

# Φ and φ are 0 (Φ: or 1) far before that; so far out z itself is not needed any more, and an
# infinite one would make nothing times infinity.
_FAR_OUT = 800.0
_ROOT_2, _ROOT_2_PI = math.sqrt(2.0), math.sqrt(2.0 * math.pi)
GELU_BEND, GELU_STEEPNESS = 0.044715, math.sqrt(2.0 / math.pi)


def normal_share(z: Array) -> Array:
    """Φ(z) = ½ (1 + erf(z/√2)): the share of a standard normal distribution that lies below z."""
    return 0.5 * (1.0 + np.asarray(ERF(z / _ROOT_2), dtype=np.float64))


def gelu(z: Array) -> Array:
    """z Φ(z). D. Hendrycks, K. Gimpel, Gaussian error linear units (GELUs), 2016."""
    return np.maximum(z, -_FAR_OUT) * normal_share(z)


def gelu_slope(z: Array, a: Array) -> Array:
    """Φ(z) + z φ(z), with φ the density of the distribution."""
    near = np.clip(z, -_FAR_OUT, _FAR_OUT)
    return np.asarray(normal_share(z) + near * (np.exp(-0.5 * near * near) / _ROOT_2_PI))


def _gelu_angle(near: Array) -> Array:
    return GELU_STEEPNESS * (near + GELU_BEND * near * near * near)


def tanh_gelu(z: Array) -> Array:
    """½ z (1 + tanh(√(2/π) (z + 0.044715 z³))), from the same paper."""
    near = np.clip(z, -_FAR_OUT, _FAR_OUT)
    return np.asarray(0.5 * np.maximum(z, -_FAR_OUT) * (1.0 + np.tanh(_gelu_angle(near))))


def tanh_gelu_slope(z: Array, a: Array) -> Array:
    near = np.clip(z, -_FAR_OUT, _FAR_OUT)
    bent = np.tanh(_gelu_angle(near))
    steepness = GELU_STEEPNESS * (1.0 + 3.0 * GELU_BEND * near * near)
    return np.asarray(0.5 * (1.0 + bent) + 0.5 * near * (1.0 - bent * bent) * steepness)


def silu(z: Array) -> Array:
    """z σ(z). S. Elfwing, E. Uchibe, K. Doya, Sigmoid-weighted linear units for neural network
    function approximation in reinforcement learning, Neural Networks 107 (2018)."""
    return np.maximum(z, -_FAR_OUT) * sigmoid(z)


def silu_slope(z: Array, a: Array) -> Array:
    near, share = np.clip(z, -_FAR_OUT, _FAR_OUT), sigmoid(z)
    return np.asarray(share * (1.0 + near * (1.0 - share)))


def softplus(z: Array) -> Array:
    """ln(1 + e^z) = max(0, z) + ln(1 + e^−|z|), where nothing overflows. C. Dugas, Y. Bengio and
    others, Incorporating second-order functional knowledge for better option pricing, 2001."""
    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))


def softsign(z: Array) -> Array:
    """z / (1 + |z|). J. Bergstra and others, Quadratic polynomials learn better image features,
    Université de Montréal, 2009."""
    near = np.clip(z, -_LARGEST, _LARGEST)
    return np.asarray(near / (1.0 + np.abs(near)))


def softsign_slope(z: Array, a: Array) -> Array:
    left = 1.0 - np.abs(a)
    return left * left


def step(z: Array) -> Array:
    """Heaviside's step, 1 from z = 0 on: a unit fires when its threshold is reached.

    W. McCulloch, W. Pitts, A logical calculus of the ideas immanent in nervous activity, 1943.
    """
    return np.asarray(z >= 0.0, dtype=np.float64)
