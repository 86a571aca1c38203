"""What every test stands on: no screen, no settings but its own, one hypothesis profile."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before Qt is imported

import pytest
from hypothesis import settings
from PySide6.QtCore import QSettings

settings.register_profile("backpass", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("backpass")


# Files whose tests take longest. Each file is handed to a process of its own as one piece, so
# these come first: the last piece then is a short one.
LONGEST = ("test_monkey.py", "test_menu.py", "test_kill.py", "test_real_window.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long first; all others in the order of their names."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.fixture(autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings start empty in every test, and the person's own are never read or written."""
    folder = tmp_path_factory.mktemp("settings")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))  # for the programs that a test starts
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))  # where reports of faults go
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    for form in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(form, QSettings.Scope.UserScope, str(folder))


@pytest.fixture
def watchdog() -> Iterator[None]:
    """The test fails where it would hang: after a minute."""
    alarm = getattr(signal, "SIGALRM", None)
    if alarm is None:
        pytest.skip("the system has no such alarm")

    def bark(*_: object) -> None:
        raise TimeoutError("this test hangs")

    before = signal.signal(alarm, bark)
    signal.alarm(60)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(alarm, before)


Bound = Callable[[int], AbstractContextManager[None]]


@pytest.fixture
def files_up_to() -> Bound:
    """`with files_up_to(1000):` no file grows beyond so many bytes, here or in a program started:
    what a disk that fills up does to whoever writes more."""
    resource = pytest.importorskip("resource", reason="the system has no such bound")

    @contextmanager
    def bound(size: int) -> Iterator[None]:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    return bound
