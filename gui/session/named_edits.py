"""Intents: what each panel reports a person wants, turned into named edits of the session.

Here stands which signal means which edit, and what the edit is called in Undo.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from engine.documents.document import Published
from engine.maths.activations import ACTIVATION_SETTINGS, ACTIVATIONS, Array
from engine.maths.clipping import CLIPPINGS, Clipping
from engine.maths.initializers import INITIALIZER_SETTINGS, INITIALIZERS
from engine.maths.losses import LOSS_SETTINGS, LOSSES, losses_for
from engine.maths.network import Parameter
from engine.maths.optimizers import RULES, SETTINGS
from engine.maths.penalty import Penalty, in_words
from engine.maths.schedules import SCHEDULES, Schedule
from engine.run import edits, holding, reshaping
from engine.run.edits import Edit
from engine.run.limits import ROAD_NAME
from engine.run.mistakes import MISTAKES
from engine.run.rescaling import constant_columns, follows_training, scaling_for
from engine.run.scaling import SCALINGS
from engine.run.spec import Data, Spec
from engine.run.steps import STEP_ORDERS
from engine.run.value_kinds import ALSO
from engine.text.numbers import counted, format_count, format_number
from engine.text.wording import listed
from engine.training.history import History
from gui.session.left_roads import Roads
from gui.session.session import Session


class Intents(QObject):
    """The edits a person can make, each one undo step with a readable name."""

    noticed = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        # The reduction chosen last, and the document's history that it was chosen in.
        self._reduction: tuple[History, str] | None = None

    def listen_to(self, canvas: Any, network: Any, weights: Any, data: Any) -> None:
        """Connect the panels that can edit."""
        canvas.parameter_edited.connect(self.set_parameter)
        canvas.input_edited.connect(self.set_scaled_input)
        canvas.target_edited.connect(self.set_scaled_target)
        canvas.unit_added.connect(self.add_unit)
        canvas.unit_removed.connect(self.remove_unit)
        for panel in (canvas, data):
            panel.unit_renamed.connect(self.rename_unit)
            panel.target_renamed.connect(self.rename_target)
        for panel in (canvas, network):
            panel.layer_added.connect(self.add_layer)
            panel.layer_removed.connect(self.remove_layer)
            panel.activation_chosen.connect(self.set_activation)
        network.units_chosen.connect(self.set_units)
        network.bias_chosen.connect(self.set_bias)
        network.activation_setting_chosen.connect(self.set_activation_setting)
        network.loss_chosen.connect(self.set_loss)
        network.loss_setting_chosen.connect(self.set_loss_setting)
        network.loss_output_chosen.connect(self.set_loss_output)
        network.reduction_chosen.connect(self.set_reduction)
        network.penalty_chosen.connect(self.set_penalty)
        network.schedule_chosen.connect(self.set_schedule)
        network.clipping_chosen.connect(self.set_clipping)
        network.rate_factor_chosen.connect(self.set_rate_factor)
        network.dropout_chosen.connect(self.set_dropout)
        network.optimizer_chosen.connect(self.set_optimizer)
        network.optimizer_setting_chosen.connect(self.set_optimizer_setting)
        network.batch_chosen.connect(self.set_batching)
        network.initializer_chosen.connect(self.set_initializer)
        network.initializer_setting_chosen.connect(self.set_initializer_setting)
        weights.value_edited.connect(self.set_parameter)
        weights.values_pasted.connect(self.set_parameters)
        for panel in (canvas, weights):
            panel.frozen_chosen.connect(self.set_frozen)
            panel.cut_chosen.connect(self.set_cut)
        data.input_edited.connect(self.set_input)
        data.target_edited.connect(self.set_target)
        data.cells_pasted.connect(self.paste_cells)
        data.rows_added.connect(self.add_rows)
        data.rows_removed.connect(self.remove_rows)
        data.data_replaced.connect(self.replace_data)
        data.test_chosen.connect(self.set_test)
        data.validation_chosen.connect(self.set_validation)
        data.scaling_chosen.connect(self.set_scaling)

    # Values

    def set_parameter(self, parameter: Parameter, value: float) -> None:
        """Give one weight or bias a value."""
        network, notation = self._session.spec.network, self._session.writing.notation
        name = notation.parameter(network, parameter)
        values = [(parameter, value)]
        self._session.apply(f"{name} = {format_number(value)}", edits.set_parameters, values)

    def set_parameters(self, values: Iterable[tuple[Parameter, float]]) -> None:
        """Give several weights and biases values at once."""
        values = list(values)
        self._session.apply(f"{len(values)} pasted values", edits.set_parameters, values)

    def set_frozen(self, parameters: Sequence[Parameter], frozen: bool) -> None:
        """Freeze weights and biases, or train them again."""
        what = self._named(parameters)
        text = f"Freeze {what}" if frozen else f"Train {what} again"
        self._session.apply(text, holding.freeze, parameters, frozen)

    def set_cut(self, parameters: Sequence[Parameter], is_cut: bool) -> None:
        """Cut the edges of weights, or connect them again."""
        edge = "the edge" if len(parameters) == 1 else "edges"
        text = f"{'Cut' if is_cut else 'Connect'} {edge} of {self._named(parameters)}"
        text += "" if is_cut else " again"
        self._session.apply(text, holding.cut if is_cut else holding.connect, parameters)

    def _named(self, parameters: Sequence[Parameter]) -> str:
        if len(parameters) > 1:
            return f"{len(parameters)} parameters"
        network, notation = self._session.spec.network, self._session.writing.notation
        return notation.parameter(network, parameters[0])

    def set_input(self, row: int, column: int, value: float) -> None:
        """Change an input of a sample."""
        name = self._session.spec.network.inputs[column]
        self._set_cell(name, "inputs", row, column, value)

    def set_target(self, row: int, column: int, value: float) -> None:
        """Change a target of a sample."""
        self._set_cell(self._session.spec.data.target_names[column], "targets", row, column, value)

    def set_scaled_input(self, row: int, column: int, value: float) -> None:
        """Change an input of a sample, given as the network takes it."""
        scaling = self._session.spec.scaling
        own = value if scaling is None else scaling.inputs[column].own(value)
        self.set_input(row, column, own)

    def set_scaled_target(self, row: int, column: int, value: float) -> None:
        """Change a target of a sample, given as the network takes it."""
        scaling = self._session.spec.scaling
        own = value if scaling is None else scaling.targets[column].own(value)
        self.set_target(row, column, own)

    def set_scaling(self, kind: str) -> None:
        """Have the network take the data scaled (a key of SCALINGS) or as they are (""), by
        constants worked out from them as they are now."""
        spec = self._session.spec
        scaling = scaling_for(spec, kind)
        if scaling == spec.scaling:
            self.noticed.emit("The constants of the scaling are what they were.")
            return
        words = f"Scale: {SCALINGS[kind].title}" if kind else "No scaling"
        self._session.apply(words, edits.set_scaling, scaling)
        if kind and (constant := constant_columns(spec)):
            self.noticed.emit(
                f"One and the same number in all rows, so that its scale is 1: {listed(constant)}."
            )

    def _set_cell(self, name: str, which: str, row: int, column: int, value: float) -> None:
        text = f"{name} of sample {row + 1} = {format_number(value)}"
        self._session.apply(text, edits.set_cells, [(which, row, column, value)])

    def paste_cells(self, data: Data) -> None:
        """Take the training set that a paste made of the present one."""
        self._session.apply("Paste into the data", edits.set_data, data)

    # Data

    def add_rows(self, rows: list[tuple[list[float], list[float]]]) -> None:
        """Append samples, each as (inputs, targets)."""
        inputs = np.array([row[0] for row in rows])
        targets = np.array([row[1] for row in rows])
        text = "Add a sample" if len(rows) == 1 else f"Add {len(rows)} samples"
        self._session.apply(text, edits.add_rows, inputs, targets)

    def draw_sample(self, inputs: list[float], targets: list[float]) -> None:
        """Append a sample that was drawn, and show it."""
        if self._session.apply(
            "Draw a sample", edits.add_rows, np.array([inputs]), np.array([targets])
        ):
            self._session.choose_sample(len(self._session.spec.data) - 1)

    def move_sample(
        self, row: int, places: list[tuple[str, int, float]], by_key: bool = False
    ) -> None:
        """Give some values of a sample others, each (inputs or targets, column, value). Presses of
        keys in a row are one undo step."""
        cells = [(which, row, column, value) for which, column, value in places]
        text = f"Move sample {row + 1}"
        self._session.apply(text, edits.set_cells, cells, gesture=text if by_key else "")

    def remove_rows(self, rows: list[int]) -> None:
        """Remove samples."""
        text = "Remove a sample" if len(rows) == 1 else f"Remove {len(rows)} samples"
        self._session.apply(text, edits.remove_rows, rows)

    def set_test(self, rows: Sequence[int]) -> None:
        """Keep these samples out of training, and no others."""
        text = f"Test set: {counted(len(rows), 'sample')}" if len(rows) else "No test set"
        self._split(text, edits.set_test, rows)

    def replace_test(self, inputs: Array, targets: Array) -> None:
        """Test with samples of their own, in place of those that were to test with."""
        text = f"Test set from a table: {counted(len(inputs), 'sample')}"
        self._session.apply(text, edits.replace_test, inputs, targets)

    def set_validation(self, rows: Sequence[int]) -> None:
        """Decide by these samples when to stop, and by no others."""
        count = counted(len(rows), "sample")
        text = f"Validation set: {count}" if len(rows) else "No validation set"
        self._split(text, edits.set_validation, rows)

    def _split(self, text: str, edit: Edit, rows: Sequence[int]) -> None:
        """Keep samples out of training, and tell what becomes of a scaling."""
        before = self._session.spec
        if not self._session.apply(text, edit, rows) or before.scaling is None:
            return
        after = self._session.spec
        if after.scaling != before.scaling:
            self.noticed.emit(
                "The data are scaled anew, by the samples that are trained on alone."
            )
        elif not follows_training(after):
            self.noticed.emit(
                "The constants of the scaling stay, and are not those of the samples that are "
                "trained on. “Work the constants out anew” in the menu of “scaled…” makes them so."
            )

    def set_picture(self, picture: tuple[int, int] | None) -> None:
        """Take the inputs for a picture of so many rows and columns, or for none."""
        text = "Inputs: no picture" if picture is None else "Inputs: a picture of {} × {}"
        self._session.apply(text.format(*(picture or ())), edits.set_picture, picture)

    def replace_data(self, data: Data, names: tuple[str, ...] | None) -> None:
        """Take another training set, with names for the inputs where it brings them."""
        text = f"Data: {len(data)} sample{'' if len(data) == 1 else 's'}"
        before = self._session.spec.data
        if not self._session.apply(text, edits.replace_data, data, names):
            return
        sets = [("test set", before.test), ("validation set", before.validation)]
        gone = [words for words, rows in sets if len(rows)]
        if gone and self._session.spec.data.training_count == len(data):
            count, had = format_count(len(data)), format_count(len(before))
            self.noticed.emit(
                f"There are {count} rows now, not {had}: all are trained on, and the "
                f"{listed(gone)} of before {'is' if len(gone) == 1 else 'are'} gone. Choose anew "
                "which rows are kept out."
            )

    # Names

    def rename_unit(self, layer: int, unit: int, name: str) -> None:
        """Call a unit or an input something else."""
        old = self._session.spec.network.unit_name(layer, unit)
        self._session.rename(f"Rename {old}: {name}", edits.rename_unit, layer, unit, name)

    def rename_target(self, column: int, name: str) -> None:
        """Call a column of targets something else."""
        old = self._session.spec.data.target_names[column]
        self._session.rename(f"Rename {old}: {name}", edits.rename_target, column, name)

    # Shape

    def set_units(self, layer: int, count: int) -> None:
        """Give a layer this many units; layer 0 are the inputs."""
        text = f"{self._layer_name(layer)}: {count} unit{'' if count == 1 else 's'}"
        self._session.apply(text, reshaping.set_units, layer, count)

    def add_unit(self, layer: int) -> None:
        """Add one unit at the end of a layer."""
        self.set_units(layer, self._session.spec.network.sizes[layer] + 1)

    def remove_unit(self, layer: int, unit: int) -> None:
        """Remove one unit."""
        name = self._session.spec.network.unit_name(layer, unit)
        self._session.apply(f"Remove {name}", reshaping.remove_unit, layer, unit)

    def add_layer(self, position: int) -> None:
        """Put a hidden layer before layer `position`."""
        self._session.apply("Add a hidden layer", reshaping.add_layer, position)

    def remove_layer(self, layer: int) -> None:
        """Remove a hidden layer."""
        text = f"Remove {self._layer_name(layer).lower()}"
        self._session.apply(text, reshaping.remove_layer, layer)

    def set_activation(self, layer: int, key: str) -> None:
        """Choose a layer's activation."""
        before = self._session.spec
        text = f"{self._layer_name(layer)}: {ACTIVATIONS[key].title}"
        reduction = self._free_reduction()
        if self._session.apply(text, edits.set_activation, layer, key, reduction=reduction):
            self._tell_of_loss(before, ACTIVATIONS[key].title)

    def set_activation_setting(self, layer: int, key: str, value: float) -> None:
        """Change a setting of a layer's activation."""
        title = ACTIVATION_SETTINGS[key].title
        text = f"{self._layer_name(layer)}: {title} = {format_number(value)}"
        self._session.apply(text, edits.set_activation_setting, layer, key, value)

    def _tell_of_loss(self, before: Spec, activation: str) -> None:
        """Say that the loss had to change with the output's activation."""
        after = self._session.spec
        if after.loss == before.loss:
            return
        old, is_possible = LOSSES[before.loss].title, before.loss in losses_for(
            after.network.layers[-1].activation
        )
        why = (
            f"{activation.capitalize()} at the output has a loss that is made for it"
            if is_possible
            else f"{old.capitalize()} does not go with {activation} at the output"
        )
        more = f" {old.capitalize()} can be chosen again." if is_possible else ""
        self.noticed.emit(
            f"{why}: the loss is now {LOSSES[after.loss].title}{_over_samples(before, after)}."
            f"{more} Undo brings back what was."
        )

    def set_bias(self, layer: int, kind: str, trained: bool) -> None:
        """Choose a layer's kind of bias; of a threshold it has that word behind it."""
        kind, _, threshold = kind.partition(" ")
        word = threshold or "bias"
        per_unit, shared = f"a {word} per unit", f"one shared {word}"
        kinds = {"none": "no bias", "per_unit": per_unit, "shared": shared}
        fixed = "" if trained or kind == "none" else ", fixed"
        text = f"{self._layer_name(layer)}: {kinds[kind]}{fixed}"
        self._session.apply(text, reshaping.set_bias, layer, kind, trained, bool(threshold))

    def _layer_name(self, layer: int) -> str:
        depth = self._session.spec.network.depth
        if layer == 0:
            return "Inputs"
        if layer == depth:
            return "Output layer"
        return "Hidden layer" if depth == 2 else f"Hidden layer {layer}"

    # Settings

    def set_loss(self, key: str) -> None:
        """Choose the loss."""
        before = self._session.spec
        text, reduction = f"Loss: {LOSSES[key].title}", self._free_reduction()
        made = self._session.apply(text, edits.set_loss, key, reduction=reduction)
        after, notes = self._session.spec, list[str]()
        if made and after.reduction != before.reduction:
            notes.append(f"The loss is now {LOSSES[key].title}{_over_samples(before, after)}.")
        if made and before.metrics and not after.metrics:
            notes.append("It is compared with no targets, so there are no metrics.")
        if notes:
            self.noticed.emit(" ".join([*notes, "Undo brings back what was."]))

    def set_loss_setting(self, name: str, value: float) -> None:
        """Change a setting of the loss."""
        settings = self._session.spec.loss_settings.changed(**{name: value})
        text = f"{LOSS_SETTINGS[name].title} = {format_number(value)}"
        self._session.apply(text, edits.set_loss_settings, settings)

    def set_loss_output(self, unit: int) -> None:
        """Choose which output a loss of a single one is of, from 0."""
        spec = self._session.spec
        if unit == spec.loss_settings.output:
            return
        settings = replace(spec.loss_settings, output=unit)
        text = f"The loss is {spec.network.unit_name(spec.network.depth, unit)}"
        self._session.apply(text, edits.set_loss_settings, settings)

    def _free_reduction(self) -> str:
        """What a loss that leaves it open takes over the samples: what the person has chosen,
        though a loss in between may have fixed it; empty if that is not known."""
        spec, history = self._session.spec, self._session.history
        if LOSSES[spec.loss].reduction is None:
            self._reduction = history, spec.reduction
        known = self._reduction
        return known[1] if known is not None and known[0] is history else ""

    def set_reduction(self, reduction: str) -> None:
        """Choose the sum or the mean over samples."""
        text = f"Over samples: {reduction}"
        self._session.apply(text, edits.set_settings, reduction=reduction)

    def set_penalty(self, penalty: Penalty) -> None:
        """Choose what large weights cost."""
        if penalty != self._session.spec.penalty:
            text = f"Weights: {in_words(penalty)}"
            self._session.apply(text, edits.set_settings, penalty=penalty)

    def set_schedule(self, schedule: Schedule) -> None:
        """Choose how the learning rate goes on."""
        if schedule != self._session.spec.schedule:
            text = f"Learning rate: {SCHEDULES[schedule.name].title}"
            self._session.apply(text, edits.set_settings, schedule=schedule)

    def set_clipping(self, clipping: Clipping) -> None:
        """Choose how gradients are cut before an update."""
        if clipping != self._session.spec.clipping:
            limit = f" to {format_number(clipping.limit)}" if clipping.is_on else ""
            text = f"Clip gradients: {CLIPPINGS[clipping.name].title}{limit}"
            self._session.apply(text, edits.set_settings, clipping=clipping)

    def set_rate_factor(self, layer: int, factor: float) -> None:
        """Choose by what the learning rate is multiplied in a layer."""
        title = self._session.spec.network.layer_title(layer).lower()
        text = f"Learning rate of {title} × {format_number(factor)}"
        self._session.apply(text, edits.set_rate_factor, layer, factor)

    def set_dropout(self, layer: int, share: float) -> None:
        """Leave out a share of a hidden layer's units in each iteration."""
        name = self._layer_name(layer)
        text = f"{name}: dropout {format_number(share)}" if share else f"{name}: no dropout"
        is_new = not self._session.spec.network.has_dropout
        is_set = self._session.apply(text, edits.set_dropout, layer, share)
        if is_set and share and is_new and self._is_exercise():
            self.noticed.emit(
                "This is an exercise to be worked by hand, and its sheet and key know of no "
                "dropout: what is shown now is no longer what they ask for. Undo brings it back."
            )

    def _is_exercise(self) -> bool:
        """Whether the open document is an exercise."""
        document = self._session.document_as_opened
        if not document.own_keys:
            return False  # as of most documents; nothing need be loaded to know
        from engine.learn.exercises.exercise import exercise_of

        return exercise_of(document) is not None

    def set_optimizer(self, key: str) -> None:
        """Choose the optimizer."""
        optimizer = self._session.spec.optimizer.another(key)
        self._session.apply(f"Optimizer: {RULES[key].title}", edits.set_optimizer, optimizer)

    def set_optimizer_setting(self, name: str, value: float) -> None:
        """Change the learning rate or another setting of the optimizer."""
        optimizer = self._session.spec.optimizer.changed(**{name: value})
        text = f"{SETTINGS[name].title} = {format_number(value)}"
        self._session.apply(text, edits.set_optimizer, optimizer)

    def set_batching(self, size: int | None, shuffled: bool) -> None:
        """Choose how an epoch is cut into batches."""
        amount = "all samples" if size is None else f"{size} sample{'' if size == 1 else 's'}"
        order = "shuffled" if shuffled else "in order"
        self._session.apply(f"Batch: {amount}, {order}", edits.set_batching, size, shuffled)

    def set_step_order(self, key: str) -> None:
        """Choose how the backward steps of a layer follow each other."""
        if key != self._session.spec.step_order:
            self._session.apply(STEP_ORDERS[key], edits.set_settings, step_order=key)

    def set_also(self, key: str, shown: bool) -> None:
        """Show a kind of quantities, a key of ALSO, beside the others, or no more."""
        now = self._session.spec.also
        also = tuple(each for each in ALSO if (each in now if each != key else shown))
        if also != now:
            text = f"{'Show' if shown else 'Hide'} {ALSO[key].title}"
            self._session.apply(text, edits.set_settings, also=also)

    def set_initializer(self, key: str) -> None:
        """Choose how New seed draws start values."""
        text = f"Initializer: {INITIALIZERS[key].title}"
        self._session.apply(text, edits.set_settings, initializer=key)

    def set_initializer_setting(self, name: str, value: float) -> None:
        """Change a setting of the initializer."""
        settings = self._session.spec.initializer_settings.changed(**{name: value})
        text = f"{INITIALIZER_SETTINGS[name].title.capitalize()} = {format_number(value)}"
        self._session.apply(text, edits.set_settings, initializer_settings=settings)

    # Mistakes

    def set_mistake(self, key: str, made: bool) -> None:
        """Make a mistake from here on, or make it no more."""
        wanted = {*self._session.spec.mistakes} - {key} | ({key} if made else set())
        mistakes = tuple(known for known in MISTAKES if known in wanted)
        text = f"{'Mistake' if made else 'No more'}: {MISTAKES[key].title}"
        self._session.set_mistakes(text, mistakes)

    def do_it_right(self) -> None:
        """Make no mistake any more."""
        if self._session.spec.mistakes:
            self._session.set_mistakes("Do it right", ())

    # Figures of the source

    def add_figures(self, figures: Sequence[Published]) -> None:
        """Take in figures that the person typed from a source."""
        text = "Add a figure" if len(figures) == 1 else f"Add {len(figures)} figures"
        self._session.change(text, published=(*self._session.standing.published, *figures))

    def change_figure(self, position: int, figure: Published) -> None:
        """Put a figure in the place of another."""
        figures = list(self._session.standing.published)
        figures[position] = figure
        self._session.change(f"Figure {figure.printed}", published=tuple(figures))

    def remove_figure(self, position: int) -> None:
        """Take a figure off the list."""
        figures = list(self._session.standing.published)
        gone = figures.pop(position)
        self._session.change(f"Remove figure {gone.printed}", published=tuple(figures))

    # Abandoned roads

    def rename_road(self, number: int, name: str) -> None:
        """Give an abandoned road a name."""
        if len(name) > ROAD_NAME.most:
            self.noticed.emit(f"The name of a road has at most {ROAD_NAME.most} characters.")
        elif name != self._road_name(number):
            self._change_roads("Rename", number, self._roads.named(number, name))

    def hide_road(self, number: int, hidden: bool) -> None:
        """Hide the curve of an abandoned road, or show it again."""
        verb = "Hide" if hidden else "Show"
        self._change_roads(verb, number, self._roads.with_hidden(number, hidden))

    def remove_road(self, number: int) -> None:
        """Remove an abandoned road from the list, and most of it from memory."""
        self._change_roads("Remove", number, self._roads.without(number))
        self._session.history.give_up(number)

    @property
    def _roads(self) -> Roads:
        return self._session.standing.roads

    def _road_name(self, number: int) -> str:
        session = self._session
        return self._roads.called(session.history, session.place.branch)[number]

    def _change_roads(self, verb: str, number: int, roads: Roads) -> None:
        self._session.change(f"{verb} road “{self._road_name(number)}”", roads=roads)


def _over_samples(before: Spec, after: Spec) -> str:
    """What another loss takes over the samples, where that is another than before or was no choice
    then."""
    was_fixed, is_fixed = (LOSSES[spec.loss].reduction is not None for spec in (before, after))
    if before.reduction != after.reduction:
        why = " by definition" if is_fixed else ""
        return f", and its {after.reduction} over the samples is taken{why}, not the " \
            f"{before.reduction}"
    return f", its {after.reduction} over the samples" if was_fixed else ""
