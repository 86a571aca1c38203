"""The format of a .backpass.json file: its objects and keys, versions 1 to 3.

Version 2 is version 1 with more keys: `roads` and what they refer to, and long matrices as texts.
Version 3 is version 2 with more keys: each is optional, and where it is absent all is as before.

The structs below are the format, with those of the program that are an object of the file as they
are: Batching, Scaling, Source, StepId, Stretch, Published and Lock. The JSON Schema in resources/
is made from them, `parse` checks a tree against them, and what they cannot express (that shapes fit
together, that a step exists) is checked where a Document is made of them, in
engine.documents.reading.
"""

# Without `from __future__ import annotations`: msgspec would have to evaluate the text of each one
# before it could read the first document, which takes longer than all the rest of reading it.

import re
import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, defstruct

from engine.documents.document import Lock, Published
from engine.documents.json_text import DocumentError
from engine.documents.own_keys import OWN_KEY, OwnKey, take_own_keys
from engine.maths.activations import ACTIVATION_SETTINGS, ACTIVATIONS
from engine.maths.clipping import Clipping
from engine.maths.initializers import INITIALIZER_SETTINGS, INITIALIZERS
from engine.maths.losses import LOSS_SETTINGS, LOSSES, REDUCTIONS
from engine.maths.metrics import METRICS
from engine.maths.network import BIAS_KINDS
from engine.maths.optimizers import RULES, SETTINGS
from engine.maths.penalty import Penalty
from engine.maths.schedules import Schedule
from engine.maths.setting import Setting
from engine.run.limits import (
    FIGURES,
    INPUTS,
    LAYERS,
    MAX_CURVE_POINTS,
    NOTE,
    ROAD_NAME,
    ROADS,
    SAMPLES,
    TITLE,
    UNITS,
    Count,
    FromOne,
    Name,
    one_of,
    told,
)
from engine.run.mistakes import MISTAKES
from engine.run.scaling import Scaling
from engine.run.spec import Batching, Source
from engine.run.steps import GRAINS, STEP_ORDERS, StepId
from engine.run.value_kinds import ALSO
from engine.text.numbers import LARGEST
from engine.text.wording import shortened, shown
from engine.training.kernels.kernel import Stretch

FORMAT = "backpass"
VERSION: Literal[3] = 3

Number = Annotated[float, Meta(gt=-LARGEST, lt=LARGEST)]
# Running vectors and losses may grow beyond LARGEST: squares of gradients and errors do.
Finite = Annotated[float, Meta(ge=-sys.float_info.max, le=sys.float_info.max)]
Row = list[Number]
# A text is base64 of the same numbers, row by row, as doubles with the lowest byte first.
Text = Annotated[str, told(contentEncoding="base64")]
Matrix = list[list[Number]] | Text
Rows = Annotated[list[list[Number]], SAMPLES.entries] | Text


class _Object(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    pass


def _key_of(setting: Setting) -> Any:
    """The key of an object that holds a setting, with its limits."""
    low = {"ge" if setting.may_be_low else "gt": setting.low}
    value = Annotated[float, Meta(**low, lt=setting.high)]
    if setting.required:
        return setting.key, value
    return setting.key, value | UnsetType, UNSET


if TYPE_CHECKING:
    ActivationSettings = Struct
else:
    ActivationSettings = defstruct(
        "ActivationSettings",
        [_key_of(setting) for setting in ACTIVATION_SETTINGS.values()],
        bases=(_Object,),
        kw_only=True,
        namespace={
            "__doc__": "Settings of a layer's activation that are not as usual; those that it does "
            "not use are kept."
        },
    )


class Shape(_Object, kw_only=True):
    """A dense layer without values. frozen_weights has a row per unit with the numbers (from 0) of
    the units before it whose weights are frozen; frozen_biases has the numbers of biases.
    cut has, in the form of frozen_weights, edges that are not there: their weights are 0. With
    threshold the biases are thresholds, which are taken off the net inputs."""

    units: Annotated[tuple[Name, ...], UNITS.entries]
    activation: Annotated[str, one_of(ACTIVATIONS)]
    settings: ActivationSettings | UnsetType = UNSET
    bias: Annotated[str, one_of(BIAS_KINDS)] = "per_unit"
    bias_trained: bool | UnsetType = UNSET
    weight_names: tuple[tuple[Name, ...], ...] | UnsetType = UNSET
    bias_names: tuple[Name, ...] | UnsetType = UNSET
    frozen_weights: tuple[tuple[Count, ...], ...] | UnsetType = UNSET
    rate_factor: Annotated[float, Meta(gt=0.0, lt=LARGEST)] | UnsetType = UNSET
    dropout: Annotated[float, Meta(ge=0.0, lt=1.0)] | UnsetType = UNSET
    frozen_biases: tuple[Count, ...] | UnsetType = UNSET
    cut: tuple[tuple[Count, ...], ...] | UnsetType = UNSET
    threshold: bool | UnsetType = UNSET


class FileLayer(Shape, kw_only=True):
    """A dense layer. Weights have a row per unit and a column per unit of the layer before;
    biases are one per unit, a single one where it is shared, and left out where there is none.
    Either all layers give their start values or none, and they are then drawn.

    The Layer of engine.maths.network is the shape alone, since θ holds all values of a run."""

    weights: Matrix | UnsetType = UNSET
    biases: Row | UnsetType = UNSET


class _FileInitializer(_Object):
    name: Annotated[str, one_of(INITIALIZERS)] = "uniform_0_1"
    seed: Count = 0


if TYPE_CHECKING:

    class FileInitializer(_FileInitializer):
        """As below, whose settings are not known before the program runs."""

        def __init__(self, name: str = ..., seed: int = ..., **settings: float) -> None: ...

else:
    FileInitializer = defstruct(
        "FileInitializer",
        [_key_of(setting) for setting in INITIALIZER_SETTINGS.values()],
        bases=(_FileInitializer,),
        kw_only=True,
        namespace={
            "__doc__": "How start values are drawn, and the seed of that and of the order of "
            "samples; settings that the initializer does not use are kept."
        },
    )


class FileData(_Object, kw_only=True):
    """The samples, a row each. `test` are the numbers of the rows that are kept out of training,
    counted from 0, to test with, and `validation` of others, to decide by when to stop; what is
    left is the training set. `picture` says of how many rows and columns of
    pixels the inputs are, if they form a picture, row by row from the top.

    Lists, and no arrays as in engine.run.spec: msgspec names the place of a number in a list."""

    target_columns: tuple[Name, ...] | UnsetType = UNSET
    inputs: Rows
    targets: Rows
    input_sources: tuple[Source, ...] | UnsetType = UNSET
    target_sources: tuple[Source, ...] | UnsetType = UNSET
    test: Annotated[list[Count], SAMPLES.entries] | UnsetType = UNSET
    validation: Annotated[list[Count], SAMPLES.entries] | UnsetType = UNSET
    picture: tuple[FromOne, FromOne] | UnsetType = UNSET


class Parameters(_Object, kw_only=True):
    """The parameters of a layer, shaped as in Layer."""

    weights: Matrix
    biases: Row | UnsetType = UNSET


class Memory(_Object, kw_only=True):
    """What an optimizer remembers of each parameter of a layer, shaped as in Layer."""

    weights: list[list[Finite]] | Text
    biases: list[Finite] | UnsetType = UNSET


class Slot(_Object):
    """A running vector of the optimizer."""

    name: str
    layers: list[Memory]


class FileState(_Object, kw_only=True):
    """Where the run stands, or stood: updates done, parameters, the optimizer's slots.

    Layer by layer for who reads the file, where engine.run.spec has it as one θ."""

    updates: Count
    layers: list[Parameters]
    slots: list[Slot] | UnsetType = UNSET


class Curve(_Object):
    """A loss curve, thinned: epochs, loss, and each metric, over the whole training set, or over
    all samples that are kept out of it."""

    columns: list[str]
    points: Annotated[list[list[Finite]], Meta(max_length=MAX_CURVE_POINTS)] | Text


class FilePlace(_Object):
    """The cursor: after how many updates (where the run stands, if not said), the last step
    revealed, the sample shown, and how far one press steps; of several roads, the one it stands
    on, and the one to whose end its way on leads (the same, if not said)."""

    updates: Count | UnsetType = UNSET
    revealed: StepId | UnsetType = UNSET
    sample: Count = 0
    grain: Annotated[str, one_of(GRAINS)] = "number"
    road: Count | UnsetType = UNSET
    leads_to: Count | UnsetType = UNSET


class Position(_Object):
    """Where a unit stands on the canvas if it was moved."""

    unit: str
    x: Number
    y: Number


class Settings(_Object, kw_only=True):
    """What roads are run by: a network and its settings, and the number of a data set in
    data_sets (left out: the data of the file)."""

    inputs: Annotated[tuple[Name, ...], INPUTS.entries]
    layers: Annotated[list[Shape], LAYERS.entries]
    initializer: FileInitializer = msgspec.field(default_factory=FileInitializer)
    loss: Annotated[str, one_of(LOSSES)]
    loss_settings: Struct | UnsetType = UNSET  # as loss_settings_type has it
    reduction: Annotated[str, one_of(REDUCTIONS)] | UnsetType = UNSET
    metrics: Annotated[list[Annotated[str, one_of(METRICS)]], told(uniqueItems=True)] = []
    optimizer: Struct  # as optimizer_type has it
    batching: Batching = msgspec.field(default_factory=Batching)
    data: Count | UnsetType = UNSET
    scaling: Scaling | UnsetType = UNSET
    penalty: Penalty | UnsetType = UNSET
    clipping: Clipping | UnsetType = UNSET
    schedule: Schedule | UnsetType = UNSET
    mistakes: Annotated[
        tuple[Annotated[str, one_of(MISTAKES)], ...], told(uniqueItems=True)
    ] | UnsetType = UNSET
    step_order: Annotated[str, one_of(STEP_ORDERS)] | UnsetType = UNSET
    also: Annotated[
        tuple[Annotated[str, one_of(ALSO)], ...], told(uniqueItems=True)
    ] | UnsetType = UNSET


class FileRoad(_Object, kw_only=True):
    """A road of the run: its name, the number of the road that it forked from, whether its ghost
    is hidden, or was removed though others forked from it. The road that the cursor stands on says
    no more: the rest of it is what the file says outside of roads. The others say by number their
    settings and start values in specs and starts (left out: those of the file), and where they
    began, if not at the start values, and stand."""

    name: Annotated[str, ROAD_NAME.characters]
    parent: Count | UnsetType = UNSET
    hidden: bool | UnsetType = UNSET
    removed: bool | UnsetType = UNSET
    spec: Count | UnsetType = UNSET
    start: Count | UnsetType = UNSET
    origin: FileState | UnsetType = UNSET
    state: FileState | UnsetType = UNSET
    stretches: tuple[Stretch, ...] | UnsetType = UNSET
    loss_curve: Curve | UnsetType = UNSET
    test_curve: Curve | UnsetType = UNSET


class File(_Object, kw_only=True):
    """A Backpass document: a network, its training set, and the roads that runs have taken, the
    one at the cursor first."""

    format: Literal["backpass"]
    version: Literal[1, 2, 3]
    title: Annotated[str, TITLE.characters] = ""
    note: Annotated[str, NOTE.characters] = ""
    inputs: Annotated[tuple[Name, ...], INPUTS.entries]
    layers: Annotated[list[FileLayer], LAYERS.entries]
    initializer: FileInitializer = msgspec.field(default_factory=FileInitializer)
    loss: Annotated[str, one_of(LOSSES)]
    loss_settings: Struct | UnsetType = UNSET  # as loss_settings_type has it
    reduction: Annotated[str, one_of(REDUCTIONS)] | UnsetType = UNSET
    metrics: Annotated[list[Annotated[str, one_of(METRICS)]], told(uniqueItems=True)] = []
    optimizer: Struct  # as optimizer_type has it
    batching: Batching = msgspec.field(default_factory=Batching)
    data: FileData
    scaling: Scaling | UnsetType = UNSET
    penalty: Penalty | UnsetType = UNSET
    clipping: Clipping | UnsetType = UNSET
    schedule: Schedule | UnsetType = UNSET
    mistakes: Annotated[
        tuple[Annotated[str, one_of(MISTAKES)], ...], told(uniqueItems=True)
    ] | UnsetType = UNSET
    step_order: Annotated[str, one_of(STEP_ORDERS)] | UnsetType = UNSET
    also: Annotated[
        tuple[Annotated[str, one_of(ALSO)], ...], told(uniqueItems=True)
    ] | UnsetType = UNSET
    published: Annotated[tuple[Published, ...], FIGURES.entries] | UnsetType = UNSET
    state: FileState | UnsetType = UNSET
    origin: FileState | UnsetType = UNSET
    stretches: tuple[Stretch, ...] | UnsetType = UNSET
    loss_curve: Curve | UnsetType = UNSET
    test_curve: Curve | UnsetType = UNSET
    place: FilePlace = msgspec.field(default_factory=FilePlace)
    layout: list[Position] | UnsetType = UNSET
    lock: Lock | UnsetType = UNSET
    roads: Annotated[list[FileRoad], ROADS.entries] | UnsetType = UNSET
    specs: list[Settings] | UnsetType = UNSET
    starts: list[list[Parameters]] | UnsetType = UNSET
    data_sets: list[FileData] | UnsetType = UNSET


def optimizer_type() -> type[Struct]:
    """The object for an optimizer: its name, and a key for each of the SETTINGS there are now."""
    return _optimizer_type(tuple(RULES), tuple(SETTINGS.values()))


@lru_cache(maxsize=4)
def _optimizer_type(names: tuple[str, ...], settings: tuple[Setting, ...]) -> type[Struct]:
    keys: list[Any] = [("name", Annotated[str, one_of(names)])]
    keys += map(_key_of, settings)
    says = "How a gradient moves the parameters; settings that the optimizer does not use are kept."
    namespace = {"__doc__": says}
    return defstruct("Optimizer", keys, bases=(_Object,), kw_only=True, namespace=namespace)


def loss_settings_type() -> type[Struct]:
    """The object for what a loss is set to: a key for each of the LOSS_SETTINGS there are now, and
    the one output that it may speak of."""
    return _loss_settings_type(tuple(LOSS_SETTINGS.values()))


@lru_cache(maxsize=4)
def _loss_settings_type(settings: tuple[Setting, ...]) -> type[Struct]:
    keys: list[Any] = [*map(_key_of, settings), ("output", Count | UnsetType, UNSET)]
    says = (
        "What the loss is set to; output, from 0, is the one that a loss of a single output is of. "
        "Settings that the loss does not use are kept."
    )
    namespace = {"__doc__": says}
    return defstruct("LossSettings", keys, bases=(_Object,), kw_only=True, namespace=namespace)


@lru_cache(maxsize=4)
def settings_type(optimizer: type[Struct], loss_settings: Any) -> type[Settings]:
    """Settings with an object for their optimizer and one for their loss."""
    loss = ("loss_settings", loss_settings | UnsetType, UNSET)
    return cast(type[Settings], _with_keys(Settings, ("optimizer", optimizer), loss))


@lru_cache(maxsize=4)
def _file_type(optimizer: type[Struct], loss_settings: Any) -> type[File]:
    """File with an object for its optimizer and one for its loss, and for those of its roads."""
    settings: Any = settings_type(optimizer, loss_settings)
    specs = ("specs", list[settings] | UnsetType, UNSET)
    loss = ("loss_settings", loss_settings | UnsetType, UNSET)
    made = _with_keys(File, ("optimizer", optimizer), loss, specs)
    return cast(type[File], made)


def _present_file_type() -> type[File]:
    """File by the tables that there are now."""
    return _file_type(optimizer_type(), loss_settings_type())


def _with_keys(base: type[Struct], *keys: Any) -> type[Struct]:
    namespace = {"__doc__": base.__doc__}
    return defstruct(base.__name__, keys, bases=(base,), kw_only=True, namespace=namespace)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the format, as it stands in resources/schema: what is a
    FileLayer here is a Layer there."""
    text = msgspec.json.encode(msgspec.json.schema(_present_file_type()))
    schema: dict[str, Any] = msgspec.json.decode(re.sub(rb"\bFile(?=[A-Z])", b"", text))
    for definition in schema["$defs"].values():
        # The first paragraph: what follows is for those who read the code.
        says = definition["description"].partition("\n\n")[0]
        definition["description"] = " ".join(says.split())
        definition["patternProperties"] = {f"^{OWN_KEY}": {}}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def parse(tree: Any) -> tuple[File, tuple[OwnKey, ...]]:
    """A decoded file as its structs, and the x- keys, which are taken out of the tree.

    Raises DocumentError for what is not in the format, with the place and what was found there.
    """
    _check_version(tree)
    own = tuple(take_own_keys(tree))
    try:
        return msgspec.convert(tree, _present_file_type()), own
    except msgspec.ValidationError as error:
        raise _explained(str(error), tree) from None


def _check_version(tree: Any) -> None:
    """Refuse what is no document, or in a version of the format that this program cannot read."""
    if not isinstance(tree, dict) or tree.get("format") != FORMAT:
        raise DocumentError("", "this is not a Backpass document")
    version = tree.get("version")
    if type(version) is int and version > VERSION:
        raise DocumentError(
            "$.version",
            f"this file was written by a newer Backpass (format {shown(version)}, "
            f"and this one reads {VERSION})",
        )


_PATH_PART = re.compile(r"\.([a-z_0-9]+)|\[([0-9]+)\]")
_WORDS = {
    "float": "a number",
    "int": "a whole number",
    "str": "a text",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
# What msgspec reports, and how a person is told; {got} is the value found at the place.
_MISSING = re.compile(r"Object missing required field `(.+)`")
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_LENGTH = re.compile(r"Expected `array` of length <= ([0-9]+)")
_RANGE = re.compile(r"Expected `(float|int)` (<|<=|>|>=) (\S+)")
_TYPE = re.compile(r"Expected `([a-z |]+)`, got `")
_BOUND_WORDS = {"<": "below", "<=": "of at most", ">": "above", ">=": "of at least"}


def _explained(message: str, tree: Any) -> DocumentError:
    """The error for a message of msgspec, with the value that was found at its place."""
    said, _, path = message.rpartition(" - at `$")
    said, path = (said, path.removesuffix("`")) if said else (message, "")
    value = tree
    for key, index in _PATH_PART.findall(path):
        value = value[key] if key else value[int(index)]
    return DocumentError(f"${path}", _sentence(said, value))


def _sentence(said: str, value: Any) -> str:
    got = shown(value)
    if match := _MISSING.fullmatch(said):
        return f'the key "{match[1]}" is missing'
    if match := _UNKNOWN.fullmatch(said):
        return f'there is no key "{shortened(match[1])}"; keys of your own begin with {OWN_KEY}'
    if match := _LENGTH.match(said):
        return f"expected at most {match[1]} entries, got {len(value)}"
    if match := _RANGE.fullmatch(said):
        expected, sign, bound = _WORDS[match[1]], match[2], float(match[3])
        if abs(bound) > LARGEST:
            return f"expected a finite number, got {got}"
        if abs(bound) >= LARGEST - 1.0:
            return f"expected {expected} below 1e12 in size, got {got}"
        return f"expected {expected} {_BOUND_WORDS[sign]} {bound:g}, got {got}"
    if match := _TYPE.match(said):
        expected = " or ".join(_WORDS[word] for word in match[1].split(" | "))
        return f"expected {expected}, got {got}"
    return f"expected another value, got {got}"
