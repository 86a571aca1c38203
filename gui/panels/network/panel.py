"""The settings of the network and of its training: layers, loss, optimizer, batches, start."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from engine.maths.network import Network, with_layer
from engine.maths.optimizers import RULES, SETTINGS, Optimizer
from engine.run.check_spec import SpecError, check_spec
from engine.run.limits import HIDDEN_LAYERS, INPUTS, SAMPLES
from engine.run.spec import Batching, Spec
from gui import theme
from gui.panels.network.clipping_rows import ClippingRows
from gui.panels.network.initializer_rows import InitializerRows
from gui.panels.network.layer_rows import LINE_GAP, FormRow, LayerRows, size_count
from gui.panels.network.loss_rows import LossRows
from gui.panels.network.penalty_rows import PenaltyRows
from gui.panels.network.schedule_rows import ScheduleRows
from gui.view import View
from gui.widgets.buttons import Button, CheckBox
from gui.widgets.card import Card
from gui.widgets.choice import Choice, ChoiceItem
from gui.widgets.count_field import CountField
from gui.widgets.labels import PlainLabel
from gui.widgets.number_field import Check, NumberField
from gui.widgets.plain_text import set_tip
from gui.widgets.tab_order import follow_on
from gui.widgets.vertical_scroll import VerticalScroll

_BATCHES = (
    ChoiceItem("all", "all samples"),
    ChoiceItem("mini", "mini-batch"),
    ChoiceItem("one", "one sample"),
)

# Pixels.
_SIZE_WIDTH = 56
_GUTTER = 11  # right of the fields, up to the edge of the card
_SCROLL_BAR = theme.NARROW_SCROLL_BAR
_NARROW = 262  # a card below this takes brief labels


class NetworkPanel(Card):
    """What is trained, and how. It shows what is in force and reports what a person chooses."""

    units_chosen = Signal(int, int)  # layer (0 are the inputs), units
    activation_chosen = Signal(int, str)
    activation_setting_chosen = Signal(int, str, float)  # layer, key in ACTIVATION_SETTINGS
    layer_added = Signal(int)  # the new hidden layer stands before this one
    layer_removed = Signal(int)
    bias_chosen = Signal(int, str, bool)  # layer, kind and "threshold" if it is one, trained
    loss_chosen = Signal(str)
    loss_setting_chosen = Signal(str, float)
    loss_output_chosen = Signal(int)
    reduction_chosen = Signal(str)
    penalty_chosen = Signal(object)  # the Penalty
    schedule_chosen = Signal(object)  # the Schedule
    clipping_chosen = Signal(object)  # the Clipping
    rate_factor_chosen = Signal(int, float)  # layer, factor of its learning rate
    dropout_chosen = Signal(int, float)  # layer, share of its units
    optimizer_chosen = Signal(str)
    optimizer_setting_chosen = Signal(str, float)
    batch_chosen = Signal(object, bool)  # samples or None for all, shuffled
    initializer_chosen = Signal(str)
    initializer_setting_chosen = Signal(str, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Network", parent)
        self._spec: Spec | None = None
        self._view: View | None = None
        self._layers: list[LayerRows] = []
        self._edit = Button("edit layers", "editLayers", "Biases, more and fewer layers", link=True)
        self._edit.setCheckable(True)
        self._edit.toggled.connect(self._show_details)
        self.corner.addWidget(self._edit)
        self._content = QVBoxLayout()
        self._content.setSpacing(LINE_GAP)
        self._make_scroll_area()
        self._add_layer_rows()
        self._add_loss_rows()
        self._penalty = PenaltyRows()
        self._penalty.chosen.connect(self.penalty_chosen)
        self._content.addWidget(self._penalty)
        self._add_optimizer_rows()
        self._schedule, self._clipping = ScheduleRows(), ClippingRows()
        self._schedule.chosen.connect(self.schedule_chosen)
        self._clipping.chosen.connect(self.clipping_chosen)
        self._content.addWidget(self._schedule)
        self._content.addWidget(self._clipping)
        self._add_start_rows()
        self._add_batch_rows()
        self._content.addStretch(1)
        self._show_details(False)

    # What is in the panel

    def _add_layer_rows(self) -> None:
        self._inputs = CountField("units0", "Inputs", 1, INPUTS.most)
        size_count(self._inputs)
        self._inputs.chosen.connect(lambda count: self.units_chosen.emit(0, count))
        self._content.addWidget(FormRow("Input", self._inputs))
        self._layer_box = QVBoxLayout()
        self._layer_box.setSpacing(LINE_GAP)
        self._content.addLayout(self._layer_box)
        self._add = Button("+ layer ▾", "addLayer", "", self._offer_places, link=True)
        self._places = QMenu(self)
        self._places.setObjectName("layerPlaces")
        self._add_row = FormRow("", self._add)
        self._content.addWidget(self._add_row)

    def _add_loss_rows(self) -> None:
        self._loss = LossRows()
        self._loss.loss_chosen.connect(self.loss_chosen)
        self._loss.setting_chosen.connect(self.loss_setting_chosen)
        self._loss.output_chosen.connect(self.loss_output_chosen)
        self._loss.reduction_chosen.connect(self.reduction_chosen)
        self._content.addWidget(self._loss)

    def _add_optimizer_rows(self) -> None:
        self._optimizer = Choice("optimizer", "Optimizer")
        self._optimizer.offer(
            [ChoiceItem(rule.key, rule.title, note=rule.formula) for rule in RULES.values()]
        )
        self._optimizer.chosen.connect(self.optimizer_chosen)
        self._content.addWidget(FormRow("Optimizer", self._optimizer, filling=self._optimizer))
        self._more = Button(
            "+ more ▾",
            "moreTraining",
            "A learning rate by schedule, clipped gradients, a penalty for large weights",
            self._offer_more,
            link=True,
        )
        self._additions = QMenu(self)
        self._additions.setObjectName("additions")
        self._settings: dict[str, NumberField] = {}
        self._setting_rows: dict[str, FormRow] = {}
        for name, setting in SETTINGS.items():
            field = NumberField(check=self._check_of(name))
            field.setObjectName(name)
            field.setAccessibleName(setting.label)
            field.edited.connect(
                lambda value, name=name: self.optimizer_setting_chosen.emit(name, value)
            )
            beside = (self._more,) if name == "learning_rate" else ()
            row = FormRow(setting.label, field, *beside, filling=field, brief=setting.brief)
            self._settings[name] = field
            self._setting_rows[name] = row
            self._content.addWidget(row)

    def _add_batch_rows(self) -> None:
        self._batch = Choice("batch", "Batch")
        self._batch.offer(_BATCHES)
        self._batch.chosen.connect(self._choose_batch)
        self._size = CountField("batchSize", "Samples in a batch", 2, SAMPLES.most)
        size_count(self._size, _SIZE_WIDTH)
        self._size.chosen.connect(self._choose_size)
        self._shuffled = CheckBox("shuffled")
        self._shuffled.setObjectName("shuffled")
        set_tip(self._shuffled, "Another order each epoch; it follows from seed and epoch")
        self._shuffled.clicked.connect(self._choose_shuffled)
        self._content.addWidget(FormRow("Batch", self._batch, self._size, filling=self._batch))
        self._seed = PlainLabel(name="seed")
        self._seed.setMinimumWidth(1)
        set_tip(self._seed, "What start values and the order of samples are drawn from")
        self._content.addWidget(FormRow("Seed", self._seed, self._shuffled, filling=self._seed))

    def _add_start_rows(self) -> None:
        self._initializer = InitializerRows()
        self._initializer.initializer_chosen.connect(self.initializer_chosen)
        self._initializer.setting_chosen.connect(self.initializer_setting_chosen)
        self._content.addWidget(self._initializer)

    def _make_scroll_area(self) -> None:
        """What the rows stand in. Its bar is in the card's right margin, so that fields keep their
        width."""
        inside = QWidget()
        inside.setLayout(self._content)
        self._scroll = scroll = VerticalScroll(inside)
        scroll.setObjectName("networkScroll")  # the style sheet knows it by this name
        self.body.addWidget(scroll)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.viewport().setAutoFillBackground(False)
        scroll.verticalScrollBar().rangeChanged.connect(self._keep_gutter)
        self._keep_gutter(0, 0)
        card = self.layout()
        assert card is not None
        margins = card.contentsMargins()
        margins.setRight(margins.right() - _GUTTER)
        card.setContentsMargins(margins)
        self.corner.setContentsMargins(0, 0, _GUTTER, 0)

    def _keep_gutter(self, lowest: int, highest: int) -> None:
        taken = _SCROLL_BAR if highest > lowest else 0
        self._content.setContentsMargins(0, 0, _GUTTER - taken, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_labels()

    def _fit_labels(self) -> None:
        for row in self.findChildren(FormRow):
            row.set_narrow(self.width() < theme.px(_NARROW))

    # What the person does

    def _show_details(self, shown: bool) -> None:
        self._edit.setText("done" if shown else "edit layers")
        self._add_row.setVisible(shown)
        for rows in self._layers:
            rows.show_details(shown)
        self._scroll.verticalScrollBar().setValue(0)  # where the layers are

    def _offer_places(self) -> None:
        """Ask before which layer the new one is to stand."""
        self._places.clear()
        depth = len(self._layers)
        for position in range(1, depth + 1):
            action = self._places.addAction(f"before {_in_words(position, depth)}")
            action.triggered.connect(
                lambda _=False, position=position: self.layer_added.emit(position)
            )
        self._add.open_menu(self._places)

    def _offer_more(self) -> None:
        """Ask what else training is to have; what is there already has lines of its own."""
        self._additions.clear()
        for title, begin in self._possible_additions().items():
            self._additions.addAction(title).triggered.connect(begin)
        self._more.open_menu(self._additions)

    def _possible_additions(self) -> dict[str, Callable[[], None]]:
        spec, additions = self._spec, dict[str, Callable[[], None]]()
        if spec is None:
            return additions
        if spec.schedule.is_constant:
            additions["Learning rate by schedule"] = self._schedule.begin
        if not spec.clipping.is_on:
            additions["Gradient clipping"] = self._clipping.begin
        if not spec.penalty.parts:
            additions["Weight penalty (L2, L1)"] = self._penalty.begin
        return additions

    def _check_of(self, name: str) -> Check:
        """What the engine has against a value of a setting of the optimizer."""

        def objection(value: float) -> str | None:
            if self._spec is None:
                return None
            optimizer = self._spec.optimizer.changed(**{name: value})
            return _objection(replace(self._spec, optimizer=optimizer))

        return objection

    def _objection_to(self, layer: int, key: str, value: float) -> str | None:
        """What the engine has against a value of a setting of a layer's activation."""
        if self._spec is None:
            return None
        settings = {**self._spec.network.layers[layer - 1].settings, key: value}
        network = with_layer(self._spec.network, layer, settings=settings)
        return _objection(replace(self._spec, network=network))

    @property
    def _batching(self) -> Batching:
        return Batching() if self._spec is None else self._spec.batching

    def _choose_batch(self, kind: str) -> None:
        samples = 0 if self._spec is None else len(self._spec.data)
        size = {"all": None, "one": 1, "mini": max(2, min(32, samples // 2))}[kind]
        self.batch_chosen.emit(size, self._batching.shuffled)

    def _choose_size(self, size: int) -> None:
        self.batch_chosen.emit(size, self._batching.shuffled)

    def _choose_shuffled(self, shuffled: bool) -> None:
        self.batch_chosen.emit(self._batching.size, shuffled)

    # What is in force

    def display(self, view: View) -> None:
        """Show a view's settings."""
        shown, self._view = self._view, view
        if shown is not None and view.revealed != shown.revealed and view.is_only_steps_from(shown):
            return  # a step, and not an edit that was refused, after which a field goes back
        self._spec = spec = view.spec
        network = spec.network
        if len(self._layers) != network.depth:
            self._rebuild_layers(network)
        self._inputs.show_count(len(network.inputs))
        for rows, layer in zip(self._layers, network.layers, strict=True):
            rows.display(layer)
        most = HIDDEN_LAYERS.most
        full = network.depth > most
        self._add.setEnabled(not full)
        set_tip(
            self._add, f"There are at most {most} hidden layers" if full else "A new hidden layer"
        )
        self._loss.display(spec, view.notation)
        self._penalty.display(spec.penalty)
        self._display_optimizer(spec.optimizer)
        self._schedule.display(spec.schedule, spec.rate_at(view.t + 1))
        self._clipping.display(spec.clipping)
        self._more.setVisible(bool(self._possible_additions()))
        self._display_batching(spec.batching)
        self._initializer.display(spec)
        self._seed.setText(str(spec.seed))

    def _display_optimizer(self, optimizer: Optimizer) -> None:
        rule = RULES[optimizer.key]
        self._optimizer.show_key(optimizer.key)
        set_tip(self._optimizer, rule.formula)
        for name, row in self._setting_rows.items():
            row.setVisible(name in rule.settings)
            self._settings[name].set_value(optimizer[name])

    def _display_batching(self, batching: Batching) -> None:
        size = batching.size
        self._batch.show_key("all" if size is None else "one" if size == 1 else "mini")
        self._size.setVisible(size is not None and size > 1)
        if size is not None and size > 1:
            self._size.show_count(size)
        self._shuffled.show_checked(batching.shuffled)

    def _rebuild_layers(self, network: Network) -> None:
        while self._layers:
            rows = self._layers.pop()
            rows.blockSignals(True)  # what was being typed there is of a layer that is gone
            self._layer_box.removeWidget(rows)
            rows.setParent(None)
            rows.deleteLater()
        for number in range(1, network.depth + 1):
            title, is_output = network.layer_title(number), number == network.depth
            rows = LayerRows(number, title, is_output, partial(self._objection_to, number))
            rows.units_chosen.connect(lambda count, n=number: self.units_chosen.emit(n, count))
            rows.activation_chosen.connect(
                lambda key, n=number: self.activation_chosen.emit(n, key)
            )
            rows.setting_chosen.connect(partial(self.activation_setting_chosen.emit, number))
            rows.rate_factor_chosen.connect(partial(self.rate_factor_chosen.emit, number))
            rows.dropout_chosen.connect(partial(self.dropout_chosen.emit, number))
            rows.bias_chosen.connect(
                lambda kind, trained, n=number: self.bias_chosen.emit(n, kind, trained)
            )
            rows.removed.connect(lambda n=number: self.layer_removed.emit(n))
            rows.show_details(self._edit.isChecked())
            self._layer_box.addWidget(rows)
            self._layers.append(rows)
        follow_on(self._inputs, [field for rows in self._layers for field in rows.fields])
        self._fit_labels()

    def restyle(self) -> None:
        """Follow a change of the theme."""
        size_count(self._inputs)
        size_count(self._size, _SIZE_WIDTH)
        for rows in self._layers:
            rows.restyle()
        self._fit_labels()
        self.update()


def _objection(spec: Spec) -> str | None:
    """What the engine has against a Spec."""
    try:
        check_spec(spec)
    except SpecError as error:
        return error.sentence
    return None


def _in_words(layer: int, depth: int) -> str:
    if layer == depth:
        return "the output layer"
    return "the hidden layer" if depth == 2 else f"hidden layer {layer}"
