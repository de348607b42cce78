# ruff: noqa: ARG001 -- how functions are called is the compiler's choice
"""Reading and writing vectors: a row of an array (rows, WIDTH), or a slice of a row of a wider one."""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils

from benchmarks.fused.vector import NUMBERS, WIDTH, broadcast_value, intrinsic, vector

INDEX = ir.IntType(64)
ALIGNMENT = 8
"""Bytes: numpy aligns its arrays to their numbers only, not to vectors."""


def _pointer(context: Any, builder: Any, kind: Any, value: Any, row_kind: Any, row: Any) -> Any:
    """Return a pointer to a row of an array; `row` is an index or a tuple, and missing indices are 0."""
    array = context.make_array(kind)(context, builder, value)
    kinds, indices = [row_kind], [row]
    is_tuple = isinstance(row_kind, types.BaseTuple)
    if is_tuple:
        kinds, indices = list(row_kind), cgutils.unpack_tuple(builder, row, len(row_kind))
    whole = [context.cast(builder, i, k, types.intp) for i, k in zip(indices, kinds, strict=True)]
    whole += [INDEX(0)] * (kind.ndim - len(whole))
    return cgutils.get_item_pointer(context, builder, kind, array, whole, wraparound=False)


@intrinsic
def load(typing_context: Any, array: Any, row: Any) -> Any:
    """Read a row of an array of floats, or of integers, which become floats."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pointer = _pointer(context, builder, array, args[0], row, args[1])
        element = context.get_data_type(array.dtype)
        place = builder.bitcast(pointer, ir.VectorType(element, WIDTH).as_pointer())
        read = builder.load(place, align=array.dtype.bitwidth // 8)
        return read if isinstance(array.dtype, types.Float) else builder.sitofp(read, NUMBERS)

    return vector(array, row), lower


@intrinsic
def store(typing_context: Any, array: Any, row: Any, value: Any) -> Any:
    """Write a vector or a number to a row of an array."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pointer = _pointer(context, builder, array, args[0], row, args[1])
        written = broadcast_value(context, builder, value, args[2])
        builder.store(written, builder.bitcast(pointer, NUMBERS.as_pointer()), align=ALIGNMENT)
        return context.get_dummy_value()

    return types.void(array, row, value), lower


@intrinsic
def load_delayed(typing_context: Any, ring: Any, slot: Any, delay: Any, row: Any) -> Any:
    """Read a row of a ring (ticks, rows, WIDTH) as of `delay` (rows, WIDTH) ticks ago in each replication."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        whole = ir.VectorType(INDEX, WIDTH)
        at = context.cast(builder, args[1], slot, types.intp)
        row_at = context.cast(builder, args[3], row, types.intp)
        pointer = _pointer(context, builder, delay, args[2], row, args[3])
        ago = builder.load(builder.bitcast(pointer, whole.as_pointer()), align=ALIGNMENT)
        ticks = context.make_array(ring)(context, builder, args[0])
        length = cgutils.unpack_tuple(builder, ticks.shape, 3)[0]
        read = ir.Constant(NUMBERS, ir.Undefined)
        for j in range(WIDTH):
            place = builder.sub(at, builder.extract_element(ago, INDEX(j)))
            is_before = builder.icmp_signed("<", place, INDEX(0))
            place = builder.select(is_before, builder.add(place, length), place)
            indices = [place, row_at, INDEX(j)]
            item = cgutils.get_item_pointer(context, builder, ring, ticks, indices, wraparound=False)
            read = builder.insert_element(read, builder.load(item), INDEX(j))
        return read

    return vector(ring, slot, delay, row), lower
