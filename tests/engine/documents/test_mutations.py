"""Documents broken at random: refused with a sentence or usable, and nothing in between."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.documents.examples import example_names
from engine.documents.json_text import DocumentError
from engine.documents.reading import read_document, write_document
from engine.run.iteration import iterate
from engine.run.spec import start_state
from tests.engine.documents.test_reading import tree_of
from tests.engine.documents.test_refusals import FULL

WHOLE = [FULL, *map(tree_of, example_names())]
# Words of the format, so that a mutation often means something.
WORDS = ["sigmoid", "softmax", "linear", "none", "shared", "adam", "momentum", "zeros", "mean",
         "squared_error", "mean_squared_error", "categorical_cross_entropy", "h1", "x-1", "loss",
         "delta", "\ud800", "\x00", "weights", "biases", "state", "size", ""]  # fmt: skip
NUMBERS = [0, 1, -1, 2, 3, 0.5, -0.0, 1e12, 10**400, -1e308, 1e-320, float("nan"), float("inf")]
PATCHES = [b'"', b"}", b"]", b",", b"1e9", b"-"]

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from(NUMBERS),
    st.floats(),
    st.sampled_from(WORDS),
    st.text(max_size=5),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def containers(tree: Any) -> list[Any]:
    """Every object and list that has something in it."""
    if not isinstance(tree, (dict, list)) or not tree:
        return []
    inner = tree.values() if isinstance(tree, dict) else tree
    return [tree, *(found for value in inner for found in containers(value))]


def mutate(draw: st.DrawFn, tree: Any) -> None:
    """One change somewhere: another value, one gone, one twice, one more, or two exchanged."""
    found = containers(tree)
    node = found[draw(st.integers(0, len(found) - 1))]
    keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    key, other = draw(st.sampled_from(keys)), draw(st.sampled_from(keys))
    kind = draw(st.sampled_from(("replace", "replace", "delete", "exchange", "add", "copy")))
    if kind == "replace":
        node[key] = draw(values)
    elif kind == "delete":
        del node[key]
    elif kind == "exchange":
        node[key], node[other] = node[other], node[key]
    elif isinstance(node, dict):
        node[draw(st.sampled_from(WORDS))] = draw(values) if kind == "add" else node[key]
    else:
        node.insert(key, copy.deepcopy(node[other]) if kind == "copy" else draw(values))


@st.composite
def mutated_trees(draw: st.DrawFn) -> Any:
    tree = copy.deepcopy(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(1, 3))):
        mutate(draw, tree)
        if not tree:
            break
    return tree


def check(data: bytes) -> bool:
    """Read, and use what was read; whether it was."""
    try:
        document = read_document(data)
    except DocumentError as error:
        assert 0 < len(str(error)) < 500
        assert str(error).isprintable()
        return False
    state = document.state or start_state(document.spec, document.start)
    following = iterate(document.spec, state).next_state
    assert following.t == state.t + 1
    written = write_document(document)
    assert write_document(read_document(written)) == written
    return True


@settings(max_examples=500, deadline=None)
@given(mutated_trees())
def test_a_mutated_document_is_refused_or_usable(tree: Any) -> None:
    check(json.dumps(tree).encode())


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([json.dumps(tree, ensure_ascii=False).encode() for tree in WHOLE]),
    st.data(),
)
def test_broken_bytes_are_refused_or_usable(data: bytes, draw: st.DataObject) -> None:
    start = draw.draw(st.integers(0, len(data)))
    stop = min(len(data), start + draw.draw(st.integers(0, 30)))
    patch = draw.draw(st.binary(max_size=6) | st.sampled_from(PATCHES))
    check(data[:start] + patch + data[stop:])


def test_what_is_whole_is_usable() -> None:
    assert all(check(json.dumps(tree).encode()) for tree in WHOLE)
