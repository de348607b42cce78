# ruff: noqa: ARG001, ARG002, ARG005 -- how functions are called is the compiler's choice
"""Vectors as a type of the compiler: one number for each of `VECTOR_SIZE` neighbouring replications.

In a kernel, `+ - * /` and comparisons work on all replications of a vector at once; a number is broadcast. A
comparison returns a mask, by which `where` selects. A kernel is therefore written as if there were one
replication, and each line of it becomes a few instructions. `vector_access` reads and writes vectors.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic as _intrinsic
from numba.extending import lower_builtin, models, register_model

VECTOR_SIZE = 32
"""Replications in a vector. With fewer, cache lines are used in part; with more, the cache is exceeded."""

FLOATS = ir.VectorType(ir.DoubleType(), VECTOR_SIZE)
BITS = ir.VectorType(ir.IntType(1), VECTOR_SIZE)

intrinsic: Any = _intrinsic
"""Any, because calls differ from definitions: the compiler adds the first argument."""


class Vector(types.Type):
    """The type of one float for each replication."""

    def __init__(self) -> None:
        super().__init__(name="Vector")


class Mask(types.Type):
    """The type of one truth value for each replication."""

    def __init__(self) -> None:
        super().__init__(name="Mask")


vector, mask = Vector(), Mask()
Emit = Callable[[Any, Any, Any], Any]
ARITHMETIC = {operator.add: "fadd", operator.sub: "fsub", operator.mul: "fmul", operator.truediv: "fdiv"}
IN_PLACE = {
    operator.iadd: operator.add,
    operator.isub: operator.sub,
    operator.imul: operator.mul,
    operator.itruediv: operator.truediv,
}
COMPARISONS = {operator.gt: ">", operator.ge: ">=", operator.lt: "<", operator.le: "<=", operator.eq: "=="}
LOGIC = {operator.and_: "and_", operator.or_: "or_"}


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, FLOATS)


@register_model(Mask)
class _MaskModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, BITS)


def broadcast_value(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    """Return a value as a vector: a vector itself, or a number broadcast to all replications."""
    if isinstance(kind, Vector):
        return value
    one = context.cast(builder, value, kind, types.float64)
    place, zero = ir.IntType(32), ir.VectorType(ir.IntType(32), VECTOR_SIZE)
    first = builder.insert_element(ir.Constant(FLOATS, ir.Undefined), one, place(0))
    return builder.shuffle_vector(first, first, ir.Constant(zero, [0] * VECTOR_SIZE))


def _are_vectors(kinds: tuple[Any, ...]) -> bool:
    return any(isinstance(kind, Vector) for kind in kinds) and all(
        isinstance(kind, Vector | types.Number) for kind in kinds
    )


def _define(function: Any, returned: Any, emit: Emit, *also: Any) -> None:
    """Define an operator of two vectors, or of a vector and a number."""

    class Typing(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            return signature(returned, *args) if len(args) == 2 and _are_vectors(args) else None

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        one, other = (broadcast_value(context, builder, *pair) for pair in zip(sig.args, args, strict=True))
        return emit(builder, one, other)

    for name in (function, *also):
        infer_global(name)(Typing)
        for kinds in ((Vector, Vector), (Vector, types.Number), (types.Number, Vector)):
            lower_builtin(name, *kinds)(lower)


def _define_logic(function: Any, method: str) -> None:
    class Typing(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            return signature(mask, *args) if all(isinstance(kind, Mask) for kind in args) else None

    infer_global(function)(Typing)
    lower_builtin(function, Mask, Mask)(lambda _, builder, sig, args: getattr(builder, method)(*args))


def _calling(method: str) -> Emit:
    return lambda builder, one, other: getattr(builder, method)(one, other)


def _comparing(sign: str) -> Emit:
    return lambda builder, one, other: builder.fcmp_ordered(sign, one, other)


for _function, _method in ARITHMETIC.items():
    _also = [name for name, plain in IN_PLACE.items() if plain is _function]
    _define(_function, vector, _calling(_method), *_also)
for _function, _sign in COMPARISONS.items():
    _define(_function, mask, _comparing(_sign))
for _function, _method in LOGIC.items():
    _define_logic(_function, _method)


def _operation(emit: Emit) -> Any:
    """Return a function of two vectors, or of a vector and a number."""

    def typed(typing_context: Any, one: Any, other: Any) -> Any:
        if not _are_vectors((one, other)):
            return None

        def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            pairs = zip(sig.args, args, strict=True)
            return emit(builder, *(broadcast_value(context, builder, *pair) for pair in pairs))

        return vector(one, other), lower

    return intrinsic(typed)


minimum = _operation(lambda b, x, y: b.select(b.fcmp_ordered("<", x, y), x, y))
maximum = _operation(lambda b, x, y: b.select(b.fcmp_ordered(">", x, y), x, y))


@intrinsic
def where(typing_context: Any, condition: Any, yes: Any, no: Any) -> Any:
    """Select `yes` where the condition holds, else `no`: vectors or numbers."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pairs = list(zip(sig.args, args, strict=True))[1:]
        return builder.select(args[0], *(broadcast_value(context, builder, *pair) for pair in pairs))

    return vector(condition, yes, no), lower


@intrinsic
def broadcast(typing_context: Any, number: Any) -> Any:
    """Return a vector with one number in all places."""
    return vector(number), lambda context, builder, sig, args: broadcast_value(
        context, builder, number, args[0]
    )


@intrinsic
def any_of(typing_context: Any, condition: Any) -> Any:
    """Return whether a mask is true for any replication."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        bits = builder.bitcast(args[0], ir.IntType(VECTOR_SIZE))
        return builder.icmp_unsigned("!=", bits, ir.Constant(bits.type, 0))

    return types.boolean(condition), lower
