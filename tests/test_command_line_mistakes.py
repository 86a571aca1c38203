"""Mistakes and the gradient check on the command line, each in a process of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.run.mistakes import MISTAKES
from tests.test_command_line import answer, backpass


def checked(*words: str, code: int) -> Any:
    """What `check --json` says, with the exit code it has to have."""
    done = backpass("check", *words, "--json")
    assert (done.returncode, done.stderr) == (code, "")
    return json.loads(done.stdout)


def test_the_published_total_error_is_that_of_updated_weights() -> None:
    """0.291027924 is printed wherever M. Mazur's example (2015) is quoted; with the hidden deltas
    from weights already updated it comes out, and so do the outputs after 10,000 updates."""
    wrong = "--mistake", "updated-weights"
    once = answer("run", "mazur-2-2-2", *wrong, "--epochs", "1")
    assert once["loss"] == pytest.approx(0.29102792390544, rel=1e-13)
    assert round(once["loss"], 9) == 0.291027924
    after = answer("run", "mazur-2-2-2", *wrong, "--epochs", "10000")
    assert after["outputs"][0] == pytest.approx([0.01591219632603, 0.98406573448563], rel=1e-11)
    assert answer("run", "mazur-2-2-2", "--epochs", "1")["loss"] != once["loss"]


def test_two_mistakes_together_give_the_published_weights_and_a_rising_loss() -> None:
    after = answer(
        "run", "hand-2-2-1", "--mistake", "lost-link", "--mistake", "derivative-at-activation",
        "--epochs", "1",
    )  # fmt: skip
    hidden, output = after["weights"]
    assert output[0] == pytest.approx([0.5373779619835624, 0.44662314482672305], rel=1e-14)
    assert hidden[0] == pytest.approx([0.6996116148937314, 0.40026696893623886], rel=1e-14)
    assert hidden[1] == pytest.approx([0.2997307813265299, 0.599798468795918], rel=1e-14)
    assert after["loss"] == pytest.approx(0.12710903730793544, rel=1e-14)
    assert after["loss"] > after["history"]["loss"][0]


def test_a_trace_makes_the_mistakes_too() -> None:
    steps = answer("trace", "mazur-2-2-2", "--mistake", "wrong-sign")["steps"]
    values = {(s["kind"], s["name"]): s["value"] for s in steps}
    # Printed without the sign.
    assert values["weight_gradient", "w5"] == pytest.approx(-0.082167041, abs=5e-10)


@pytest.mark.parametrize("command", ["run", "trace", "check", "screenshot"])
def test_a_mistake_that_is_not_there_or_not_possible_is_refused(
    command: str, tmp_path: Path
) -> None:
    picture = [str(tmp_path / "out.png")] if command == "screenshot" else []
    done = backpass(command, "mazur-2-2-2", *picture, "--mistake", "updated-wieghts")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert 'no mistake "updated-wieghts"' in done.stderr
    assert all(key in done.stderr for key in MISTAKES)
    done = backpass(command, "mazur-2-2-2", *picture, "--mistake", "lost-factor-2")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "lost-factor-2" in done.stderr and "has no factor 2" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_check_that_agrees() -> None:
    found = checked("mazur-2-2-2", code=0)
    assert found["agrees"] is True and found["max_relative_error"] < 1e-6
    assert (found["example"], found["iteration"], found["mistakes"]) == ("mazur-2-2-2", 1, [])
    assert (found["step"], found["tolerance"], found["size"]) == (1e-5, 1e-6, 10)
    names = [each["name"] for each in found["parameters"]]
    assert names == ["w1", "w2", "w3", "w4", "b1", "w5", "w6", "w7", "w8", "b2"]
    w5 = found["parameters"][5]
    assert (w5["layer"], w5["unit"], w5["source"], w5["verdict"]) == (2, 0, 0, "right")
    for key in ("gradient", "numeric"):
        assert w5[key] == pytest.approx(0.082167041, abs=5e-10)  # printed in the source
    assert found["max_relative_error"] == max(p["relative_error"] for p in found["parameters"])


def test_a_check_that_differs() -> None:
    found = checked("mazur-2-2-2", "--mistake", "updated-weights", code=1)
    assert found["agrees"] is False and found["max_relative_error"] > 1e-3
    assert found["mistakes"] == ["updated-weights"]
    wrong = [each["name"] for each in found["parameters"] if each["verdict"] == "wrong"]
    assert wrong == ["w1", "w2", "w3", "w4", "b1"]


def test_a_later_iteration_is_checked() -> None:
    """Gradients that accumulate are right once."""
    wrong = "xor-2-3-1", "--mistake", "accumulated-gradients"
    assert checked(*wrong, code=0)["agrees"]
    assert not checked(*wrong, "--iteration", "2", code=1)["agrees"]


def test_a_check_in_words() -> None:
    done = backpass("check", "mazur-2-2-2", "--mistake", "updated-weights")
    assert (done.returncode, done.stderr) == (1, "")
    title, head, *rows, last = done.stdout.splitlines()
    assert title == (
        "2-2-2 with shared biases (Mazur 2015), iteration 1, with the mistake “weights already "
        "updated”, made on purpose"
    )
    assert head.split("  ")[1] == "parameter" and len(rows) == 10
    assert rows[0].split() == ["w1", "0.000364723", "0.000438568", "0.17", "wrong"]
    assert last.startswith("backward differs from central differences (h = 1e-05")


def test_a_check_says_of_which_mistakes_it_can_say_nothing() -> None:
    done = backpass("check", "mazur-2-2-2", "--mistake", "forgotten-rate")
    assert (done.returncode, done.stderr) == (0, "")
    last = done.stdout.splitlines()[-1]
    assert last.startswith("“learning rate forgotten” cannot be seen here. The gradient is right")


def test_whatever_is_written_names_the_mistakes() -> None:
    wrong = "--mistake", "updated-weights", "--mistake", "forgotten-rate"
    named = (
        "with the mistakes “weights already updated” and “learning rate forgotten”, made on purpose"
    )
    for words in (
        ("run", "--epochs", "1"),
        ("check",),
        ("published",),
        *(("trace", "--format", kind) for kind in ("md", "html")),
    ):
        done = backpass(words[0], "mazur-2-2-2", *words[1:], *wrong)
        assert named in done.stdout, words
    for command in ("run", "trace", "published"):
        epochs = ("--epochs", "1") if command == "run" else ()
        found = answer(command, "mazur-2-2-2", *epochs, *wrong)
        assert found["mistakes"] == ["updated-weights", "forgotten-rate"], command
        right = answer(command, "mazur-2-2-2", *epochs)
        assert right["mistakes"] == [], command


def test_a_check_of_a_run_that_diverges_is_refused(tmp_path: Path) -> None:
    example = Path(__file__).parent.parent / "resources/examples/hand-2-2-1.backpass.json"
    document = json.loads(example.read_text(encoding="utf-8"))
    document["optimizer"]["learning_rate"] = 1e11
    for layer in document["layers"]:
        layer["activation"] = "linear"
    file = tmp_path / "wild.backpass.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    done = backpass("check", str(file), "--iteration", "50")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "diverged" in done.stderr
