"""Pictures: those of network, loss curve and surface, written into files; and their menu."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from engine.documents.examples import without_ending
from engine.documents.whole_file import FileError, write_whole
from engine.run.column_words import class_names
from engine.text.numbers import format_count
from gui import theme
from gui.documents.documents import Documents
from gui.documents.save_dialog import FileKind
from gui.session.session import Session
from gui.widgets.picture import Picture, png, svg
from gui.window.columns import Columns

_SVG, _PNG = FileKind("SVG", (".svg",)), FileKind("PNG", (".png",))
_TIKZ = FileKind("TikZ, with the weights as they are", (".tex",))
_HIDDEN = "It is hidden for now, so there is no picture of it."


class Pictured(Struct, frozen=True):
    """Something to be seen: its entry in the menu, what it is in, what gives its picture (None
    while it is hidden), and the kinds of files that it can be."""

    title: str
    panel: QWidget
    picture: Callable[[], Picture | None]
    kinds: tuple[FileKind, ...] = (_SVG, _PNG)


class Pictures:
    """Writes pictures of what the window shows. What there is one of is called network, loss and
    surface, here as on the command line."""

    def __init__(self, columns: Columns, session: Session, documents: Documents) -> None:
        self._columns = columns
        self._session = session
        self._documents = documents
        canvas, loss, result = columns.canvas, columns.loss, columns.result
        self._things = {
            "network": Pictured("&Network", canvas, canvas.picture, (_SVG, _PNG, _TIKZ)),
            "loss": Pictured("&Loss curve", loss, loss.picture),
            "surface": Pictured("&Surface, or outputs", result, result.picture),
        }
        columns.canvas.picture_wanted.connect(lambda light: self.save("network", light))
        columns.loss.picture_wanted.connect(lambda light: self.save("loss", light))
        columns.result.picture_wanted.connect(lambda light: self.save("surface", light))

    def add_to(self, menu: QMenu) -> None:
        """Add the submenu of the File menu."""
        below = menu.addMenu("Save pi&cture")
        below.setObjectName("picturesMenu")
        light = QAction("In light colours", below)
        light.setCheckable(True)
        for what, thing in self._things.items():
            below.addAction(f"{thing.title}…").triggered.connect(
                lambda _=False, what=what: self.save(what, light.isChecked())
            )
        line = below.addSeparator()
        below.addAction(light)

        def offer() -> None:
            for each in (line, light):
                each.setVisible(theme.current().name != theme.LIGHT.name)

        below.aboutToShow.connect(offer)

    def save(self, what: str, light: bool = False) -> None:
        """Ask for a file, and write a picture into it: of the network, the loss or the surface."""
        files, thing = self._documents.files, self._things[what]
        self.bring_forward(what)
        if thing.picture() is None:
            files.say(_HIDDEN)
            return
        name = without_ending(self._documents.name)
        name = f"{name} {what}.svg"
        path = files.ask_where("Save picture", name, *thing.kinds)
        if path is None:
            return
        try:
            write_whole(path, self.data(what, path.suffix.lower(), light))
        except FileError as error:
            files.say(str(error))
        else:
            files.exported.emit(path)

    def bring_forward(self, what: str) -> None:
        """Bring one of WHAT out of a closed side or from behind a tab: hidden it may never have
        been drawn."""
        self._columns.bring_forward(self._things[what].panel)

    def data(self, what: str, ending: str, light: bool = False) -> bytes:
        """The bytes of a picture, by the ending of its file. Raises FileError for what cannot be
        had: what is hidden, or a kind of file that there is none of."""
        thing = self._things[what]
        if all(ending not in kind.endings for kind in thing.kinds):
            endings = ", ".join(kind.endings[0] for kind in thing.kinds)
            raise FileError(f"A picture of the {what} can be {endings}, not “{ending}”.")
        if ending in _TIKZ.endings:
            return self._tikz().encode()
        picture = thing.picture()
        if picture is None:
            raise FileError(_HIDDEN)
        theme_name = theme.LIGHT.name if light else theme.current().name
        return (svg if ending in _SVG.endings else png)(picture, theme_name)

    def _tikz(self) -> str:
        from engine.export.tikz import MOST_LINES, network_tikz  # loaded when it is asked for

        session = self._session
        count = session.spec.network.size
        if count > MOST_LINES:
            raise FileError(
                f"TikZ is for networks of up to {format_count(MOST_LINES)} parameters, and this "
                f"one has {format_count(count)}. SVG and PNG take any."
            )
        return network_tikz(
            session.spec.network,
            session.state.theta,
            session.standing.layout,
            session.writing.digits,
            session.writing.notation,
            session.standing.title or without_ending(self._documents.name),
            class_names(session.spec),
        )
