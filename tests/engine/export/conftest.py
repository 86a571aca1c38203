"""What the exports' tests share: how each target writes, and documents to write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from command_line.reports import numbered_iteration
from engine.documents.examples import read_example
from engine.export.html import html
from engine.export.latex import latex
from engine.export.markdown import markdown
from engine.export.solution import Solution
from engine.formulas.writers import latex_number
from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.run.iteration import Iteration, iterate
from engine.run.spec import Data, Spec, start_state
from engine.text.numbers import format_number, machine_number


@dataclass(frozen=True)
class Target:
    """A target: what writes it, how it writes a number, and what stands before its key."""

    write: Callable[[Solution], str]
    number: Callable[[float, int | None], str]
    before_key: str


TARGETS = {
    "md": Target(markdown, machine_number, "\n# Key\n"),
    "html": Target(html, format_number, "<h1>Key</h1>"),
    "tex": Target(latex, lambda value, digits: latex_number(digits)(value), r"\section*{Key}"),
}

ODD_NAMES = (
    "x_1<b>&%#", "`a*[c]|~", "$y^{2}$\\", "größe", "中→", '<img src="secret.png">',
    "</math><script>1</script>", r"\input{/dev/zero}", "![a](secret.png)", "=cmd|'/C'!A0",
)  # fmt: skip
# No line breaks, control characters, or signs that turn text round, may reach a file.
ODD_TITLE = "a\n# b\x1b[31mc\u202ed\r\\e"


def example_iteration(name: str) -> Iteration:
    """The second iteration of an example, or the only one of a network that cannot be trained."""
    document = read_example(name)
    return numbered_iteration(document, 2 if document.spec.can_train else 1)


def iteration_with(
    names: tuple[str, ...] = ("x1", "x2"), samples: int = 1, updates: int = 0, **rest: object
) -> Iteration:
    """An iteration of a small network, named after its inputs; `rest` are fields of Spec."""
    hidden = Layer(tuple(f"{name}'" for name in names), "relu")
    network = Network(names, (hidden, Layer(("o",), "sigmoid")))
    generator = np.random.default_rng(7)
    data = Data(
        generator.normal(size=(samples, len(names))), generator.uniform(size=(samples, 1)), ("t",)
    )
    optimizer = Optimizer().changed(learning_rate=0.25)
    fields = {"optimizer": optimizer, "initializer": "uniform_pm_1", **rest}
    spec = Spec(network, "half_squared_error", "sum", data=data, **fields)  # type: ignore[arg-type]
    state = start_state(spec)
    for _ in range(updates):
        state = iterate(spec, state).next_state
    return iterate(spec, state)
