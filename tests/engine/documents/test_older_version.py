"""A file of an older version stays beside the one that replaces it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.documents.examples import read_example
from engine.documents.older_version import keep_older_version
from engine.documents.reading import write_document
from engine.documents.whole_file import FileError

# With a mark of its byte order, as some editors put it there.
OLD = b'\xef\xbb\xbf{"x-mine": {"version": 2}, "version": 1, "format": "backpass", "title": "a"}'


@pytest.mark.parametrize(
    ("name", "copy"),
    [
        ("homework.backpass.json", "homework.v1.backpass.json"),
        ("homework.json", "homework.v1.json"),
        ("home.work", "home.v1.work"),
        ("homework", "homework.v1"),
    ],
)
def test_the_copy_is_beside_it_and_opens_as_it_does(tmp_path: Path, name: str, copy: str) -> None:
    path = tmp_path / name
    path.write_bytes(OLD)
    assert keep_older_version(path) == tmp_path / copy
    assert (tmp_path / copy).read_bytes() == path.read_bytes() == OLD
    assert keep_older_version(path) is None  # it is there already
    assert len(list(tmp_path.iterdir())) == 2


def test_another_file_of_that_name_is_not_replaced(tmp_path: Path) -> None:
    path, taken = tmp_path / "a.backpass.json", tmp_path / "a.v1.backpass.json"
    path.write_bytes(OLD)
    taken.write_bytes(b"something else")
    assert keep_older_version(path) == tmp_path / "a.v1-2.backpass.json"
    assert taken.read_bytes() == b"something else"


def test_each_version_has_a_copy_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.backpass.json"
    older = OLD.replace(b'"version": 1', b'"version": 2')
    for data, name in ((OLD, "a.v1.backpass.json"), (older, "a.v2.backpass.json")):
        path.write_bytes(data)
        assert keep_older_version(path) == tmp_path / name
        assert (tmp_path / name).read_bytes() == data
        assert keep_older_version(path) is None


@pytest.mark.parametrize(
    "data",
    [
        write_document(read_example("one-neuron")),
        json.dumps({"format": "other", "version": 1}).encode(),
        b'{"format": "backpass", "version": "1"}',
        b'{"format": "backpass", "version": 0}',
        b'{"format": "backpass", "version": 99}',
        b'{"version": 1}',
        b"[1]",
        b"",
        b"\xff\xfe",
    ],
)
def test_nothing_else_is_kept(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.backpass.json"
    path.write_bytes(data)
    assert keep_older_version(path) is None
    assert list(tmp_path.iterdir()) == [path]


def test_where_there_is_no_file_there_is_nothing_to_keep(tmp_path: Path) -> None:
    assert keep_older_version(tmp_path / "a.backpass.json") is None
    assert keep_older_version(tmp_path) is None


def test_a_copy_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replace(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "a.backpass.json"
    path.write_bytes(OLD)
    monkeypatch.setattr("os.replace", replace)
    with pytest.raises(FileError, match=r"a\.v1\.backpass\.json cannot be written: the disk"):
        keep_older_version(path)
    assert list(tmp_path.iterdir()) == [path]
