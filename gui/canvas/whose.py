"""Whose the numbers on the canvas are: the shown sample's or the batch's, and how that is told.

Where the batch has several samples, or is another one than the sample shown, a sign beside ∂ says
whose a gradient is: ∂₁ of sample 1, ∂Σ the sum over the batch, ∂⌀ the mean.
"""

from __future__ import annotations

from engine.text.numbers import format_count
from gui.view import View

_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_OVER_BATCH = {"sum": "∂Σ", "mean": "∂⌀"}
_MOST_NAMED = 4  # samples of a batch that are named one by one


def sample_sign(row: int) -> str:
    """The sign of a sample's own gradient, by its row."""
    return f"∂{row + 1}".translate(_LOWERED)


def batch_sign(view: View) -> str:
    """The sign of the batch's gradient; the plain one where it is no other than the sample's."""
    if _batch_size(view) > 1:
        return _OVER_BATCH[view.spec.reduction]
    row = _only_row(view)
    return "∂" if row == view.sample else sample_sign(row)


def gradient_signs(view: View) -> list[str]:
    """The signs of the gradients that stand at each parameter once they are worked out."""
    batch, own = batch_sign(view), sample_sign(view.sample)
    if batch == "∂" or view.gradients == "batch" or _batch_size(view) == 1:
        return [batch]
    return [own] if view.gradients == "sample" else [own, batch]


def batch_words(view: View) -> str:
    """What the batch's gradient is of: "sum over the batch of 4"; empty where there is nothing to
    tell apart."""
    size = _batch_size(view)
    if size > 1:
        return f"{view.spec.reduction} over the batch of {format_count(size)}"
    row = _only_row(view)
    return "" if row == view.sample else f"sample {format_count(row + 1)}"


def captions(view: View) -> list[str]:
    """Which numbers on the canvas are whose, from the fullest wording to the shortest; nothing
    where all are the sample's."""
    sign = batch_sign(view)
    if sign == "∂" or not view.spec.can_train:
        return []
    notation, own = view.notation, sample_sign(view.sample)
    values = [notation.net_input, notation.activation, notation.loss, "δ"]
    if _batch_size(view) == 1:
        batch = short = f"{sign}: sample {format_count(_only_row(view) + 1)}, the batch of one"
    else:
        batch = f"{sign}: {_of_batch(view)}"
        short = f"{sign}: {view.spec.reduction} of batch"
        if view.gradients != "batch":
            values.append(own)
        if view.gradients == "sample":
            batch, short = f"updates: {_of_batch(view)}", f"{own}: this sample's"
    is_outside = view.worked is not None and view.sample not in view.worked.rows
    outside = ", not in this batch" if is_outside else ""
    if kind := view.spec.data.kind_of(view.sample):
        outside = f", a {kind}"
    sample = f"sample {format_count(view.sample + 1)}{outside}"
    full = f"{', '.join(values)}: {sample} · {batch}"
    if own in values:
        return [full, f"{own}: {sample} · {batch}", short if view.gradients == "sample" else batch]
    return [full, batch, short]


def _batch_size(view: View) -> int:
    return view.spec.batch_size if view.worked is None else len(view.worked.rows)


def _only_row(view: View) -> int:
    """The sample of a batch of one: the one shown until it is known, for the order of an epoch is
    dear to work out."""
    return view.sample if view.worked is None else int(view.worked.rows[0])


def _of_batch(view: View) -> str:
    """ "sum of the batch's 4", or with the samples' numbers where they are few of many."""
    reduction, worked, size = view.spec.reduction, view.worked, _batch_size(view)
    if worked is None or size == len(view.spec.data) or size > _MOST_NAMED:
        return f"{reduction} of the batch's {format_count(size)}"
    names = ", ".join(format_count(int(row) + 1) for row in sorted(worked.rows))
    return f"{reduction} of samples {names}"
