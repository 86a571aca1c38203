"""A settings file that is broken, in whatever way, costs no start: the default stands."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QSettings, QSize
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from engine.documents.examples import read_example
from engine.learn.lessons.bundled import lesson_names
from gui import settings, theme
from gui.window.main_window import MainWindow

Found = TypeVar("Found")

PROJECT = Path(__file__).resolve().parents[3]
LESSON = lesson_names()[0]
GARBAGE = bytes(range(256)) * 40


def written_geometry(
    normal: tuple[int, int, int, int] = (0, 0, 899, 599), flags: tuple[int, int] = (0, 0)
) -> bytes:
    """A geometry as Qt writes it, of a window with these edges, and whether it is maximised and
    fills the screen."""
    head = struct.pack(">IHH", 0x1D9D0CB, 3, 0)
    places = struct.pack(">4i4ii", *normal, *normal, 0)
    data = head + places + bytes(flags) + struct.pack(">i4i", 800, *normal)
    return b"[General]\ngeometry=@ByteArray(" + b"".join(b"\\x%x" % each for each in data) + b")\n"

TEXTS: dict[str, bytes] = {
    "empty": b"",
    "no theme of that name": b"[General]\ntheme=nope\n",
    "a theme that is empty": b"[General]\ntheme=\n",
    "a list as theme": b"[General]\ntheme=light, dark\n",
    "a size as theme": b"[General]\ntheme=@Size(-4 -4)\n",
    "nothing as theme": b"[General]\ntheme=@Invalid()\n",
    "a theme of a megabyte": b"[General]\ntheme=" + b"x" * 1_000_000 + b"\n",
    "a negative memory": b"[history]\nmemory_mib=-64\n",
    "a huge memory": b"[history]\nmemory_mib=99999999\n",
    "a memory of 5000 digits": b"[history]\nmemory_mib=" + b"9" * 5000 + b"\n",
    "a memory in words": b"[history]\nmemory_mib=plenty\n",
    "a memory that is no number": b"[history]\nmemory_mib=nan\n",
    "a power as memory": "[history]\nmemory_mib=6²\n".encode(),
    "words as geometry": b"[General]\ngeometry=wide\n",
    "garbage as geometry": b"[General]\ngeometry=@ByteArray(" + GARBAGE + b")\n",
    "a geometry that breaks off": b"[General]\ngeometry=@ByteArray(\\x1\\xd9\\xd0\\xcb\\0\\x3\\0\n",
    "negative sizes as geometry": written_geometry(normal=(0, 0, -500, -500)),
    "a huge size as geometry": written_geometry(normal=(0, 0, 2**31 - 1, 2**31 - 1)),
    "a place far away as geometry": written_geometry(normal=(-(2**31), -(2**31), 99 - 2**31, 0)),
    "flags of no kind as geometry": written_geometry(flags=(255, 255)),
    "a rectangle as geometry": b"[General]\ngeometry=@Rect(0 0 -1 -1)\n",
    "garbage as variants": b"[General]\ntheme=@Variant(\\0\\0\\0\\x8\\xff\\xff\\xff\\xff)\n"
    b"recent=@Variant(\\0\\0\\0\\t\\xff\\xff\\xff\\xff)\n",
    "variants that Qt does not know": b"[General]\ntheme=@Variant(garbage)\n"
    b"digits=@Variant(\\0\\0\\0\\x7f\\0\\0\\0\\0\\x5Foo\\0)\n"
    b'recent=/tmp, "@Variant(\\0\\0\\x3\\x9e\\0)", @DateTime(\\0\\0)\n',
    "variants in other words": b"[General]\ntheme = \\x40Variant(garbage)\n"
    b"digits=\\100Variant(garbage)\nrecent=\\\n@Variant(garbage), \\x10040Variant(garbage)\n",
    "digits and notation of no kind": b"[General]\ndigits=5\n"
    b"[notation]\nloss=7\ntarget=@Invalid()\n",
    "flags that are neither": b"[loss]\nlog=maybe\n[lessons]\n"
    + f"{LESSON}\\finished=7\n{LESSON}\\reached=".encode()
    + b"9" * 5000
    + b"\n",
    "recent files that cannot be": b"[General]\nrecent=/\\0, /" + b"x" * 5000 + b", , @Invalid()\n",
    "a number as recent files": b"[General]\nrecent=@Size(3 3)\n",
    "keys that nobody knows": b"[General]\nspeed=9\n[a]\nb\\c\\d=e\nno sign of equality\n%%=%zz\n",
    "NUL bytes": b"\0" * 4096,
    "NUL bytes within": b"[General]\nthe\0me=dark\ntheme=da\0rk\n",
    "not a text": GARBAGE,
    "UTF-16": "[General]\ntheme=dark\n".encode("utf-16"),
    "another format": b'{"theme": "dark", "history": {"memory_mib": 64}}',
    "a bracket that stays open": b"[General\ntheme=nope\n[[[]]]\n=\n",
}


def _folder(path: Path) -> None:
    path.mkdir()
    (path / "something").write_bytes(b"in it")


def _no_folder_around(path: Path) -> None:
    path.parent.rmdir()
    path.parent.write_bytes(b"a file where the folder should be")


def _unreadable(path: Path) -> None:
    path.write_bytes(b"[General]\ntheme=dark\n")
    path.chmod(0)
    if os.access(path, os.R_OK):  # by whoever may read everything, but not this
        path.unlink()
        path.symlink_to("/proc/self/mem")


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _write_protected(path: Path) -> None:
    path.write_bytes(b"[General]\ntheme=nope\n")
    path.chmod(0o444)
    path.parent.chmod(0o555)


def _leads_in_a_circle(path: Path) -> None:
    path.symlink_to(path)


PLACES: dict[str, Callable[[Path], None]] = {
    "a folder in its place": _folder,
    "a file in its folder's place": _no_folder_around,
    "unreadable": _unreadable,
    "write-protected": _write_protected,
    "a link that leads in a circle": _leads_in_a_circle,
    "a pipe": _pipe,
    "a device without an end": _endless,
}


def file_of_settings() -> Path:
    """Where the settings of this test are kept."""
    store = settings.stored()
    assert store is not None
    return Path(store.fileName())


def spoil(name: str, path: Path) -> None:
    """Put a broken file there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if name in TEXTS:
        path.write_bytes(TEXTS[name])
    else:
        PLACES[name](path)


@pytest.mark.parametrize("name", [*TEXTS, *PLACES])
@pytest.mark.usefixtures("watchdog")
def test_the_defaults_stand_behind_a_broken_file(name: str, qtbot: QtBot) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    spoil(name, file_of_settings())
    theme.load_fonts()
    theme.apply(app, settings.THEME.kept())
    window = MainWindow()
    qtbot.addWidget(window)
    window.documents.show(read_example("mazur-2-2-2"), "mazur-2-2-2")
    window.show()
    qtbot.waitExposed(window)
    assert theme.current().name == "light"
    assert window.session.memory == 256 * settings.MIB
    assert window.size() == QSize(1440, 900) and not window.isFullScreen()
    assert found(window, QLabel, "lossValue").text() == "E = 0.298371"
    assert not found(window, QAbstractButton, "lossLog").isChecked()
    assert not found(window, QAction, f"lesson/{LESSON}").isChecked()
    recent = next(m for m in window.findChildren(QMenu) if m.title() == "Open &recent")
    recent.aboutToShow.emit()
    assert [action.text() for action in recent.actions()] == ["nothing yet"]
    # What is chosen then holds, whether or not it can be kept.
    window.use_theme("dark")
    assert theme.current().name == "dark"
    window.close_quietly()


def found(window: MainWindow, kind: type[Found], name: str) -> Found:
    child = window.findChild(kind, name)
    assert isinstance(child, kind)
    return child


def test_what_stands_in_a_file_of_settings_is_never_run(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> object:
            return os.mkdir, (str(tmp_path / "it ran"),)

    path = file_of_settings()
    QSettings(str(path), QSettings.Format.IniFormat).setValue("recent", Evil())
    assert b"recent=@Variant(" in path.read_bytes()
    assert all("Variant" in text for text in settings.RECENT.kept())
    assert not (tmp_path / "it ran").exists()
    settings.THEME.keep("dark")
    assert not (tmp_path / "it ran").exists() and settings.THEME.kept() == "dark"


@pytest.mark.parametrize(
    "paths", [["/home/a b/@c, d.json"], ["@a", "@@b", "x=y"], ["\\\\server\\a", "ž;\"€\""], []]
)
def test_paths_come_back_as_they_were(paths: list[str]) -> None:
    for _ in range(2):
        settings.RECENT.keep(paths)
        assert settings.RECENT.kept() == settings.RECENT.kept() == paths


def test_a_geometry_that_can_be_is_taken(qtbot: QtBot) -> None:
    path = file_of_settings()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written_geometry(normal=(10, 10, 909, 609)))
    window = MainWindow()
    qtbot.addWidget(window)
    window.documents.show(read_example("mazur-2-2-2"), "mazur-2-2-2")
    assert window.size() != QSize(1440, 900)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere they are elsewhere")
@pytest.mark.parametrize(
    "name",
    [
        "no theme of that name", "garbage as geometry", "garbage as variants",
        "variants that Qt does not know", "variants in other words", "not a text",
        "a folder in its place", "a file in its folder's place", "unreadable", "a pipe",
    ],
)  # fmt: skip
def test_the_program_starts_with_a_broken_file(name: str) -> None:
    spoil(name, Path(os.environ["XDG_CONFIG_HOME"]) / "Backpass" / "Backpass.conf")
    done = subprocess.run(
        [sys.executable, "-c", START], cwd=PROJECT, capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "shown in light\n", "")


START = """
import sys
from PySide6.QtCore import QTimer
from gui import theme
from gui.window.main_window import MainWindow
import main

def told(window):
    print("shown in", theme.current().name)
    window.close()

def show(window):
    shown(window)
    QTimer.singleShot(0, window, lambda: told(window))

shown, MainWindow.show = MainWindow.show, show
sys.exit(main.main([]))
"""
