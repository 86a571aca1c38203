"""Places in words: what a path such as $.layers[0].weights[0][1] is to a person."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from engine.maths.activations import ACTIVATION_SETTINGS
from engine.maths.initializers import INITIALIZER_SETTINGS
from engine.maths.losses import LOSS_SETTINGS
from engine.maths.optimizers import SETTINGS
from engine.text.wording import shortened

_Say = Callable[["_Names", "list[int]"], str]


def in_words(place: str, tree: Any) -> str:
    """What a place in a file is, with the names that the file's tree has; "" where the path says it
    as well as words could."""
    for pattern, say in _PLACES:
        if found := pattern.fullmatch(place):
            numbers = [int(group) for group in found.groups() if group is not None]
            return say(_Names(tree), numbers) + _of_what(place)
    if found := _SETTING.fullmatch(place):
        return SETTINGS[found[1]].title if found[1] in SETTINGS else ""
    if found := _LOSS_SETTING.fullmatch(place):
        return LOSS_SETTINGS[found[1]].title if found[1] in LOSS_SETTINGS else ""
    return ""


class _Names:
    """The names in a tree, which may be anything: what has none there is counted from 1."""

    def __init__(self, tree: Any) -> None:
        self._tree = tree

    def unit(self, layer: int, unit: int) -> str:
        """A unit's name; layer 0 are the inputs."""
        units = ("inputs",) if layer == 0 else ("layers", layer - 1, "units")
        what = "input" if layer == 0 else "unit"
        of_layer = "" if layer == 0 else f" of {self.layer(layer)}"
        return self._text(*units, unit) or f"{what} {unit + 1}{of_layer}"

    def layer(self, layer: int) -> str:
        """The output layer, or hidden layer 2."""
        layers = self._at("layers")
        is_last = isinstance(layers, list | tuple) and layer == len(layers)
        return "the output layer" if is_last else f"hidden layer {layer}"

    def input(self, column: int) -> str:
        """A column of inputs: input x1, or input 1."""
        return f"input {self._text('inputs', column) or column + 1}"

    def target(self, column: int) -> str:
        """A column of targets: target t, or target 1."""
        return f"target {self._text('data', 'target_columns', column) or column + 1}"

    def _text(self, *path: str | int) -> str:
        found = self._at(*path)
        return shortened(found) if isinstance(found, str) and found.strip() else ""

    def _at(self, *path: str | int) -> Any:
        node = self._tree
        for part in path:
            try:
                node = node[part]
            except (LookupError, TypeError):
                return None
        return node


def _of_what(place: str) -> str:
    """Where else than at the start parameters stand."""
    return {"$.state": " in the state", "$.origin": " where the road begins"}.get(
        place[: place.find(".", 2)], ""
    )


def _paths(text: str) -> re.Pattern[str]:
    """A pattern for paths, [] for a number in brackets; parameters stand in states too."""
    escaped = re.escape(text).replace(re.escape("[]"), r"\[(\d+)\]")
    if text.startswith("layers"):
        escaped = f"(?:(?:state|origin)\\.)?{escaped}"
    return re.compile(rf"\$\.{escaped}")


def _of_layer(title: str) -> _Say:
    return lambda n, k: f"{title} of {n.layer(k[0] + 1)}"


def _plainly(title: str) -> _Say:
    return lambda n, k: title


_SETTING = re.compile(r"\$\.optimizer\.([a-z_0-9]+)")
_LOSS_SETTING = re.compile(r"\$\.loss_settings\.([a-z_0-9]+)")
_PLACES: list[tuple[re.Pattern[str], _Say]] = [
    (_paths(path), say)
    for path, say in (
        (
            "layers[].weights[][]",
            lambda n, k: f"weight from {n.unit(k[0], k[2])} to {n.unit(k[0] + 1, k[1])}",
        ),
        ("layers[].weights[]", lambda n, k: f"weights to {n.unit(k[0] + 1, k[1])}"),
        ("layers[].weights", lambda n, k: f"weights of {n.layer(k[0] + 1)}"),
        ("layers[].biases[]", lambda n, k: f"bias of {n.unit(k[0] + 1, k[1])}"),
        ("layers[].biases", lambda n, k: f"biases of {n.layer(k[0] + 1)}"),
        (
            "layers[].weight_names[][]",
            lambda n, k: "name of the weight from "
            f"{n.unit(k[0], k[2])} to {n.unit(k[0] + 1, k[1])}",
        ),
        ("layers[].bias_names[]", lambda n, k: f"name of the bias of {n.unit(k[0] + 1, k[1])}"),
        (
            "layers[].frozen_weights[]",
            lambda n, k: f"frozen weights to {n.unit(k[0] + 1, k[1])}",
        ),
        ("layers[].cut[]", lambda n, k: f"edges to {n.unit(k[0] + 1, k[1])} that are cut"),
        ("layers[].frozen_biases", lambda n, k: f"frozen biases of {n.layer(k[0] + 1)}"),
        ("layers[].units[]", lambda n, k: f"name of unit {k[1] + 1} of {n.layer(k[0] + 1)}"),
        ("layers[].units", lambda n, k: f"units of {n.layer(k[0] + 1)}"),
        ("layers[].activation", lambda n, k: f"activation of {n.layer(k[0] + 1)}"),
        *(
            (f"layers[].settings.{key}", _of_layer(setting.title))
            for key, setting in ACTIVATION_SETTINGS.items()
        ),
        ("layers[].settings", lambda n, k: f"settings of {n.layer(k[0] + 1)}"),
        ("layers[].bias", lambda n, k: f"kind of bias of {n.layer(k[0] + 1)}"),
        ("layers[]", lambda n, k: n.layer(k[0] + 1)),
        ("inputs[]", lambda n, k: f"name of input {k[0] + 1}"),
        ("data.inputs[][]", lambda n, k: f"{n.input(k[1])} of sample {k[0] + 1}"),
        ("data.targets[][]", lambda n, k: f"{n.target(k[1])} of sample {k[0] + 1}"),
        ("data.inputs[]", lambda n, k: f"inputs of sample {k[0] + 1}"),
        ("data.targets[]", lambda n, k: f"targets of sample {k[0] + 1}"),
        ("data.test[]", lambda n, k: "test samples"),
        ("data.test", lambda n, k: "test samples"),
        ("data.validation[]", lambda n, k: "validation samples"),
        ("data.validation", lambda n, k: "validation samples"),
        ("data.target_columns[]", lambda n, k: f"name of target {k[0] + 1}"),
        ("loss_settings.output", lambda n, k: "output that the loss is"),
        ("initializer.seed", lambda n, k: "seed"),
        ("initializer.name", lambda n, k: "initializer"),
        *(
            (f"initializer.{key}", _plainly(setting.title))
            for key, setting in INITIALIZER_SETTINGS.items()
        ),
        ("batching.size", lambda n, k: "size of a batch"),
        ("place.sample", lambda n, k: "sample shown"),
    )
]
