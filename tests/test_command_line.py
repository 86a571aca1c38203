"""The command line as a person or a script meets it: in a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from engine.text.numbers import machine_number
from tests.conftest import Bound

PROJECT = Path(__file__).resolve().parent.parent
FIGURES = json.loads((PROJECT / "tests/engine/documents/figures.json").read_text(encoding="utf-8"))


def backpass(
    *words: str, env: dict[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run main.py, with its output as UTF-8 whatever the locale says."""
    return subprocess.run(
        [sys.executable, str(PROJECT / "main.py"), *words],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **(env or {})},
        cwd=cwd,
        check=False,
        timeout=120,
    )


def answer(*words: str) -> Any:
    """What a command with --json says."""
    done = backpass(*words, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_examples_are_the_nine() -> None:
    names = {row["name"] for row in answer("examples")}
    assert names == {
        "hand-2-2-1", "matrix-2-2-1", "xor-3-4-1", "one-neuron", "xor-2-3-1", "xor-2-3-1-adam",
        "mazur-2-2-2", "xor-2-2-1", "xor-2-2-1-step",
    }  # fmt: skip
    listed = backpass("examples").stdout
    assert all(name in listed for name in names)


@pytest.mark.parametrize("name", sorted(FIGURES["one iteration"]))
def test_a_trace_gives_every_figure_of_the_hand_calculation(name: str) -> None:
    expected = FIGURES["one iteration"][name]
    steps = answer("trace", name)["steps"]
    found: dict[tuple[str, str], float] = {(s["kind"], s["name"]): s["value"] for s in steps}
    for kind, words in (
        ("net_input", "net input"), ("activation", "activation"), ("delta", "delta"),
        ("loss", "loss of each output"),
    ):  # fmt: skip
        for unit, value in expected.get(words, {}).items():
            assert found[kind, unit] == pytest.approx(value, rel=1e-12, abs=0), (kind, unit)
    for phase, words in (("gradient", "gradient"), ("update", "updated")):
        for parameter, value in expected[words].items():
            kind = f"{'bias' if parameter.startswith('b') else 'weight'}_{phase}"
            assert found[kind, parameter] == pytest.approx(value, rel=1e-12, abs=0)
    assert found["total_loss", "total"] == pytest.approx(expected["loss"], rel=1e-12, abs=0)
    assert found["loss_after", "total"] == pytest.approx(expected["loss after"], rel=1e-12, abs=0)


def test_a_trace_names_its_steps_completely() -> None:
    report = answer("trace", "mazur-2-2-2")
    steps = report["steps"]
    assert [step["index"] for step in steps] == list(range(34))
    assert steps[12] == {
        "index": 12, "phase": "backward", "kind": "weight_gradient", "layer": 2, "unit": 0,
        "source": 0, "sample": None, "name": "w5", "symbol": "∂E/∂w5",
        "value": steps[12]["value"],
        "latex": r"\frac{\partial E}{\partial w_{5}} = \delta_{o1} \, a_{h1}"
        r" = 0.138499 \cdot 0.593270 = 0.0821670",
        "text": "∂E/∂w5 = δ_o1 · a_h1 = 0.138499 · 0.593270 = 0.0821670",
    }  # fmt: skip
    assert (steps[0]["layer"], steps[0]["unit"], steps[0]["sample"]) == (1, 0, 0)
    bias = next(step for step in steps if step["kind"] == "bias_gradient")
    assert (bias["source"], bias["unit"], bias["name"]) == (None, None, "b2")
    # Fixed parameters have gradients and no updates.
    assert [step["name"] for step in steps if step["phase"] == "update"] == [
        f"w{number}" for number in range(1, 9)
    ]


def test_each_step_of_a_trace_says_its_derivation_in_one_line() -> None:
    steps = answer("trace", "xor-2-3-1-adam")["steps"]
    for step in steps:
        assert step["text"].startswith(step["symbol"]) and "\n" not in step["text"]
        assert step["text"].endswith(f" {machine_number(step['value'])}")
        assert machine_number(step["value"]) in step["latex"]
    assert any(re.search(r"= -\d\.\d+e-05$", step["text"]) for step in steps)


@pytest.mark.parametrize(
    ("words", "start", "inside"),
    [
        ((), "# 2-2-2 with shared biases", "∂E/∂w5 = δ_o1 · a_h1\n"),
        (("--format", "md"), "# 2-2-2 with shared biases", "≈ 0.0821670\n"),
        (("--format", "html"), "<!DOCTYPE html>", "<mn>0.0821670</mn>"),
        (("--format", "tex"), r"\documentclass", r"\approx 0.0821670"),
        (("--digits", "4"), "# 2-2-2", "= 0.1385 · 0.5933 ≈ 0.08217\n"),
        (("--digits", "all"), "# 2-2-2", "= 0.0821670405642"),
        (("--gaps",), "# 2-2-2", "\n# Key\n"),
        (("--iteration", "3"), "# 2-2-2", "Iteration 3, worked out."),
    ],
)
def test_a_trace_is_a_worked_solution(words: tuple[str, ...], start: str, inside: str) -> None:
    done = backpass("trace", "mazur-2-2-2", *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(start) and inside in done.stdout


def test_gaps_and_digits_are_no_matter_of_json() -> None:
    for words in (("--gaps",), ("--digits", "9")):
        done = backpass("trace", "mazur-2-2-2", "--json", *words)
        assert done.returncode == 2 and done.stdout == "" and done.stderr.count("\n") == 1
    done = backpass("trace", "mazur-2-2-2", "--json", "--format", "md")
    assert done.returncode == 2 and "not allowed" in done.stderr


def test_a_trace_shows_more_quantities_on_request() -> None:
    plain, more = answer("trace", "mazur-2-2-2"), answer("trace", "mazur-2-2-2", "--also", "all")
    old = {step["kind"] for step in plain["steps"]}
    kept = [step for step in more["steps"] if step["kind"] in old]
    assert [{**step, "index": 0} for step in kept] == [
        {**step, "index": 0} for step in plain["steps"]
    ]
    values = {step["symbol"]: step["value"] for step in more["steps"] if step not in kept}
    # M. Mazur, A Step by Step Backpropagation Example (2015), and from his figures
    # 0.00877135 · 0.15 + 0.00995425 · 0.25 and 0.35891648 − 0.4.
    assert values["∂E/∂a_h1"] == pytest.approx(0.036350306, abs=5e-10)
    assert values["∂a_h1/∂z_h1"] == pytest.approx(0.241300709, abs=5e-10)
    assert values["∂E/∂a_o1"] == pytest.approx(0.74136507, abs=5e-9)
    assert values["∂E/∂i1"] == pytest.approx(0.00380427, abs=5e-9)
    assert values["Δw5"] == pytest.approx(0.35891648 - 0.4, abs=5e-9)
    assert values["∂E^(s)/∂w5"] == pytest.approx(0.082167041, abs=5e-10)


def test_more_quantities_are_in_the_worked_solution_or_refused_with_a_sentence() -> None:
    done = backpass("trace", "mazur-2-2-2", "--also", "input_gradients,changes")
    assert done.returncode == 0 and "### Inputs: i1, i2" in done.stdout
    assert "Gradient by the input i1" in done.stdout and "Change of w5" in done.stdout
    assert "∂a_h1/∂z_h1" not in done.stdout
    done = backpass("trace", "xor-2-2-1-step", "--also", "slopes")
    assert done.returncode == 2 and "step" in done.stderr and done.stdout == ""
    done = backpass("trace", "mazur-2-2-2", "--also", "nothing")
    assert done.returncode == 2 and "expected activation_gradients, slopes" in done.stderr


def test_a_trace_of_a_later_iteration_is_that_of_the_run() -> None:
    third = answer("trace", "mazur-2-2-2", "--iteration", "3")["steps"]
    history = answer("run", "mazur-2-2-2", "--epochs", "3")["history"]["loss"]
    values = {step["kind"]: step["value"] for step in third}
    assert values["total_loss"] == history[2]
    assert values["loss_after"] == history[3]


def test_a_run_says_everything_it_promises() -> None:
    report = answer("run", "xor-3-4-1", "--epochs", "100")
    assert report["example"] == "xor-3-4-1"
    assert (report["epochs"], report["iterations"]) == (100, 100)
    assert list(report["history"]) == ["loss", "mean_squared_error"]
    assert all(len(column) == 101 for column in report["history"].values())
    assert report["loss"] == report["history"]["loss"][-1]
    # Half the squared errors of four samples against their mean: a factor of two.
    assert report["loss"] == pytest.approx(2 * report["history"]["mean_squared_error"][-1])
    assert [len(rows) for rows in report["weights"]] == [4, 1]
    assert [len(biases) for biases in report["biases"]] == [4, 1]
    assert len(report["outputs"]) == 4


def test_biases_are_repeated_where_shared_and_null_where_there_are_none() -> None:
    assert answer("run", "mazur-2-2-2", "--epochs", "0")["biases"] == [[0.35, 0.35], [0.6, 0.6]]
    assert answer("run", "hand-2-2-1", "--epochs", "0")["biases"] == [None, None]


def test_long_runs_end_at_their_figures() -> None:
    mazur = FIGURES["mazur-2-2-2 after 10000 updates"]
    report = answer("run", "mazur-2-2-2", "--epochs", "10000")
    assert report["loss"] == pytest.approx(mazur["loss"], rel=1e-9)
    assert report["outputs"][0] == pytest.approx(mazur["outputs"], rel=1e-9)
    errors = FIGURES["xor-3-4-1"]["mean squared error by epoch"]
    report = answer("run", "xor-3-4-1", "--epochs", "9999")
    history = report["history"]["mean_squared_error"]
    for epoch, value in errors.items():
        assert history[int(epoch)] == pytest.approx(value, rel=1e-9)
    outputs = [row[0] for row in report["outputs"]]
    assert outputs == pytest.approx(FIGURES["xor-3-4-1"]["outputs after 9999 updates"], rel=1e-9)


def test_the_same_document_gives_the_same_run() -> None:
    first, second = (backpass("run", "xor-2-3-1", "--epochs", "50", "--json") for _ in range(2))
    assert first.stdout == second.stdout


@pytest.mark.parametrize("command", [["run"], ["trace"], ["screenshot"]])
def test_what_is_not_there_is_one_sentence_and_exit_code_2(
    command: list[str], tmp_path: Path
) -> None:
    out = [str(tmp_path / "x.png")] if command == ["screenshot"] else []
    done = backpass(*command, "no-such-thing", *out)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and "no-such-thing" in done.stderr


def test_a_refused_document_is_one_sentence_with_its_place(tmp_path: Path) -> None:
    source = PROJECT / "resources/examples/mazur-2-2-2.backpass.json"
    tree = json.loads(source.read_text(encoding="utf-8"))
    tree["layers"][1]["weights"][0][1] = "x"
    path = tmp_path / "wrong.backpass.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    done = backpass("run", str(path))
    assert done.returncode == 2
    assert done.stderr == (
        'wrong.backpass.json: weight from h2 to o1: expected a number, got "x" '
        "($.layers[1].weights[0][1])\n"
    )


def test_a_diverging_run_is_one_sentence_and_exit_code_2(tmp_path: Path) -> None:
    source = PROJECT / "resources/examples/mazur-2-2-2.backpass.json"
    tree = json.loads(source.read_text(encoding="utf-8"))
    for layer in tree["layers"]:
        layer["activation"] = "linear"
    tree["optimizer"]["learning_rate"] = 1e6
    path = tmp_path / "steep.backpass.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    done = backpass("run", str(path), "--epochs", "1000")
    assert done.returncode == 2 and done.stdout == ""
    assert "diverged in iteration" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ["run", "mazur-2-2-2", "--epochs", "-1"],
        ["trace", "mazur-2-2-2", "--iteration", "0"],
        ["trace", "mazur-2-2-2", "--digits", "5"],
        ["screenshot", "mazur-2-2-2", "x.png", "--size", "huge"],
    ],
)
def test_a_wrong_option_is_refused(words: list[str]) -> None:
    done = backpass(*words)
    assert done.returncode == 2 and "expected" in done.stderr


def test_control_c_ends_a_run_cleanly() -> None:
    process = subprocess.Popen(
        [sys.executable, str(PROJECT / "main.py"), "run", "xor-2-3-1", "--epochs", "100000000"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        # Where the tests themselves run in the background of a shell, Ctrl-C is ignored there.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=30)
    assert process.returncode == 130 and out == ""
    assert error.strip() == "Interrupted."


def test_output_is_utf_8_in_any_locale() -> None:
    done = backpass("trace", "mazur-2-2-2", env={"LC_ALL": "C", "PYTHONIOENCODING": "latin-1"})
    assert done.returncode == 0 and "∂E/∂w5" in done.stdout


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"{sys.executable} {PROJECT / 'main.py'} trace xor-3-4-1 | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, encoding="utf-8", check=False)
    assert done.stderr == ""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is a display")
@pytest.mark.parametrize("display", ["", ":987"])
def test_without_a_display_it_says_so_and_what_works_without(display: str) -> None:
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_SESSION_TYPE")
    }
    done = subprocess.run(
        [sys.executable, str(PROJECT / "main.py")],
        capture_output=True, encoding="utf-8", check=False, timeout=60,
        env={**environment, "DISPLAY": display} if display else environment,
    )  # fmt: skip
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert all(name in done.stderr for name in ("examples", "run", "trace", "screenshot"))


@pytest.mark.parametrize(
    ("ending", "what", "inside"),
    [
        ("svg", "network", ">b 0.538817<"), ("png", "loss", "\x89PNG"), ("svg", "surface", ">x2<"),
        ("tex", "network", r"$w_{11}^{1} = "),
    ],
)  # fmt: skip
def test_a_picture_of_what_was_asked_for(
    tmp_path: Path, ending: str, what: str, inside: str
) -> None:
    out = tmp_path / f"x.{ending}"
    done = backpass("picture", "xor-2-3-1", str(out), "--what", what, "--theme", "dark")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert inside in out.read_bytes().decode("utf-8" if ending != "png" else "latin-1")


@pytest.mark.parametrize(
    ("name", "what", "sentence"),
    [
        ("x.jpg", "network", "A picture of the network can be .svg, .png, .tex, not “.jpg”."),
        ("x.tex", "loss", "A picture of the loss can be .svg, .png, not “.tex”."),
        ("x", "network", "A picture of the network can be .svg, .png, .tex, not “”."),
    ],
)
def test_a_picture_that_there_is_none_of(
    tmp_path: Path, name: str, what: str, sentence: str
) -> None:
    done = backpass("picture", "one-neuron", str(tmp_path / name), "--what", what)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{sentence}\n")
    assert not list(tmp_path.iterdir())


def test_a_screenshot_has_the_size_that_was_asked_for(tmp_path: Path) -> None:
    from PySide6.QtGui import QImage

    out = tmp_path / "window.png"
    done = backpass(
        "screenshot", "mazur-2-2-2", str(out), "--steps", "13", "--size", "1024x600",
        "--theme", "dark",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    picture = QImage(str(out))
    assert (picture.width(), picture.height()) == (1024, 600)
    # Dark: most of it is darker than a third.
    spots = [(x, y) for x in range(0, 1024, 8) for y in range(0, 600, 8)]
    greys = [picture.pixelColor(*spot).lightness() for spot in spots]
    assert sorted(greys)[len(greys) // 2] < 85


def test_a_picture_that_fits_on_no_disk_leaves_the_old_one(
    tmp_path: Path, files_up_to: Bound
) -> None:
    out = tmp_path / "window.png"
    out.write_bytes(b"old")
    with files_up_to(1000):
        done = backpass("screenshot", "mazur-2-2-2", str(out))
    assert (done.returncode, done.stderr) == (2, f"{out} cannot be written: File too large.\n")
    assert out.read_bytes() == b"old" and list(tmp_path.iterdir()) == [out]


def test_settings_of_activations_are_in_what_a_script_reads(tmp_path: Path) -> None:
    example = PROJECT / "resources/examples/mazur-2-2-2.backpass.json"
    tree = json.loads(example.read_text("utf-8"))
    tree["layers"][0] |= {"activation": "elu", "settings": {"alpha": 0.5, "gain": 3}}
    path = tmp_path / "elu.backpass.json"
    path.write_text(json.dumps(tree), "utf-8")
    for command in ("trace", "run", "check"):
        assert answer(command, str(path))["activation_settings"] == [{"alpha": 0.5}, {}]
    assert "activation_settings" not in answer("trace", "mazur-2-2-2")
    assert "h1, h2 (ELU, α = 0.5)" in backpass("trace", str(path)).stdout
    tree["layers"][0]["settings"]["alpha"] = 0
    path.write_text(json.dumps(tree), "utf-8")
    refused = backpass("run", str(path))
    assert refused.returncode == 2
    assert "alpha of hidden layer 1: expected a number above 0, got 0" in refused.stderr


def test_a_run_ends_where_it_is_told_to() -> None:
    losses = answer("run", "xor-3-4-1", "--epochs", "300")["history"]["loss"]
    below = answer("run", "xor-3-4-1", "--epochs", "300", "--until-loss", "0.51")
    first = next(epoch for epoch, loss in enumerate(losses) if loss < 0.51)
    assert (below["epochs"], below["iterations"]) == (first, first)
    assert below["history"]["loss"] == losses[: first + 1]
    assert below["stopped"]["reached"]
    assert f"at epoch {first}, below 0.51" in below["stopped"]["why"]
    words = "--patience", "30", "--least-improvement", "0.01"
    patient = answer("run", "xor-3-4-1", "--epochs", "300", *words)
    best = 0
    for epoch, loss in enumerate(losses):
        best = epoch if loss < losses[best] - 0.01 else best
        if epoch - best == 30:
            break
    assert patient["epochs"] == epoch
    assert patient["stopped"]["best"] == {"epoch": best, "loss": losses[best]}
    said = backpass("run", "xor-3-4-1", "--epochs", "5", "--until-right")
    assert "After 5 epochs not every sample is right yet" in said.stdout
    refused = backpass("run", "xor-3-4-1", "--least-improvement", "0.1")
    assert refused.returncode == 2 and "--patience" in refused.stderr
