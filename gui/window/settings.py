"""The memory that the way back may take, as it was chosen in the preferences."""

from __future__ import annotations

from PySide6.QtCore import QSettings

from engine.training.history import DEFAULT_MEMORY

MIB = 1024 * 1024
LEAST_MIB, MOST_MIB = 16, 65_536

_KEY = "history/memory_mib"


def kept_memory() -> int:
    """The memory bound that was chosen, in bytes; the default where none was, or no number."""
    value = QSettings().value(_KEY)
    try:
        chosen = int(str(value))
    except ValueError:
        return DEFAULT_MEMORY
    return min(max(chosen, LEAST_MIB), MOST_MIB) * MIB


def keep_memory(memory: int) -> None:
    """Remember a memory bound, in bytes."""
    QSettings().setValue(_KEY, memory // MIB)
