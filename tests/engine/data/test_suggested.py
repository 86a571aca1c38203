"""Data sets with settings, the two that are files, and the run that each begins with."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.datasets import DATASETS
from engine.data.suggested import suggested
from engine.maths.metrics import is_right
from engine.run.check_spec import check_spec
from engine.run.iteration import evaluate
from engine.run.limits import SAMPLES
from engine.run.spec import start_state
from engine.training.trainer import Trainer

WITH_NOISE = [
    key for key, rule in DATASETS.items() if any(each.key == "noise" for each in rule.settings)
]
WITH_COUNT = [
    key for key, rule in DATASETS.items() if any(each.key == "count" for each in rule.settings)
]


# What the sets were before anything of them could be chosen: files and exercises rest on it.
@pytest.mark.parametrize(
    ("key", "digest"),
    [
        ("xor", "d8c8907b570d7188"),
        ("and", "945e0ea79e109bc1"),
        ("or", "ddb05065f50696f5"),
        ("circle", "6cee9ac848aac613"),
        ("moons", "5e3f64527f860b40"),
        ("spirals", "0b26528287b516e1"),
        ("groups", "a59c455257c2f7c0"),
        ("line", "687466e8c857ce05"),
        ("sine", "d66550e7a7eef2fa"),
    ],
)
def test_a_set_without_settings_is_what_it_was(key: str, digest: str) -> None:
    data = DATASETS[key].make(1)
    held = data.inputs.tobytes() + data.targets.tobytes()
    assert hashlib.sha256(held).hexdigest()[:16] == digest
    same = DATASETS[key].made(1, {each.key: each.default for each in DATASETS[key].settings})
    assert same.inputs.tobytes() + same.targets.tobytes() == held


@given(st.sampled_from(WITH_COUNT), st.integers(10, 700), st.integers(0, 1000))
def test_there_are_as_many_samples_as_were_asked_for(key: str, count: int, seed: int) -> None:
    data = DATASETS[key].made(seed, {"count": count})
    assert len(data) == count
    assert data.targets.shape == (count, DATASETS[key].outputs)


@pytest.mark.parametrize("key", WITH_NOISE)
def test_noise_moves_what_is_measured(key: str) -> None:
    rule = DATASETS[key]
    many = {"copies": 50.0} if rule.settings[-2].key == "copies" else {"count": 500.0}
    none, much = (rule.made(3, {**many, "noise": noise}) for noise in (0.0, 50.0))
    if rule.activation == "linear":
        order = [np.lexsort(data.inputs.T) for data in (none, much)]
        assert np.array_equal(none.inputs[order[0]], much.inputs[order[1]])
        off = much.targets[order[1]] - none.targets[order[0]]
        assert 0.4 < off.std() < 0.6
    else:
        assert much.inputs.std() > none.inputs.std()
        assert set(much.targets.ravel()) == set(none.targets.ravel())


@given(st.integers(2, 8), st.integers(1, 5))
def test_parity_is_one_where_the_bits_are_odd(bits: int, copies: int) -> None:
    data = DATASETS["parity"].made(0, {"bits": bits, "copies": copies})
    assert data.inputs.shape == (copies * 2**bits, bits)
    assert {tuple(row) for row in data.inputs} == {tuple(row) for row in np.ndindex((2,) * bits)}
    for row, target in zip(data.inputs, data.targets[:, 0], strict=True):
        assert target == sum(row.tolist()) % 2
    spec = suggested(DATASETS["parity"], {"bits": bits, "copies": copies})
    assert spec.network.sizes == (bits, 8 if bits == 4 else 2 * bits, 1)
    check_spec(spec)


@pytest.mark.parametrize(
    ("key", "chosen", "sentence"),
    [
        ("moons", {"noise": 51.0}, "Noise of “two moons” can be 0 to 50 %, not 51."),
        ("parity", {"bits": 9}, "Bits of “parity of some bits” can be 2 to 8, not 9."),
        ("sine", {"count": 10.5}, "Samples of “points along a sine wave” can be 4 to 2000"),
        ("iris", {"noise": 1.0}, "there is no setting “noise”"),
    ],
)
def test_what_cannot_be_chosen_is_refused(
    key: str, chosen: dict[str, float], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        DATASETS[key].made(1, chosen)


def test_iris_is_what_fisher_measured() -> None:
    data = DATASETS["iris"].make(5)
    assert data.inputs.shape == (150, 4) and data.targets.sum(axis=0).tolist() == [50, 50, 50]
    # Least, greatest and mean as the UCI repository tells them.
    assert data.inputs.min(axis=0).tolist() == [4.3, 2.0, 1.0, 0.1]
    assert data.inputs.max(axis=0).tolist() == [7.9, 4.4, 6.9, 2.5]
    assert data.inputs.mean(axis=0) == pytest.approx([5.84, 3.05, 3.76, 1.20], abs=0.011)
    # Fisher's means of the species, his table 2.
    setosa = data.inputs[data.targets[:, 0] == 1.0].mean(axis=0)
    assert setosa == pytest.approx([5.006, 3.428, 1.462, 0.246], abs=5e-4)
    assert [source.one for source in data.target_sources] == ["setosa", "versicolor", "virginica"]
    assert data.input_sources[2].heading == "petal length (cm)"


def test_digits_are_those_of_the_repository() -> None:
    data = DATASETS["digits"].make(1)
    assert data.inputs.shape == (1797, 64) and len(data) in SAMPLES
    assert set(np.unique(data.inputs)) == set(range(17))
    # Class by class, as the repository counts its test set.
    counts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert data.targets.sum(axis=0).tolist() == counts
    assert [source.one for source in data.target_sources] == list("0123456789")
    few = DATASETS["digits"].made(1, {"count": 100})
    assert np.array_equal(few.inputs, data.inputs[:100])


# Epochs after which it can do it, a second or ten of watching.
@pytest.mark.parametrize(
    ("key", "epochs", "share"),
    [
        ("parity", 600, 1.0),
        ("rings", 300, 1.0),
        ("moons", 1000, 0.99),
        ("spirals", 2000, 0.98),
        ("gaussians", 50, 0.98),
        ("iris", 200, 0.97),
        ("digits", 8, 0.97),
    ],
)
def test_classes_are_learnt_before_ones_eyes(key: str, epochs: int, share: float) -> None:
    spec = suggested(DATASETS[key])
    check_spec(spec)
    trainer = Trainer(spec, start_state(spec), 10**9, recorded=float("inf"))
    trainer.advance(epochs * spec.iterations_per_epoch)
    outputs = evaluate(spec, trainer.state.theta).outputs
    right = is_right(outputs, spec.scaled.targets, spec.network.layers[-1].activation)
    assert right.mean() >= share


@pytest.mark.parametrize(
    ("key", "epochs", "off"),
    [("line", 300, 0.1), ("plane", 300, 0.05), ("sine", 1500, 0.05), ("polynomial", 1500, 0.05)],
)
def test_curves_are_learnt_up_to_their_noise(key: str, epochs: int, off: float) -> None:
    spec = suggested(DATASETS[key])
    trainer = Trainer(spec, start_state(spec), 10**9, recorded=float("inf"))
    trainer.advance(epochs * spec.iterations_per_epoch)
    assert evaluate(spec, trainer.state.theta).loss < 1.3 * off**2
