"""The lock of "Predict, then reveal" in the "Learn" menu."""

from __future__ import annotations

from gui.learn.tool_host import ToolHost

TITLE = "Predict, then reveal"


def add_lock(host: ToolHost) -> None:
    """Add the entry that closes and opens the document's lock. What is behind it is made when it
    is chosen, or as soon as a locked document is open."""
    entry = host.menu.addAction("Lo&ck the derivations…")
    entry.setObjectName("predictLock")
    entry.triggered.connect(lambda: host.tool(TITLE).turn_lock())

    def follow() -> None:
        lock = host.session.standing.lock
        is_closed = lock is not None and lock.closed
        entry.setText("Unlo&ck the derivations…" if is_closed else "Lo&ck the derivations…")
        if is_closed:
            host.tool(TITLE)

    host.changed.connect(follow)
