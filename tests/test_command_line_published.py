"""Published figures on the command line, in a process of its own."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from engine.documents.document import Document
from engine.documents.examples import read_example
from engine.documents.reading import write_document
from engine.documents.road import Road
from engine.run import edits, reshaping
from engine.run.spec import start_state
from tests.test_command_line import answer, backpass


def test_the_comparison_is_a_line_for_each_figure() -> None:
    done = backpass("published", "hand-2-2-1", "--search")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines[0] == ["quantity", "printed", "here", "verdict"]
    assert ["a_h1", "0.616", "0.616", "agrees"] in lines
    assert ["w1", "0.6996", "0.7021", "by", "a", "mistake"] in lines
    assert "4 agree, 9 by a mistake" in done.stdout
    assert "“a link of the chain lost” together with “slope taken at the activation”" in done.stdout


def test_with_dropout_it_says_that_the_source_drew_other_masks(tmp_path: Path) -> None:
    document = read_example("hand-2-2-1")
    spec, _ = edits.set_dropout(document.spec, start_state(document.spec, document.start), 1, 0.5)
    path = tmp_path / "dropped.backpass.json"
    path.write_bytes(write_document(replace(document, spec=spec)))
    assert "the source drew other masks" in backpass("published", str(path)).stdout


def test_json_has_everything() -> None:
    found = answer("published", "mazur-2-2-2", "--search")
    loss = found["figures"][11]
    assert (loss["symbol"], loss["printed"], loss["verdict"]) == (
        "E after", "0.291027924", "mistake",
    )  # fmt: skip
    assert loss["mistakes"] == ["updated-weights"]
    assert abs(loss["value"] - 0.29102777369359933) < 1e-15
    assert found["answer"]["suspects"][0]["mistakes"] == ["updated-weights"]
    assert {11, 13, 14} <= set(found["answer"]["suspects"][0]["figures"])


def test_with_the_mistake_on_they_agree() -> None:
    found = answer("published", "hand-2-2-1", "--mistake", "lost-link", "--mistake",
                   "derivative-at-activation")  # fmt: skip
    assert {figure["verdict"] for figure in found["figures"]} == {"agrees"}
    assert "answer" not in found


def test_a_document_without_figures_says_so(tmp_path: Path) -> None:
    example = read_example("one-neuron")
    path = tmp_path / "plain.backpass.json"
    path.write_bytes(write_document(Document(example.spec, example.start)))
    done = backpass("published", str(path), "--search")
    assert (done.returncode, done.stdout) == (0, "This document has no figures of a source.\n")


def test_figures_of_another_road_are_left_out(tmp_path: Path) -> None:
    example = read_example("mazur-2-2-2")
    first = Road(example.spec, example.start)
    spec, state = reshaping.set_units(example.spec, first.first, 1, 1)
    document = replace(
        example, spec=spec, start=state.theta, name="one unit", others=(first,), number=1
    )
    path = tmp_path / "smaller.backpass.json"
    path.write_bytes(write_document(document))
    done = backpass("published", str(path))
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[-1] == "left out, being of another road of this document: 4 figures"
    assert not any("h2" in line for line in lines)
    assert len(answer("published", str(path))["figures"]) == len(example.published) - 4
