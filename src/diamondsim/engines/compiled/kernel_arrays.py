# ruff: noqa: ARG001, ARG002, ARG005 -- how functions are called is the compiler's choice
"""Named numbers and arrays as the kernel sees them: a pointer to a table of numbers, addresses and strides.

A tuple of arrays is a large value to the compiler, which it copies with each function, and every layout in
memory is another type. A pointer is neither: all functions are compiled once, in a fraction of the time.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

import numpy as np
import numpy.typing as npt
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_getattr, infer_global
from numba.core.typing.templates import signature as typed_as
from numba.extending import lower_builtin, lower_getattr_generic, models, register_model

from diamondsim.arrays import BoolArray, FloatArray, IntArray
from diamondsim.engines.compiled.vector import VECTOR_SIZE, intrinsic

SLOTS = 4
"""Numbers that describe a field: one number, or address, length of the first axis and two strides."""

POINTER = ir.IntType(64)
ELEMENTS = {"f8": types.float64, "i8": types.int64, "i1": types.int8, "b1": types.boolean}


@dataclass(frozen=True)
class ArrayKind:
    """The numbers of an array, its axes, and whether the last one is that of a vector of replications."""

    element: str
    n_axes: int
    is_vector: bool = False


IndexList = Annotated[IntArray, ArrayKind("i8", 1)]
FlagList = Annotated[BoolArray, ArrayKind("b1", 1)]
IndexTable = Annotated[IntArray, ArrayKind("i8", 2)]
FlagTable = Annotated[BoolArray, ArrayKind("b1", 2)]
VectorRows = Annotated[FloatArray, ArrayKind("f8", 2, is_vector=True)]
VectorIntegers = Annotated[IntArray, ArrayKind("i8", 2, is_vector=True)]
VectorLayers = Annotated[FloatArray, ArrayKind("f8", 3, is_vector=True)]
TickTable = Annotated[FloatArray, ArrayKind("f8", 3)]
TickStates = Annotated[npt.NDArray[np.int8], ArrayKind("i1", 3)]


class Rows(types.Type):
    """The type of an array whose last axis is contiguous."""

    def __init__(self, kind: ArrayKind) -> None:
        self.kind, self.dtype = kind, ELEMENTS[kind.element]
        super().__init__(name=f"Rows({kind.element}, {kind.n_axes}, {kind.is_vector})")

    @property
    def bytes_each(self) -> int:
        """Bytes of one number."""
        return int(self.kind.element[1])


class Record(types.Type):
    """The type of a pointer to the table of a class of named numbers and arrays."""

    def __init__(self, described: type) -> None:
        self.fields = {name: _kind_of(hint) for name, hint in _hints(described).items()}
        self.slots = {name: SLOTS * position for position, name in enumerate(self.fields)}
        super().__init__(name=f"Record({described.__name__})")


def _hints(described: type) -> dict[str, Any]:
    return get_type_hints(described, include_extras=True)


def _kind_of(hint: Any) -> types.Type:
    if get_origin(hint) is Annotated:
        return Rows(get_args(hint)[1])
    return {int: types.int64, bool: types.boolean}[hint]


def table_of(record: NamedTuple) -> IntArray:
    """Return the table of a record; the record must outlive it.

    Raises
    ------
    TypeError
        If an array is not of the declared kind.
    """
    table = np.zeros((len(record), SLOTS), dtype=np.int64)
    kinds = Record(type(record)).fields
    for row, (name, value) in zip(table, record._asdict().items(), strict=True):
        kind = kinds[name]
        if not isinstance(kind, Rows):
            row[0] = value
            continue
        is_contiguous = value.size == 0 or value.strides[-1] == kind.bytes_each
        is_vector = not kind.kind.is_vector or value.shape[-1] == VECTOR_SIZE
        if value.dtype.str[1:] != kind.kind.element or value.ndim != kind.kind.n_axes:
            raise TypeError(f"{name}: expected {kind}, found {value.dtype} {value.shape}")
        if not is_contiguous or not is_vector:
            raise TypeError(f"{name}: expected contiguous replications, found strides {value.strides}")
        row[:2] = value.ctypes.data, len(value)
        row[2 : 1 + value.ndim] = value.strides[:-1]
    return table


@register_model(Rows)
class _RowsModel(models.StructModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        members = ("address", "length", "outer", "inner")
        super().__init__(manager, kind, [(name, types.int64) for name in members])


@register_model(Record)
class _RecordModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, POINTER)


def record_at(described: type) -> Any:
    """Return the function of compiled code that turns the address of a table into a record."""
    record = Record(described)

    def typed(typing_context: Any, address: Any) -> Any:
        return record(types.int64), lambda context, builder, sig, args: args[0]

    return intrinsic(typed)


@infer_getattr
class _RecordFields(AttributeTemplate):
    key = Record

    def generic_resolve(self, value: Any, attr: str) -> Any:  # type: ignore[override]
        return value.fields.get(attr)


@lower_getattr_generic(Record)
def _field(context: Any, builder: Any, kind: Any, value: Any, attr: str) -> Any:
    def slot(number: int) -> Any:
        place = builder.add(value, POINTER(8 * (kind.slots[attr] + number)))
        read = builder.load(builder.inttoptr(place, POINTER.as_pointer()))
        # The table stays as it is while the kernel runs, so that a number need be read only once.
        read.set_metadata("invariant.load", builder.module.add_metadata([]))
        return read

    field = kind.fields[attr]
    if not isinstance(field, Rows):
        number = slot(0)
        return number if field == types.int64 else builder.icmp_signed("!=", number, POINTER(0))
    rows = cgutils.create_struct_proxy(field)(context, builder)
    rows.address, rows.length, rows.outer, rows.inner = (slot(number) for number in range(SLOTS))
    return rows._getvalue()


def pointer_to(context: Any, builder: Any, kind: Any, value: Any, index_kind: Any, index: Any) -> Any:
    """Return the address of a number of an array; `index` is an index or a tuple, missing indices are 0."""
    rows = cgutils.create_struct_proxy(kind)(context, builder, value=value)
    is_tuple = isinstance(index_kind, types.BaseTuple)
    kinds = list(index_kind) if is_tuple else [index_kind]
    indices = cgutils.unpack_tuple(builder, index, len(index_kind)) if is_tuple else [index]
    bytes_each, n_axes, is_vector = kind.bytes_each, kind.kind.n_axes, kind.kind.is_vector
    place = rows.address
    for axis, (index_kind_of_axis, at) in enumerate(zip(kinds, indices, strict=True)):
        stride = (rows.outer, rows.inner)[axis] if axis < n_axes - 1 else POINTER(bytes_each)
        if is_vector and axis == n_axes - 2:
            stride = POINTER(bytes_each * VECTOR_SIZE)
        whole = context.cast(builder, at, index_kind_of_axis, types.int64)
        place = builder.add(place, builder.mul(whole, stride))
    return place


@intrinsic
def layer(typing_context: Any, rows: Any, position: Any) -> Any:
    """Return the rows (rows, replications) at a position of the first of three axes."""
    inner = Rows(ArrayKind(rows.kind.element, rows.kind.n_axes - 1, rows.kind.is_vector))

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        of = cgutils.create_struct_proxy(rows)(context, builder, value=args[0])
        part = cgutils.create_struct_proxy(inner)(context, builder)
        part.address = pointer_to(context, builder, rows, args[0], position, args[1])
        part.length, part.outer, part.inner = POINTER(0), of.inner, POINTER(0)
        return part._getvalue()

    return inner(rows, position), lower


@infer_global(len)
class _Length(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        return typed_as(types.int64, *args) if isinstance(args[0], Rows) else None


@lower_builtin(len, Rows)
def _length(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return cgutils.create_struct_proxy(sig.args[0])(context, builder, value=args[0]).length


@infer_global(operator.getitem)
class _GetItem(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        return typed_as(args[0].dtype, *args) if isinstance(args[0], Rows) else None


@infer_global(operator.setitem)
class _SetItem(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        if not isinstance(args[0], Rows):
            return None
        return typed_as(types.none, args[0], args[1], args[0].dtype)


def _element(context: Any, builder: Any, kind: Any, value: Any, index_kind: Any, index: Any) -> Any:
    place = pointer_to(context, builder, kind, value, index_kind, index)
    return builder.inttoptr(place, ir.IntType(8 * kind.bytes_each).as_pointer())


@lower_builtin(operator.getitem, Rows, types.Any)
def _read(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    kind, place = sig.args[0], _element(context, builder, sig.args[0], args[0], sig.args[1], args[1])
    if kind.dtype == types.float64:
        return builder.load(builder.bitcast(place, ir.DoubleType().as_pointer()))
    read = builder.load(place)
    return builder.icmp_signed("!=", read, read.type(0)) if kind.dtype == types.boolean else read


@lower_builtin(operator.setitem, Rows, types.Any, types.Any)
def _write(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    kind, place = sig.args[0], _element(context, builder, sig.args[0], args[0], sig.args[1], args[1])
    written = args[2]
    if kind.dtype == types.float64:
        place = builder.bitcast(place, ir.DoubleType().as_pointer())
    elif kind.dtype == types.boolean:
        written = builder.zext(written, ir.IntType(8))
    builder.store(written, place)
