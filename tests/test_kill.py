"""The real program killed at five moments; `make kill` has fifty."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from engine.documents.reading import write_document
from tests.kill import broken, kill, large_document

SEED = 3


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Xvfb is a program of Linux")
def test_no_kill_leaves_a_broken_file() -> None:
    assert kill(SEED, 5) == []


def test_a_broken_file_is_found_wherever_it_is(tmp_path: Path) -> None:
    whole = write_document(large_document())
    (tmp_path / "whole.backpass.json").write_bytes(whole)
    assert broken(tmp_path) == []
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "half.backpass.json").write_bytes(whole[: len(whole) // 2])
    assert [each.partition(" is broken")[0] for each in broken(tmp_path)] == [
        "below/half.backpass.json"
    ]
