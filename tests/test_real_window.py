"""The real window on a real X server: keys are pressed by xdotool, results read from the file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
EXAMPLE = PROJECT / "resources" / "examples" / "mazur-2-2-2.backpass.json"
PATIENCE_SECONDS = 60.0

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="Xvfb and xdotool are programs of Linux"
)


def wait_for(found: Callable[[], object]) -> object:
    """Ask until the answer is true, and fail if it never is."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        answer = found()
        if answer:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"waited {PATIENCE_SECONDS:.0f} s in vain")


@pytest.fixture
def display(request: pytest.FixtureRequest) -> Iterator[str]:
    """A screen of its own for this test, of a size that may be given as its parameter."""
    size = getattr(request, "param", "1440x900")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size}x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as answer:
        number = answer.readline().strip()
    assert number, "Xvfb did not start"
    yield f":{number}"
    server.terminate()
    server.wait()


class Window:
    """The program in its own process, and the keys pressed in it."""

    def __init__(self, display: str, home: Path, *arguments: str) -> None:
        self._environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("QT_", "XDG_"))},
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_RUNTIME_DIR": str(home),
        }
        self._log = (home / "log.txt").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, str(PROJECT / "main.py"), *arguments],
            env=self._environment,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        self.id = str(wait_for(self._find))
        self._xdotool("windowfocus", "--sync", self.id)

    def _xdotool(self, *words: str) -> str:
        return subprocess.run(
            ["xdotool", *words], env=self._environment, capture_output=True, text=True, check=False
        ).stdout.strip()

    def _find(self) -> str:
        assert self.process.poll() is None, self.log()
        return self._xdotool("search", "--onlyvisible", "--name", "Backpass").split("\n")[0]

    @property
    def frame(self) -> tuple[int, int, int, int]:
        """Left, top, width and height, in pixels of the screen."""
        shell = self._xdotool("getwindowgeometry", "--shell", self.id)
        told = dict(line.split("=") for line in shell.split("\n"))
        return int(told["X"]), int(told["Y"]), int(told["WIDTH"]), int(told["HEIGHT"])

    @property
    def title(self) -> str:
        return self._xdotool("getwindowname", self.id)

    def press(self, *keys: str) -> None:
        for key in keys:
            self._xdotool("key", "--delay", "30", key)

    def log(self) -> str:
        self._log.flush()
        self._log.seek(0)
        return self._log.read()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._log.close()


@pytest.fixture
def window(display: str, tmp_path: Path) -> Iterator[Window]:
    document = tmp_path / "lesson.backpass.json"
    shutil.copy(EXAMPLE, document)
    made = Window(display, tmp_path, str(document))
    yield made
    made.close()


def test_keys_step_train_edit_undo_save_and_quit(window: Window, tmp_path: Path) -> None:
    document = tmp_path / "lesson.backpass.json"
    before = document.stat().st_mtime_ns

    def saved() -> dict[str, object]:
        """Press save, and read what then stands in the file."""
        nonlocal before
        window.press("ctrl+s")
        wait_for(lambda: document.stat().st_mtime_ns != before)
        before = document.stat().st_mtime_ns
        return dict(json.loads(document.read_text(encoding="utf-8")))

    wait_for(lambda: "lesson.backpass.json" in window.title)

    # Thirteen presses of a clicker's key lead to the gradient of w5, two back to the total loss.
    window.press(*["Next"] * 13)
    step = saved()["place"]["revealed"]  # type: ignore[index]
    assert (step["kind"], step["layer"], step["unit"], step["source"]) == (
        "weight_gradient", 2, 0, 0,
    )  # fmt: skip
    window.press("Prior", "Prior")
    assert saved()["place"]["revealed"]["kind"] == "total_loss"  # type: ignore[index]
    window.press("space")
    assert saved()["place"]["revealed"]["kind"] == "delta"  # type: ignore[index]

    # One epoch; then training until it is paused.
    window.press("e")
    assert saved()["state"]["updates"] == 1  # type: ignore[index]
    window.press("t")
    time.sleep(1.0)
    window.press("t")
    trained = saved()["state"]["updates"]  # type: ignore[index]
    assert trained > 100

    # Reset, and undo of the reset.
    window.press("r")
    assert "state" not in saved()
    window.press("ctrl+z")
    assert saved()["state"]["updates"] == trained  # type: ignore[index]

    window.press("ctrl+q")
    wait_for(lambda: window.process.poll() is not None)
    assert window.process.returncode == 0
    assert window.log() == ""


@pytest.mark.parametrize(
    ("display", "size"),
    [("1920x1080", (1440, 900)), ("1366x768", (1366, 768)), ("1024x600", (1024, 600))],
    indirect=["display"],
)
def test_the_first_window_is_no_larger_than_the_screen(
    window: Window, size: tuple[int, int]
) -> None:
    left, top, width, height = window.frame
    assert (width, height) == size
    assert left >= 0 and top >= 0
