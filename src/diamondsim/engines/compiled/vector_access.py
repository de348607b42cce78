# ruff: noqa: ARG001 -- how functions are called is the compiler's choice
"""Reading and writing vectors: a row of vectors, or a slice of a row of a table of all replications."""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils

from diamondsim.engines.compiled.kernel_arrays import POINTER, Rows, pointer_to
from diamondsim.engines.compiled.vector import FLOATS, VECTOR_SIZE, broadcast_value, intrinsic, vector

ALIGNMENT = 8
"""Bytes: numpy aligns its arrays to their numbers only, not to vectors."""


@intrinsic
def get(typing_context: Any, rows: Any, row: Any) -> Any:
    """Read a row of floats, or of integers, which become floats."""
    if not isinstance(rows, Rows):
        return None

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        is_float, bytes_each = isinstance(rows.dtype, types.Float), rows.bytes_each
        element = ir.DoubleType() if is_float else ir.IntType(8 * bytes_each)
        place = pointer_to(context, builder, rows, args[0], row, args[1])
        place = builder.inttoptr(place, ir.VectorType(element, VECTOR_SIZE).as_pointer())
        read = builder.load(place, align=bytes_each)
        return read if is_float else builder.sitofp(read, FLOATS)

    return vector(rows, row), lower


@intrinsic
def put(typing_context: Any, rows: Any, row: Any, value: Any) -> Any:
    """Write a vector or a number to a row."""
    if not isinstance(rows, Rows):
        return None

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = pointer_to(context, builder, rows, args[0], row, args[1])
        written = broadcast_value(context, builder, value, args[2])
        builder.store(written, builder.inttoptr(place, FLOATS.as_pointer()), align=ALIGNMENT)
        return context.get_dummy_value()

    return types.void(rows, row, value), lower


@intrinsic
def get_delayed(typing_context: Any, ring: Any, slot: Any, delay: Any, row: Any) -> Any:
    """Read a row of a ring (ticks, rows, replications), in each replication as of `delay` ticks ago."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        at = context.cast(builder, args[1], slot, types.int64)
        row_at = context.cast(builder, args[3], row, types.int64)
        place = pointer_to(context, builder, delay, args[2], row, args[3])
        integers = ir.VectorType(POINTER, VECTOR_SIZE).as_pointer()
        ago = builder.load(builder.inttoptr(place, integers), align=ALIGNMENT)
        length = cgutils.create_struct_proxy(ring)(context, builder, value=args[0]).length
        index_kinds = types.UniTuple(types.int64, 3)
        read = ir.Constant(FLOATS, ir.Undefined)
        for j in range(VECTOR_SIZE):
            tick = builder.sub(at, builder.extract_element(ago, POINTER(j)))
            tick = builder.select(builder.icmp_signed("<", tick, POINTER(0)), builder.add(tick, length), tick)
            index = context.make_tuple(builder, index_kinds, (tick, row_at, POINTER(j)))
            item = pointer_to(context, builder, ring, args[0], index_kinds, index)
            item = builder.inttoptr(item, ir.DoubleType().as_pointer())
            read = builder.insert_element(read, builder.load(item), POINTER(j))
        return read

    return vector(ring, slot, delay, row), lower
