"""Settings: everything that outlives the window, and the keys it is kept under."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings

from engine.training.history import DEFAULT_MEMORY

GEOMETRY = "geometry"
THEME = "theme"
RECENT = "recent"
LOG = "loss/log"
DIGITS = "digits"
NOTATION = "notation/{quantity}"
LESSON_REACHED = "lessons/{lesson}/reached"
LESSON_FINISHED = "lessons/{lesson}/finished"
MEMORY = "history/memory_mib"

MIB = 1024 * 1024
LEAST_MIB, MOST_MIB = 16, 65_536


def kept(key: str, default: str) -> str:
    """The text under a key; the default where there is none."""
    return str(QSettings().value(key, default))


def keep(key: str, value: object) -> None:
    """Remember a value."""
    QSettings().setValue(key, value)


def kept_flag(key: str) -> bool:
    """Whether something was switched on; off where it never was."""
    return kept(key, "false") == "true"


def keep_flag(key: str, is_on: bool) -> None:
    """Remember whether something is switched on."""
    keep(key, "true" if is_on else "false")


def kept_list(key: str) -> list[str]:
    """The texts under a key; none where there is nothing."""
    stored = QSettings().value(key, [])
    if isinstance(stored, str):
        return [stored]  # as a list of one comes back
    return [str(each) for each in stored] if isinstance(stored, list | tuple) else []


def kept_geometry() -> QByteArray | None:
    """Size and place of the window as it was closed last."""
    geometry = QSettings().value(GEOMETRY)
    return geometry if isinstance(geometry, QByteArray) else None


def kept_memory() -> int:
    """The bound that was chosen for the memory of the way back, in bytes; the default where none
    was, or no number."""
    try:
        chosen = int(kept(MEMORY, ""))
    except ValueError:
        return DEFAULT_MEMORY
    return min(max(chosen, LEAST_MIB), MOST_MIB) * MIB


def keep_memory(memory: int) -> None:
    """Remember a bound for the memory of the way back, in bytes."""
    keep(MEMORY, memory // MIB)
