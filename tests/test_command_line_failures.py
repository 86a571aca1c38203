"""The command line where something is in the way: one sentence and a code, never a traceback."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.documents.examples import read_example
from engine.documents.reading import write_document
from gui.window.system_check import display_problem
from tests.test_command_line import PROJECT, backpass

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")

MAIN = f"{sys.executable} {PROJECT / 'main.py'}"
ON_DOCUMENTS = ("run", "trace", "check", "published", "seeds")


def shell(command: str) -> subprocess.CompletedProcess[str]:
    """Have bash carry out a command in which BACKPASS stands for the program."""
    words = ["bash", "-o", "pipefail", "-c", command.replace("BACKPASS", MAIN)]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    return subprocess.run(
        words, capture_output=True, encoding="utf-8", env=environment, check=False, timeout=120
    )


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence of a command that did nothing."""
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    return done.stderr.strip()


@pytest.mark.parametrize("job", ["trace", "check", "published", "seeds"])
def test_a_locked_document_is_not_worked_out(tmp_path: Path, job: str) -> None:
    document = json.loads(write_document(read_example("mazur-2-2-2")))
    file = tmp_path / "homework.backpass.json"
    document["lock"] = {"hidden": ["deltas"], "own_values": True, "opened": False}
    file.write_text(json.dumps(document), "utf-8")
    for words in ([], ["--json"]):
        assert "homework is locked" in refusal(backpass(job, str(file), *words))


def test_a_document_that_was_unlocked_is_worked_out(tmp_path: Path) -> None:
    document = json.loads(write_document(read_example("mazur-2-2-2")))
    document["lock"] = {"hidden": ["deltas"], "own_values": True, "opened": True}
    file = tmp_path / "homework.backpass.json"
    file.write_text(json.dumps(document), "utf-8")
    assert "0.0821670" in backpass("trace", str(file)).stdout


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A pipe that nobody writes to."""
    made = tmp_path / "pipe.backpass.json"
    os.mkfifo(made)
    return made


@pytest.fixture
def not_utf_8(tmp_path: Path) -> Path:
    """A document whose name is Latin-1."""
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.backpass.json"))
    path.write_bytes(write_document(read_example("one-neuron")))
    return path


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no full disk")
@pytest.mark.parametrize(
    "words", ["examples", "examples --json", "trace xor-3-4-1", "run one-neuron --epochs 9", "-h"]
)
def test_a_full_disk_behind_standard_output(words: str) -> None:
    done = shell(f"BACKPASS {words} > /dev/full")
    assert refusal(done) == "Standard output cannot be written: the disk is full."


@pytest.mark.parametrize("words", ["examples", "trace xor-3-4-1", "run one-neuron --json"])
def test_standard_output_that_is_closed(words: str) -> None:
    done = shell(f"BACKPASS {words} >&-")
    assert refusal(done) == "Standard output cannot be written: it is closed."


def test_nobody_to_hear_what_was_wrong() -> None:
    for command in (
        "BACKPASS run nothing 2>/dev/full", "BACKPASS run nothing 2>&-",
        "BACKPASS examples >&- 2>&-", "BACKPASS examples <&- >&- 2>&-",
    ):  # fmt: skip
        done = shell(command)
        assert (done.returncode, done.stdout, done.stderr) == (2, "", "")


def test_without_standard_error_a_command_does_what_it_should() -> None:
    done = shell("BACKPASS examples 2>&-")
    assert (done.returncode, done.stdout) == (0, backpass("examples").stdout)


@pytest.mark.parametrize("words", ["trace xor-3-4-1", "examples --json", "run xor-3-4-1 --json"])
def test_a_reader_that_has_read_enough(words: str) -> None:
    done = shell(f"BACKPASS {words} | head -c 1")
    assert (done.returncode, done.stderr) == (0, "") and len(done.stdout) == 1


@pytest.mark.parametrize("command", ON_DOCUMENTS)
def test_a_document_that_is_no_file(command: str, pipe: Path) -> None:
    special = "cannot be read: it is a device or a pipe, not a file"
    assert refusal(backpass(command, str(pipe))) == f"{pipe}: {special}"
    assert refusal(backpass(command, "/dev/zero")) == f"/dev/zero: {special}"
    folder = pipe.parent
    assert refusal(backpass(command, str(folder))) == f"{folder}: cannot be read: it is a folder"
    assert refusal(backpass(command, str(folder / "x"))).startswith("There is no file ")
    for name in ("", "x" * 300, "x" * 5000):
        assert refusal(backpass(command, name)).startswith(f'There is no file "{name}", and no')


def test_a_picture_in_the_place_of_what_is_no_file(pipe: Path) -> None:
    folder = pipe.parent
    for place, sentence in (
        (pipe, "it is a device or a pipe, not a file"), (folder, "it is a folder"),
        (folder / "nowhere" / "x.png", "No such file or directory"),
    ):  # fmt: skip
        done = backpass("screenshot", "one-neuron", str(place))
        assert refusal(done) == f"{place} cannot be written: {sentence}."
    assert list(folder.iterdir()) == [pipe] and pipe.is_fifo()


def test_results_that_are_no_files(pipe: Path) -> None:
    table = pipe.with_name("table.csv")
    done = backpass("results", str(pipe), "/dev/zero", str(table))
    assert (done.returncode, done.stdout) == (2, "") and not table.exists()
    assert done.stderr.count("it is a device or a pipe, not a file.\n") == 2


def test_exercises_where_no_folder_can_be(pipe: Path) -> None:
    assert refusal(backpass("exercise", str(pipe))).startswith(f"{pipe} cannot be made: ")


def test_a_name_that_is_no_utf_8(not_utf_8: Path) -> None:
    traced = backpass("trace", str(not_utf_8), "--json")
    assert (traced.returncode, traced.stderr) == (0, "")
    assert json.loads(traced.stdout)["example"] == "caf\ufffd"
    for command in ON_DOCUMENTS:
        done = backpass(command, str(not_utf_8))
        assert (done.returncode, done.stderr) == (0, "")
    sentence = refusal(backpass("run", str(not_utf_8) + "x"))
    assert "caf\ufffd.backpass.jsonx" in sentence
    picture = not_utf_8.with_suffix(".png")
    assert backpass("screenshot", str(not_utf_8), str(picture)).returncode == 0
    assert picture.is_file()


def test_a_folder_and_an_option_that_are_no_utf_8(not_utf_8: Path) -> None:
    folder = not_utf_8.with_suffix(".d")
    done = backpass("exercise", str(folder))
    assert (done.returncode, done.stderr) == (0, "") and len(list(folder.iterdir())) == 3
    done = backpass("run", "one-neuron", "--epochs", os.fsdecode(b"\xff"))
    assert done.returncode == 2 and "expected a whole number" in done.stderr


def overflowing() -> dict[str, Any]:
    """A document whose first update leads beyond all numbers."""
    tree: dict[str, Any] = json.loads(write_document(read_example("one-neuron")))
    for key in ("state", "published", "loss_curve", "place", "layout"):
        tree.pop(key, None)
    tree["inputs"] = ["x"]
    tree["layers"] = [
        {"units": [f"h{k}"], "activation": "linear", "bias": "none", "weights": [[1e11]]}
        for k in range(8)
    ]
    tree["loss"], tree["metrics"] = "half_squared_error", []
    tree["optimizer"] = {"name": "gradient_descent", "learning_rate": 1e11}
    tree["data"] = {"inputs": [[1e11]], "targets": [[0]]}
    return tree


@pytest.mark.parametrize("command", ["trace", "check", "run"])
def test_json_has_null_for_what_is_no_finite_number(command: str, tmp_path: Path) -> None:
    path = tmp_path / "overflows.backpass.json"
    path.write_text(json.dumps(overflowing()), encoding="utf-8")
    words = ["--epochs", "0"] if command == "run" else []
    done = backpass(command, str(path), "--json", *words)
    assert done.returncode in (0, 1) and done.stderr == ""

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    report = json.loads(done.stdout, parse_constant=refuse)
    if command == "trace":
        assert report["steps"][-1]["kind"] == "loss_after" and report["steps"][-1]["value"] is None


@pytest.mark.parametrize("command", ["trace", "check", "run"])
def test_control_c_on_a_long_way(command: str, watchdog: None) -> None:
    """On a terminal, which is told how far it is."""
    pty = pytest.importorskip("pty")
    leader, follower = pty.openpty()
    option = "--epochs" if command == "run" else "--iteration"
    process = subprocess.Popen(
        [sys.executable, str(PROJECT / "main.py"), command, "xor-2-3-1", option, "1000000000"],
        stdout=subprocess.PIPE, stderr=follower,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    os.close(follower)
    told = b""
    while b"%" not in told:
        told += os.read(leader, 1000)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    while b"Interrupted." not in told:
        told += os.read(leader, 1000)
    os.close(leader)
    assert (process.returncode, out) == (130, b"")
    assert re.search(rb"[0-9] %", told) and b"Traceback" not in told


def test_more_epochs_than_anybody_could_be_told() -> None:
    done = backpass("run", "xor-2-3-1", "--json", "--epochs", "10000001")
    assert refusal(done) == "--json gives every epoch, and at most 10,000,000 of them."


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere Qt needs no such name")
def test_a_platform_that_qt_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    done = backpass(env={"QT_QPA_PLATFORM": "nope"})
    assert refusal(done).startswith('Qt knows no way to draw on "nope", which QT_QPA_PLATFORM')
    monkeypatch.setenv("QT_QPA_PLATFORM", "nope;offscreen")
    assert display_problem() is None
