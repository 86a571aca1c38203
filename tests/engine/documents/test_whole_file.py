"""Files that are written whole or not at all, on a real disk."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.documents.whole_file import FileError, read_up_to, write_whole
from tests.conftest import Bound

OLD, NEW = b"old\n", b"new " * 50_000
NOBODY = 65534  # the number of the user to whom nothing belongs

needs_modes = pytest.mark.skipif(os.name == "nt", reason="Windows knows no such permissions")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "homework.backpass.json"
    path.write_bytes(OLD)
    return path


@pytest.fixture
def bound_folder() -> Iterator[Path]:
    """A folder of somebody whom permissions bind, and the test runs as them: root, who may write
    everything, becomes another user until it is over."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    with tempfile.TemporaryDirectory() as name:  # others may not look into pytest's own
        if is_root:
            os.chown(name, NOBODY, -1)
            os.setresuid(NOBODY, NOBODY, 0)
        try:
            yield Path(name)
        finally:
            if is_root:
                os.setresuid(0, 0, 0)


def permissions(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_made_or_replaced_and_nothing_else_is_left(old: Path) -> None:
    new = old.with_name("new.md")
    for path in (old, new):
        write_whole(path, NEW)
        assert path.read_bytes() == NEW
    assert set(old.parent.iterdir()) == {old, new}


@needs_modes
def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    plain, whole = tmp_path / "plain", tmp_path / "whole"
    plain.touch()
    write_whole(whole, NEW)
    assert permissions(whole) == permissions(plain)


@needs_modes
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666, 0o755])
def test_a_replaced_file_keeps_its_permissions(old: Path, mode: int) -> None:
    old.chmod(mode)
    write_whole(old, NEW)
    assert (permissions(old), old.read_bytes()) == (mode, NEW)


@needs_modes
@pytest.mark.parametrize("is_there", [True, False])
def test_a_link_is_followed(tmp_path: Path, is_there: bool) -> None:
    behind, link = tmp_path / "shelf" / "behind.md", tmp_path / "desk" / "link.md"
    behind.parent.mkdir()
    link.parent.mkdir()
    if is_there:
        behind.write_bytes(OLD)
    link.symlink_to(Path("..") / "shelf" / "behind.md")
    write_whole(link, NEW)
    assert link.is_symlink() and not behind.is_symlink() and behind.read_bytes() == NEW
    assert list(link.parent.iterdir()) == [link] and list(behind.parent.iterdir()) == [behind]


@needs_modes
def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "link.md"
    link.symlink_to(link)
    with pytest.raises(FileError, match=r"link\.md cannot be written: "):
        write_whole(link, NEW)
    assert link.is_symlink() and list(tmp_path.iterdir()) == [link]


@needs_modes
def test_a_pipe_is_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.md"
    os.mkfifo(pipe)
    with pytest.raises(FileError, match="a device or a pipe, not a file"):
        write_whole(pipe, NEW)
    assert pipe.is_fifo() and list(tmp_path.iterdir()) == [pipe]


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "folder.md"
    folder.mkdir()
    with pytest.raises(FileError, match="it is a folder"):
        write_whole(folder, NEW)
    assert list(tmp_path.iterdir()) == [folder]


def test_a_write_protected_file_is_not_replaced(bound_folder: Path) -> None:
    old = bound_folder / "homework.backpass.json"
    old.write_bytes(OLD)
    old.chmod(0o444)
    with pytest.raises(FileError, match="it is write-protected"):
        write_whole(old, NEW)
    assert old.read_bytes() == OLD and list(old.parent.iterdir()) == [old]


def test_where_nothing_can_be_written_the_path_is_named(old: Path) -> None:
    for nowhere in (old.parent / "missing" / "x.md", old / "x.md", old.with_name("x" * 300)):
        with pytest.raises(FileError) as caught:
            write_whole(nowhere, NEW)
        assert str(caught.value).startswith(f"{nowhere} cannot be written: ")
    assert list(old.parent.iterdir()) == [old]


def test_a_disk_that_fills_up_half_way_leaves_the_old_file(old: Path, files_up_to: Bound) -> None:
    new = old.with_name("new.md")
    with files_up_to(len(NEW) // 2):
        for path in (old, new):
            with pytest.raises(FileError, match="cannot be written: File too large"):
                write_whole(path, NEW)
    assert old.read_bytes() == OLD and list(old.parent.iterdir()) == [old]


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_whatever_fails_at_the_end_leaves_the_old_file(
    old: Path, monkeypatch: pytest.MonkeyPatch, call: str, error: BaseException
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(os, call, fail)
    with pytest.raises((FileError, KeyboardInterrupt)) as caught:
        write_whole(old, NEW)
    monkeypatch.undo()
    assert isinstance(error, KeyboardInterrupt) or "the disk is full" in str(caught.value)
    assert old.read_bytes() == OLD and list(old.parent.iterdir()) == [old]


def test_called_off_half_way_leaves_the_old_file(old: Path) -> None:
    left = iter(range(2))

    def check() -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(old, bytes(2**22), check)
    assert old.read_bytes() == OLD and list(old.parent.iterdir()) == [old]


def test_of_a_file_that_is_too_large_one_byte_more_is_read(old: Path) -> None:
    assert read_up_to(old) == OLD
    assert read_up_to(old, 2) == OLD[:3]


@needs_modes
def test_what_is_no_file_is_not_read(tmp_path: Path, watchdog: None) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero"), Path("/dev/null")):
        with pytest.raises(OSError, match="it is a device or a pipe, not a file"):
            read_up_to(path)
    with pytest.raises(OSError, match="it is a folder"):
        read_up_to(tmp_path)
