"""Four numbers as one value, for code that numba compiles: what happens to one happens to all.

A processor can work on several numbers at once, but in loops as short as the products of a few
units the compiler does not see where. So it is told, by a vector of LLVM's, the compiler behind
numba; a processor whose own vectors are shorter takes it in two halves.

Numba does not notice when only this file changes: numba_code must be saved anew to be compiled.

Source: the manual of numba, "Extending Numba" (types, data models, intrinsics).
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model
from numba.np.arrayobj import make_array

LANES = 4

_intrinsic: Any = intrinsic
_INDEX = ir.IntType(32)
_VECTOR = ir.VectorType(ir.DoubleType(), LANES)


class _Lanes(types.Type):
    """The type that numba knows such a value by."""

    def __init__(self) -> None:
        super().__init__(name="Lanes")


_lanes = _Lanes()


@register_model(_Lanes)
class _LanesModel(models.PrimitiveModel):
    """How it is kept: in a vector of LLVM's."""

    def __init__(self, manager: Any, numba_type: Any) -> None:
        super().__init__(manager, numba_type, _VECTOR)


def _place(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """Where array[row, i] stands; the three come first among the arguments."""
    array = make_array(signature.args[0])(context, builder, arguments[0])
    pointer = cgutils.get_item_pointer(
        context, builder, signature.args[0], array, arguments[1:3], wraparound=False
    )
    return builder.bitcast(pointer, _VECTOR.as_pointer())


@_intrinsic
def load(typing: Any, array: Any, row: Any, i: Any) -> Any:
    """array[row, i:i+4] of an array of rows without gaps; nobody checks the bounds."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _place(context, builder, signature, arguments)
        return builder.load(place, align=8)

    return _lanes(array, types.intp, types.intp), code


@_intrinsic
def store(typing: Any, array: Any, row: Any, i: Any, value: Any) -> Any:
    """array[row, i:i+4] = value."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _place(context, builder, signature, arguments)
        builder.store(arguments[3], place, align=8)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp, _lanes), code


@_intrinsic
def spread(typing: Any, x: Any) -> Any:
    """One number, four times."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        empty = ir.Constant(_VECTOR, ir.Undefined)
        first = builder.insert_element(empty, arguments[0], _INDEX(0))
        mask = ir.Constant(ir.VectorType(_INDEX, LANES), None)
        return builder.shuffle_vector(first, empty, mask)

    return _lanes(types.float64), code


@_intrinsic
def plus(typing: Any, x: Any, y: Any) -> Any:
    """x + y."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fadd(*arguments, flags=("contract",))

    return _lanes(_lanes, _lanes), code


@_intrinsic
def times(typing: Any, x: Any, y: Any) -> Any:
    """x · y."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fmul(*arguments, flags=("contract",))

    return _lanes(_lanes, _lanes), code


@_intrinsic
def summed(typing: Any, x: Any) -> Any:
    """The sum of the four."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        a, b, c, d = (builder.extract_element(arguments[0], _INDEX(i)) for i in range(LANES))
        return builder.fadd(builder.fadd(a, c), builder.fadd(b, d))

    return types.float64(_lanes), code
