"""Exercises, many seeds and step units from the command line, in a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.documents.reading import read_document
from engine.learn.exercises.exercise import Exercise, exercise_of, make_exercise
from tests.conftest import Bound
from tests.test_command_line import answer, backpass


def test_exercises_for_a_class(tmp_path: Path) -> None:
    folder = tmp_path / "class 7b" / "sheets"
    done = backpass(
        "exercise", str(folder), "--sizes", "2-3-2", "--activation", "tanh", "--seed", "11",
        "--count", "3", "--format", "html",
    )
    assert (done.returncode, done.stderr) == (0, "")
    names = [f"exercise-2-3-2-tanh-half-squared-error-{seed}" for seed in (11, 12, 13)]
    expected = {
        f"{name}{rest}" for name in names for rest in (".backpass.json", "-sheet.html", "-key.html")
    }
    assert {path.name for path in folder.iterdir()} == expected
    assert done.stdout.splitlines()[0] == str(folder / f"{names[0]}.backpass.json")
    exercise = Exercise((2, 3, 2), "tanh", seed=12)
    document = read_document((folder / f"{names[1]}.backpass.json").read_bytes())
    assert exercise_of(document) == exercise
    assert document.start.tobytes() == make_exercise(exercise).start.tobytes()
    sheet, key = ((folder / f"{names[1]}-{what}.html").read_text("utf-8") for what in
                  ("sheet", "key"))
    assert "variant 12</h1>" in sheet and "Questions" not in key
    assert "variant 12: key</h1>" in key and "Result" in key and "Result" not in sheet


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--sizes", "2-9-1"), "of 1 to 6 units each"),
        (("--sizes", "two"), "such as 2-2-1"),
        (("--loss", "categorical_cross_entropy"), "needs two outputs or more"),
        (("--count", "0"), "from 1"),
        (("--activation", "step"), "invalid choice"),
    ],
)
def test_what_is_no_exercise_is_refused(
    tmp_path: Path, words: tuple[str, str], sentence: str
) -> None:
    done = backpass("exercise", str(tmp_path), *words)
    assert done.returncode == 2 and done.stdout == ""
    assert sentence in done.stderr and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = backpass("exercise", str(tmp_path / "file" / "inside"))
    assert done.returncode == 2
    assert "cannot be made" in done.stderr and "Traceback" not in done.stderr


def test_a_disk_that_fills_up_half_way_leaves_the_old_files(
    tmp_path: Path, files_up_to: Bound
) -> None:
    backpass("exercise", str(tmp_path), "--format", "html")
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes() + b"<!-- changed by hand -->")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with files_up_to(100):
        done = backpass("exercise", str(tmp_path), "--format", "html")
    document = next(path for path in before if path.suffix == ".json")
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr == f"{document} cannot be written: File too large.\n"
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_many_seeds_in_words() -> None:
    done = backpass("seeds", "xor-2-3-1", "--first", "15", "--count", "10")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "XOR with three hidden units, 10,000 epochs: 8 of 10 learn",
        "    2 0.5 for (1, 0) and (1, 1): seed 17, 21",
    ]


def test_many_seeds_as_json() -> None:
    report = answer("seeds", "xor-2-2-1", "--count", "3", "--epochs", "10000")
    assert report["example"] == "xor-2-2-1"
    assert (report["epochs"], report["tolerance"], report["learnt"]) == (10000, 0.1, 1)
    assert [run["seed"] for run in report["runs"]] == [0, 1, 2]
    assert [run["learnt"] for run in report["runs"]] == [False, True, False]
    assert [(group["words"], group["seeds"]) for group in report["stuck"]] == [
        ("0.5 for (0, 0) and (1, 0)", [0]),
        ("0.5 for (1, 0) and (1, 1)", [2]),
    ]
    # The bundled start values are those of seed 1, so the two commands agree.
    run = answer("run", "xor-2-2-1", "--epochs", "10000")
    for ours, plain in zip(report["runs"][1]["outputs"], run["outputs"], strict=True):
        assert ours == pytest.approx(plain, rel=1e-9)


def test_a_wider_tolerance_is_asked_for() -> None:
    words = ("seeds", "xor-2-2-1", "--count", "3", "--epochs", "10000", "--tolerance", "0,6")
    assert answer(*words)["learnt"] == 3
    done = backpass(*words[:-1], "-1")
    assert done.returncode == 2 and "above 0" in done.stderr


def test_step_units_go_forward_only() -> None:
    report = answer("run", "xor-2-2-1-step", "--epochs", "0")
    assert report["outputs"] == [[0.0], [1.0], [1.0], [0.0]]
    steps = answer("trace", "xor-2-2-1-step")["steps"]
    assert {step["phase"] for step in steps} == {"forward", "loss"}
    assert len(steps) == (6 + 1) * 4 + 1
    written = backpass("trace", "xor-2-2-1-step").stdout
    assert "step(-0.5) = 0" in written and "Backward" not in written and "Result" not in written


@pytest.mark.parametrize(
    "words",
    [
        ("run", "xor-2-2-1-step"),
        ("trace", "xor-2-2-1-step", "--iteration", "2"),
        ("check", "xor-2-2-1-step"),
        ("seeds", "xor-2-2-1-step"),
    ],
)
def test_what_would_train_step_units_is_refused(words: tuple[str, ...]) -> None:
    done = backpass(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "A step unit has no slope to follow back: this network can be stepped through forward, "
        "up to the loss, but not trained.\n"
    )
