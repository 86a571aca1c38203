"""Reader: a window beside the program's own, with something to read in it."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QImage, QTextCursor, QTextDocument, QTextOption
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QWidget

from gui import theme
from gui.widgets.layouts import column

_SIZE = QSize(720, 560)  # at 100 % text
_EDGE = 40  # pixels that stay free around it on a small window


class _Pages(QTextBrowser):
    """Pages whose pictures are no wider than they are, and as sharp as the screen."""

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        found = super().loadResource(kind, name)
        if kind != QTextDocument.ResourceType.ImageResource.value or isinstance(found, QImage):
            return found
        image = QImage(self.source().resolved(QUrl(name)).toLocalFile())
        bar = self.verticalScrollBar()
        room = self.viewport().width() - 2 * theme.px(theme.MARGIN) - 2
        room -= 0 if bar.isVisible() else bar.sizeHint().width()  # which comes with the pictures
        if image.isNull() or image.width() <= room:
            return image
        ratio = self.devicePixelRatioF()
        fitted = image.scaledToWidth(
            round(room * ratio), Qt.TransformationMode.SmoothTransformation
        )
        fitted.setDevicePixelRatio(ratio)
        return fitted


def _name_in_link(heading: str) -> str:
    """What a heading is called in a link, as GitHub has it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().casefold()).replace(" ", "-")


class Reader(QDialog):
    """Shows a text of the program's own, or a file of its guide. `link_asked` carries a link that
    leads to no page."""

    link_asked = Signal(str)

    def __init__(self, title: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setObjectName(name)
        self.pages = _Pages(self)
        self.pages.setAccessibleName(title)
        self.pages.setOpenLinks(False)
        self.pages.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.pages.anchorClicked.connect(self._follow)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        margins = (theme.MARGIN, theme.MARGIN, theme.MARGIN, theme.MARGIN)
        self.setLayout(column((self.pages, 1), buttons, gap=theme.GAP, margins=margins))
        room = parent.window().size() - QSize(_EDGE, _EDGE)
        self.resize((_SIZE * theme.scale()).boundedTo(room))

    def show_text(self, html: str) -> None:
        """Show a text."""
        self.pages.setHtml(html)
        self.pages.document().setDocumentMargin(theme.px(theme.MARGIN))

    def show_page(self, page: QUrl) -> None:
        """Show a page of the guide."""
        self.pages.setSource(page, QTextDocument.ResourceType.MarkdownResource)
        self._space_out()
        if page.hasFragment():
            self._go_to_heading(page.fragment())

    def _space_out(self) -> None:
        """Give headings and paragraphs of Markdown, which Qt sets close, room to be read."""
        document, block = self.pages.document(), self.pages.document().begin()
        while block.isValid():
            shape = block.blockFormat()
            is_heading = shape.headingLevel() > 0
            shape.setNonBreakableLines(False)  # as those of code are
            shape.setTopMargin(theme.px(theme.MARGIN if is_heading else 2))
            shape.setBottomMargin(theme.px(theme.GAP // 2 if block.textList() else theme.GAP))
            QTextCursor(block).setBlockFormat(shape)
            block = block.next()
        document.setDocumentMargin(theme.px(theme.MARGIN))

    def _go_to_heading(self, name: str) -> None:
        """Bring a heading to the top, by its name in a link: "What is in a file" is
        what-is-in-a-file. Qt gives headings of Markdown no anchors."""
        document, block = self.pages.document(), self.pages.document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel() and _name_in_link(block.text()) == name:
                top = document.documentLayout().blockBoundingRect(block).top()
                self.pages.verticalScrollBar().setValue(round(top))
                return
            block = block.next()

    def _follow(self, link: QUrl) -> None:
        page = self.pages.source().resolved(link)
        if page.isLocalFile() and page.fileName().endswith(".md"):
            self.show_page(page)
        else:
            self.link_asked.emit(link.toString())
