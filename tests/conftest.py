"""What every test stands on: no screen, no settings but its own, one hypothesis profile."""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before Qt is imported

import pytest
from hypothesis import settings
from PySide6.QtCore import QSettings

settings.register_profile("backpass", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("backpass")


@pytest.fixture(autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings start empty in every test, and the person's own are never read or written."""
    folder = tmp_path_factory.mktemp("settings")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))  # for the programs that a test starts
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    for form in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(form, QSettings.Scope.UserScope, str(folder))
