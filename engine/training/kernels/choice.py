"""Chooses which kernel takes a stretch of a run, and loads the one that has to be loaded.

The plain kernel can take any run: it works with the tables of engine.maths themselves. NumPy's
gives the same numbers, those that stepping shows, to the bit and faster, for a run of which it
knows everything. Both are there from the first moment. Numba's is up to thirty times as fast for
small networks, but an extra that may not be installed, takes a moment to load (much longer the
first time, when it is compiled), and differs in the last digits. So it is loaded beside whatever
else happens, by those who ask for it, and taken once it is there by a trainer that trains at speed.
"""

from __future__ import annotations

import contextlib
import importlib.util
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from engine.run.spec import Spec
from engine.training.kernels import numpy_kernel
from engine.training.kernels.kernel import Kernel, Stretch
from engine.training.kernels.numpy_kernel import NumpyKernel
from engine.training.kernels.plain import PlainKernel

if TYPE_CHECKING:
    from types import ModuleType

# Parameters beyond which the plain kernel is the faster one: NumPy's saves calls and new arrays,
# but copies θ once more for each state that it hands over.
_LARGE = 1_000_000

# Fewer iterations than this take no time anyway: then they are the very ones that stepping shows.
_MANY = 500

_COMPILE = """
import os, sys
if hasattr(os, "nice"):
    os.nice(10)
sys.path.insert(0, sys.argv[1])
from engine.training.kernels import choice
choice.load()
"""
_LONGEST_COMPILATION = 120  # seconds


class _Numba:
    """The numba kernel, if it is there, and in words what became of it."""

    def __init__(self) -> None:
        self.module: ModuleType | None = None
        self.sentence = "numba is still being loaded"


_numba = _Numba()


def fastest(spec: Spec, iterations: float, before: str) -> str:
    """The name of the kernel for so many iterations of a run to come, maybe infinitely many, the
    ones before having been taken by `before` (empty: there were none)."""
    is_long = iterations >= _MANY or before == "numba"
    return "numba" if is_long and "numba" in _fit(spec) else reproducible(spec)


def reproducible(spec: Spec) -> str:
    """The name of the kernel that gives the numbers that stepping shows, to the bit, wherever the
    program runs."""
    is_numpy = NumpyKernel.name in _fit(spec) and spec.network.size <= _LARGE
    return NumpyKernel.name if is_numpy else PlainKernel.name


def at_hand(stretches: tuple[Stretch, ...], spec: Spec) -> tuple[Stretch, ...]:
    """The stretches as they can be taken again here and now: by the reproducible kernel where the
    one that took them is not there, not loaded yet, or not for such a Spec."""
    fit, usual = _fit(spec), reproducible(spec)
    return tuple(
        stretch if stretch.kernel in fit else replace(stretch, kernel=usual)
        for stretch in stretches
    )


def _fit(spec: Spec) -> set[str]:
    """The names of the kernels that are there and can take a run."""
    names = {PlainKernel.name}
    if numpy_kernel.is_fit(spec):
        names.add(NumpyKernel.name)
    if _numba.module is not None and _numba.module.is_fit(spec):
        names.add("numba")
    return names


def kernel_named(name: str, spec: Spec) -> Kernel:
    """A kernel by its name, for one Spec that it can take."""
    kernels: dict[str, Callable[[Spec], Kernel]] = {
        PlainKernel.name: PlainKernel,
        NumpyKernel.name: NumpyKernel,
    }
    if _numba.module is not None:
        kernels["numba"] = _numba.module.NumbaKernel
    return kernels[name](spec)


def load_in_background() -> threading.Thread:
    """Load the fast kernel in a thread of its own, which nobody needs to wait for."""
    thread = threading.Thread(target=_compile_and_load, name="fast kernel", daemon=True)
    thread.start()
    return thread


def _compile_and_load() -> None:
    """Load the fast kernel, after another process has seen to it that it is compiled: that keeps
    Python busy for seconds, and only one thread at a time can run Python. What it stumbles over
    `load` meets again, and says."""
    import subprocess  # here, where nobody waits for it

    if importlib.util.find_spec("numba") is not None:
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(
                [sys.executable, "-c", _COMPILE, str(Path(__file__).resolve().parents[3])],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_LONGEST_COMPILATION,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
    load()


def load() -> None:
    """Load the fast kernel and have it ready; where that is not possible, only `kernel_line`
    changes."""
    try:
        from engine.training.kernels import numba_kernel

        numba_kernel.warm_up()
    except ImportError:
        _numba.sentence = 'numba is not installed (pip install "backpass[fast]")'
    except Exception as error:  # whatever numba or its compiler stumbles over: training goes on
        _numba.sentence = f"numba does not work here: {str(error).splitlines()[0]}"
    else:
        _numba.module = numba_kernel


def kernel_line() -> str:
    """What trains here, in one line for a person who asks."""
    if _numba.module is not None:
        return "Fast training: with numba, for small networks; else NumPy."
    return f"Fast training: NumPy; {_numba.sentence}."
