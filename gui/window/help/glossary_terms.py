"""The words of the field as the program uses them: the symbol, what it means, and where it is on
screen."""

from __future__ import annotations

from msgspec import Struct

from engine.formulas.notation import Notation


class Term(Struct, frozen=True):
    """An entry of the glossary. `symbol` is a quantity of Notation, or the sign itself; `place` is
    a key of PLACES in gui.window.help.glossary."""

    word: str
    symbol: str
    place: str
    meaning: str

    def sign(self, notation: Notation) -> str:
        """The symbol as the person has chosen to write it."""
        return str(getattr(notation, self.symbol, self.symbol))


TERMS = (
    Term(
        "sample", "", "sample",
        "One row of the data: values of the inputs, and the targets that belong to them.",
    ),
    Term(
        "batch", "", "data",
        "The samples that one update learns from. Their gradients are added up, or their mean "
        "is taken.",
    ),
    Term(
        "test set", "○", "data",
        "Samples that are kept out of training: their loss tells how the network does with what it "
        "has not seen.",
    ),
    Term(
        "validation set", "◇", "data",
        "Samples that are kept out of training too, by which it is decided when to stop.",
    ),
    Term(
        "scaled", "", "data",
        "Said of numbers that are moved and stretched before the network gets them, since those "
        "far from 0 train badly. The file keeps them as they were.",
    ),
    Term(
        "iteration", "", "where",
        "One update of the parameters: forward, loss, backward, update.",
    ),
    Term(
        "epoch", "", "where",
        "As many iterations as it takes to have used every sample once.",
    ),
    Term(
        "step", "", "ribbon",
        "The smallest move in an iteration: one number that is worked out.",
    ),
    Term(
        "input", "x", "input",
        "What the network is given of a sample.",
    ),
    Term(
        "unit", "", "unit",
        "A node of the network. It adds up what comes in, and passes on a function of the sum.",
    ),
    Term(
        "layer", "", "unit",
        "Units side by side, which all get their numbers from the layer before.",
    ),
    Term(
        "weight", "w", "weight",
        "The number that a connection multiplies by. Training changes it.",
    ),
    Term(
        "bias", "b", "bias",
        "A number that a unit adds to its sum, whatever comes in. As a threshold, written θ, it is "
        "taken off instead: the weight of an input that is always −1.",
    ),
    Term(
        "parameters", "", "weights",
        "All weights and biases.",
    ),
    Term(
        "net input", "net_input", "net_input",
        "The sum that comes into a unit: each input times its weight, and the bias.",
    ),
    Term(
        "activation", "activation", "activation",
        "What a unit passes on: its activation function of the net input.",
    ),
    Term(
        "activation function", "f", "layers",
        "The bend in a unit: sigmoid, tanh, ReLU … Without one, many layers could do no more "
        "than one.",
    ),
    Term(
        "forward pass", "", "ribbon",
        "From the inputs to the outputs: net inputs and activations, layer by layer.",
    ),
    Term(
        "target", "target", "target",
        "What an output should have been.",
    ),
    Term(
        "loss", "loss", "loss",
        "How far the outputs are from their targets, as one number. Training makes it smaller.",
    ),
    Term(
        "gradient", "∂", "weight",
        "How much the loss would grow if a parameter grew a little: its derivative. In a batch "
        "∂Σ is the sum over its samples, ∂⌀ their mean, and ∂₁ that of sample 1 alone, which "
        "View ▸ Gradients shows.",
    ),
    Term(
        "chain rule", "", "why",
        "How the derivative of a function of a function is a product of derivatives; followed "
        "backward, it gives every gradient.",
    ),
    Term(
        "backward pass", "", "ribbon",
        "From the loss back to the inputs: deltas and gradients, layer by layer.",
    ),
    Term(
        "node delta", "δ", "delta",
        "How much the loss would grow if the net input of a unit grew a little. What "
        "backpropagation passes from layer to layer.",
    ),
    Term(
        "update", "", "ribbon",
        "Each parameter goes a little way against its gradient.",
    ),
    Term(
        "learning rate", "η", "learning_rate",
        "How far an update goes. Too small takes for ever, too large makes the loss grow.",
    ),
    Term(
        "dropout", "p", "unit",
        "The share of a hidden layer's units that an iteration leaves out, drawn anew for each "
        "sample. They are crossed out on the network, and send 0 on.",
    ),
    Term(
        "optimizer", "", "optimizer",
        "The rule that turns gradients into updates: plain descent, momentum, Adam …",
    ),
    Term(
        "initializer", "", "initializer",
        "How start values are drawn, before anything was learnt.",
    ),
    Term(
        "seed", "", "seed",
        "The number that start values and the order of samples are drawn from. The same seed "
        "gives the same run.",
    ),
    Term(
        "decision surface", "", "result",
        "What the network answers for every pair of inputs, as colours; of classes with names as "
        "a class map: which of them it gives, and how surely.",
    ),
    Term(
        "ghost", "", "loss_curve",
        "The loss curve of a run that was left, by going back and changing something.",
    ),
)  # fmt: skip
