"""Which samples are kept out of training, to test or to validate with: a share of them, drawn from
a seed or the last."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def test_rows(count: int, share: float, seed: int | None) -> NDArray[np.intp]:
    """Rows to be kept out of training, in growing order: a share (0 … 1) of `count` samples, drawn
    from a seed, or the last ones (None). One at least is kept out and one left to train on; with a
    share of 0, or a single sample, none is kept out."""
    kept_out = min(max(1, round(share * count)), count - 1) if share > 0.0 else 0
    if seed is None:
        return np.arange(count - kept_out, count)
    return np.sort(np.random.default_rng(seed).permutation(count)[:kept_out])


def validation_rows(
    count: int, test: NDArray[np.intp], share: float, seed: int | None
) -> NDArray[np.intp]:
    """Rows to decide by when to stop, in growing order: a share of those of `count` samples that
    are not to test with, chosen as in test_rows."""
    is_left = np.ones(count, dtype=np.bool_)
    is_left[test] = False
    left = np.flatnonzero(is_left)
    return left[test_rows(len(left), share, seed)]
