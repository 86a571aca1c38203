"""The loop of a tutorial, as it is usually written: what the engine is measured against.

One array per layer, an expression per formula, new arrays for every result, the loss noted each
epoch. Samples are rows. Gradient descent on half the squared error, summed over the batch.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.maths.network import Network

Array = NDArray[np.float64]


def arrays(network: Network, theta: Array) -> tuple[list[Array], list[Array]]:
    """Weights of shape (inputs, units) and biases of shape (units,) per layer, copied from θ of
    shape (size,): as a tutorial holds them."""
    numbers = range(1, network.depth + 1)
    weights = [network.weights(theta, number).T.copy() for number in numbers]
    biases = [np.array(network.biases_per_unit(theta, number)) for number in numbers]
    return weights, biases


def sigmoid(z: Array) -> Array:
    """1 / (1 + e^-z)."""
    return 1.0 / (1.0 + np.exp(-z))


def slope(activation: str, a: Array) -> Array:
    """f'(z) of a sigmoid or else of tanh, in terms of a = f(z)."""
    return a * (1.0 - a) if activation == "sigmoid" else 1.0 - a**2


def forward(
    weights: list[Array], biases: list[Array], activation: str, inputs: Array
) -> list[Array]:
    """Activations of every layer, the inputs first; W has the shape (inputs, units)."""
    activations = [inputs]
    for W, b in zip(weights, biases, strict=True):
        z = np.dot(activations[-1], W) + b
        activations.append(sigmoid(z) if activation == "sigmoid" else np.tanh(z))
    return activations


def train(
    weights: list[Array],
    biases: list[Array],
    activation: str,
    inputs: Array,
    targets: Array,
    epochs: int,
    batch: int,
    learning_rate: float,
) -> list[float]:
    """Train in place; the mean squared error of each epoch."""
    losses = []
    for _ in range(epochs):
        squares = 0.0
        for start in range(0, len(inputs), batch):
            a = forward(weights, biases, activation, inputs[start : start + batch])
            error = a[-1] - targets[start : start + batch]
            squares += np.sum(error**2)
            delta = error * slope(activation, a[-1])
            for layer in reversed(range(len(weights))):
                back = np.dot(delta, weights[layer].T)
                weights[layer] -= learning_rate * np.dot(a[layer].T, delta)
                biases[layer] -= learning_rate * np.sum(delta, axis=0)
                if layer > 0:
                    delta = back * slope(activation, a[layer])
        losses.append(squares / targets.size)
    return losses
