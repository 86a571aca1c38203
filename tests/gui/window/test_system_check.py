from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gui.window import system_check

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux leaves libraries to the system"
)


@pytest.fixture(autouse=True)
def no_display(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two libraries that no machine has: one that Qt always needs, one for a screen."""
    monkeypatch.setitem(system_check.QT_LIBRARIES, "libnever.so.1", "libnever1")
    monkeypatch.setitem(system_check.X11_LIBRARIES, "libxcb-never.so.0", "libxcb-never0")


@pytest.fixture
def x11_display() -> Iterator[str]:
    """A display of its own, ready to answer."""
    if shutil.which("Xvfb") is None:
        pytest.skip("there is no Xvfb here")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as pipe:
        yield f":{pipe.readline().strip()}"
    server.terminate()
    server.wait()


def test_this_machine_lacks_nothing_that_the_tests_need() -> None:
    assert system_check.missing_libraries(screen=False) == []


@pytest.mark.usefixtures("lacking")
def test_missing_libraries_are_named_by_their_packages() -> None:
    assert system_check.missing_libraries(screen=False) == ["libnever1"]
    assert {"libnever1", "libxcb-never0"} <= set(system_check.missing_libraries(screen=True))


def test_two_libraries_of_one_package_name_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for library in ("libnever.so.1", "libnever-too.so.1"):
        monkeypatch.setitem(system_check.QT_LIBRARIES, library, "libnever1")
    assert system_check.missing_libraries(screen=False) == ["libnever1"]


def test_as_a_program_it_prints_what_is_missing(tmp_path: Path) -> None:
    """With a PATH that leads nowhere the programs of the tests are missing for sure."""
    check = [sys.executable, system_check.__file__]
    for words, programs in (([], set()), (["--tests"], {"xvfb", "xdotool"})):
        done = subprocess.run(
            [*check, *words],
            env=os.environ | {"PATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        named = set(done.stdout.split())
        assert named & {"xvfb", "xdotool"} == programs
        assert done.returncode == (1 if named else 0)
        assert done.stdout.count("\n") <= 1


def test_without_a_display_there_is_no_window() -> None:
    problem = system_check.display_problem()
    if system_check.missing_libraries(screen=True):
        pytest.skip("the libraries for a screen are missing too, and are named first")
    assert problem is not None and problem.startswith("There is no display")


def test_a_display_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    if system_check.missing_libraries(screen=True):
        pytest.skip("the libraries for a screen are missing too, and are named first")
    monkeypatch.setenv("DISPLAY", ":4711")
    assert "The display :4711 does not answer" in str(system_check.display_problem())


def test_a_display_that_answers_will_do(monkeypatch: pytest.MonkeyPatch, x11_display: str) -> None:
    monkeypatch.setenv("DISPLAY", x11_display)
    assert system_check.display_problem() is None


def test_offscreen_needs_no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert system_check.display_problem() is None


@pytest.mark.usefixtures("lacking")
def test_the_sentence_names_missing_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = str(system_check.display_problem())
    assert "sudo apt-get install" in problem and "libnever1" in problem
    assert "libxcb-never0" in problem
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert 'run "sudo apt-get install libnever1" first.' in str(system_check.display_problem())
