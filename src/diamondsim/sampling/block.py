"""A block of replications: the source of all its random numbers.

Owns the choice of columns and the names of streams. All other modules ask the block for the value of an
`Input` or for a named uniform, and never see a seed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any, TypeVar

import numpy as np

from diamondsim.arrays import FloatArray, IntArray
from diamondsim.distributions import Constant, Distribution, Mixture, Product, Sum
from diamondsim.plan import Correlated, Input, Plan, Sampling, StreamNames
from diamondsim.sampling.cdf import Given, Mixed, Scaled, Shifted, Simple
from diamondsim.sampling.copula import correlate
from diamondsim.sampling.inverse import quantile
from diamondsim.sampling.quasi_random import stream_words
from diamondsim.sampling.random_streams import BLOCK, WordArray, to_uniforms, words

Result = TypeVar("Result")


class Scratch:
    """Arrays by name, made on first use and reused as long as their shape is the same.

    A second draw into a scratch overwrites the Draws that were made in it.

    Examples
    --------
    >>> scratch = Scratch()
    >>> scratch.array("noise", (2, 3)) is scratch.array("noise", (2, 3))
    True
    """

    def __init__(self) -> None:
        self._arrays: dict[str, FloatArray] = {}
        self._steps: dict[str, tuple[tuple[object, ...], Any]] = {}
        self._plan: Plan | None = None
        self._key: tuple[object, ...] = ()
        self._block: Block | None = None

    def whole_block(self, plan: Plan, *, seed: int, number: int, redraw_seed: int | None) -> Block:
        """Return the block of a number as a whole; that of the last call, if its streams are the same."""
        # Plain random numbers have no dimensions; those say only which streams have the seed of a redraw.
        has_dimensions = plan.sampling.method != "random" or redraw_seed not in (None, seed)
        sampling = plan.sampling if has_dimensions else None
        key = (seed, number, redraw_seed, plan.correlated, sampling, plan.stream_names)
        if self._block is None or key != self._key:
            self._key = key
            self._block = Block.of_plan(plan, seed=seed, number=number, redraw_seed=redraw_seed, scratch=self)
        elif plan is not self._plan:
            self._block.begin_plan()
        self._plan = plan
        return self._block

    def forget(self) -> None:
        """Keep the memory, but nothing of what was drawn: the next draw takes as long as the first."""
        self._block = None
        self._steps.clear()

    def reused(self, name: str, depends_on: tuple[object, ...], make: Callable[[], Result]) -> Result:
        """Return what a step of drawing made last, if it depends on the same now; else make it anew."""
        if name not in self._steps or self._steps[name][0] != depends_on:
            self._steps.pop(name, None)  # it is overwritten, perhaps only in part
            self._steps[name] = depends_on, make()
        made: Result = self._steps[name][1]
        return made

    def array(self, name: str, shape: tuple[int, ...]) -> FloatArray:
        """Return an array of a shape; its values are arbitrary."""
        if name not in self._arrays or self._arrays[name].shape != shape:
            self._arrays.pop(name, None)  # so that there are never two
            self._arrays[name] = np.empty(shape)
        return self._arrays[name]


_AT_RANDOM = Sampling()
_UNCHANGED = StreamNames()
_CELLS_IN_CACHE = 8 * BLOCK  # So few at a time stay in the processor's cache between the steps.


class Block:
    """Some columns of one block of 1,024 replications.

    Streams are named after what they are for:

    - `name`: the uniform of an Input, of a dated entry, ...;
    - `name/occasion`: the same, drawn anew for a spell (`/spell0`), a sojourn in a state (`/visit0`), an
      announcement (`/run0`) or a series of outages (`/outage`, a row each);
    - `name/factor1`, ...: the second factor of a product, and so on; inside the k-th part of a mixture
      `name/part<k>/factor1`;
    - `name/term1`, ...: the second term of a sum, and so on; the first uncertain term is that of the name;
    - `name/scramble`: the scrambling of the points of a quasi-random sequence for that name.

    Uniforms of correlated names come from the streams of their whole group. Names that `sampling` lists are
    drawn once in a replication, and may be spread more evenly than at random; all others are drawn at random.

    Parameters
    ----------
    seed : int
        Root of all streams.
    number : int
        Number of the block.
    columns : slice or (R,) int array
        Columns to draw, inside [0, BLOCK).
    correlated : sequence of Correlated
        Groups of correlated names.
    sampling : Sampling
        Which streams are drawn once in a replication, and how they are laid out.
    stream_names : StreamNames
        The names that seed the streams.
    redraw_seed : int, optional
        Root of all streams that are not drawn once; the seed by default.
    scratch : Scratch, optional
        Memory for the large arrays; new memory by default.

    Examples
    --------
    >>> whole, part = Block(1, 0), Block(1, 0, slice(2, 4))
    >>> bool((part.uniform("demand") == whole.uniform("demand")[2:4]).all())
    True
    """

    def __init__(
        self,
        seed: int,
        number: int,
        columns: slice | IntArray = slice(0, BLOCK),
        *,
        correlated: Sequence[Correlated] = (),
        sampling: Sampling = _AT_RANDOM,
        stream_names: StreamNames = _UNCHANGED,
        redraw_seed: int | None = None,
        scratch: Scratch | None = None,
    ) -> None:
        self._seed = seed
        self._redraw_seed = seed if redraw_seed is None else redraw_seed
        self._sampling = sampling
        self._stream_names = stream_names
        self._number = number
        self._columns = columns
        self._correlated = correlated
        self._group = {name: group for group in correlated for name in group.names}
        self._whole: Block | None = None
        self.scratch = Scratch() if scratch is None else scratch
        self._show(columns)

    @classmethod
    def of_plan(
        cls,
        plan: Plan,
        *,
        seed: int,
        number: int,
        columns: slice = slice(0, BLOCK),
        redraw_seed: int | None = None,
        scratch: Scratch | None = None,
    ) -> Block:
        """Return a block whose streams are those of a plan."""
        return cls(
            seed,
            number,
            columns,
            correlated=plan.correlated,
            sampling=plan.sampling,
            stream_names=plan.stream_names,
            redraw_seed=redraw_seed,
            scratch=scratch,
        )

    def _show(self, columns: slice | IntArray) -> None:
        self._columns = columns
        self.size = len(np.arange(BLOCK)[columns])
        self._uniforms: dict[str, FloatArray] = {}
        self._values: dict[tuple[str, Distribution], FloatArray] = {}
        self._older_values: dict[tuple[str, Distribution], FloatArray] = {}

    def part(self, columns: slice) -> Block:
        """Return the block of some columns, which takes what is drawn once from this one, a whole block.

        What one part has asked for is there for the next.
        """
        part = copy(self)
        part._show(columns)
        part._whole = self
        return part

    def reused(self, name: str, depends_on: tuple[object, ...], make: Callable[[], Result]) -> Result:
        """Return what a step of drawing gives: in a part, what it gave last if it depends on the same.

        Parameters
        ----------
        name : str
            Of the step.
        depends_on : tuple
            All of the plan that the step reads.
        make : callable
            The step.
        """
        if self._whole is None:
            return make()
        return self.scratch.reused(name, (self._whole, self._columns, *depends_on), make)

    def pick(self, positions: IntArray) -> Block:
        """Return the block of some of the replications only."""
        picked = copy(self)
        picked._show(np.arange(BLOCK)[self._columns][positions])
        return picked

    def begin_plan(self) -> None:
        """Forget the values that the last plan did not ask for: those of two plans are kept at most."""
        self._older_values, self._values = self._values, {}

    def uniform(self, name: str) -> FloatArray:
        """Return the (R,) uniforms of a stream."""
        if self._whole is not None:
            shown: FloatArray = self._whole.uniform(name)[self._columns]
            return shown
        if name not in self._uniforms:
            group = self._group.get(name)
            if group is None:
                self._uniforms[name] = self._independent(name)
            else:
                independent = [self._independent(member) for member in group.names]
                self._uniforms.update(zip(group.names, correlate(group, independent), strict=True))
        return self._uniforms[name]

    def _independent(self, name: str) -> FloatArray:
        seed = self._seed if name in self._sampling.dimensions else self._redraw_seed
        return to_uniforms(self._words(seed, name)[self._columns])

    def _words(self, seed: int, name: str) -> WordArray:
        dimension = self._sampling.dimensions.get(name)
        stream = self._stream_names.seeded(name)
        return stream_words(self._sampling.method, seed, stream, self._number, dimension)

    def uniform_row(self, name: str, row: int) -> FloatArray:
        """Return the (R,) uniforms of one row of a stream."""
        (only,) = self.uniform_rows(name, 1, first=row)
        return np.asarray(only)

    def uniform_rows(
        self, name: str, rows: int, *, first: int = 0, out: FloatArray | None = None
    ) -> FloatArray:
        """Return the (rows, R) uniforms of some rows of a stream, from the `first` on.

        They are new, or written into `out`.
        """
        uniforms = np.empty((rows, self.size)) if out is None else out
        stream = self._stream_names.seeded(name)
        columns, rest = self._columns, slice(None)
        if not isinstance(columns, slice):
            columns, rest = slice(0, BLOCK), columns
        at_a_time = max(1, _CELLS_IN_CACHE // self.size)
        for begin in range(0, rows, at_a_time):
            part = uniforms[begin : begin + at_a_time]
            raw = words(
                self._redraw_seed, stream, self._number, row=first + begin, rows=len(part), columns=columns
            )
            to_uniforms(raw[:, rest], out=part)
        return uniforms

    def value(self, number: Input, time: int = 0) -> FloatArray:
        """Return the (R,) values of an Input; where it is drawn anew, those of one `time`, from 0."""
        return self.read(number.distribution, number.drawn_name(time))

    def value_row(self, number: Input, occasion: str, row: int) -> FloatArray:
        """Return the (R,) values of an Input that is drawn for the row-th time on an occasion."""
        return self._draw(number.distribution, number.name + occasion, row)

    def read(self, distribution: Distribution, name: str) -> FloatArray:
        """Return the (R,) values of a distribution at the uniforms of a stream."""
        if self._whole is not None:
            shown: FloatArray = self._whole.read(distribution, name)[self._columns]
            return shown
        key = (name, distribution)
        if key not in self._values:
            older = self._older_values.get(key)
            self._values[key] = self._draw(distribution, name, 0) if older is None else older
            self._values[key].flags.writeable = False  # they are there for all who ask
        return self._values[key]

    def _draw(self, distribution: Distribution, name: str, row: int) -> FloatArray:
        if isinstance(distribution, Constant):
            return np.full(self.size, distribution.value)
        uniforms = self.uniform_row(name, row) if row else self.uniform(name)
        return quantile(self._given(distribution, name, row), uniforms)

    def _given(self, distribution: Distribution, name: str, row: int) -> Given:
        """Draw all but the first factor of each product, and all but the first uncertain term of each sum."""
        match distribution:
            case Product(factors):
                scale = np.ones(self.size)
                for k, factor in enumerate(factors[1:], start=1):
                    scale = scale * self._draw(factor, f"{name}/factor{k}", row)
                return Scaled(self._given(factors[0], name, row), scale)
            case Sum(terms):
                offset = np.zeros(self.size)
                for k, term in enumerate(terms):
                    if k != distribution.first:
                        offset = offset + self._draw(term, f"{name}/term{k}", row)
                return Shifted(self._given(terms[distribution.first], name, row), offset)
            case Mixture(weights, parts):
                possible = [k for k, weight in enumerate(weights) if weight > 0]
                return Mixed(
                    tuple(weights[k] for k in possible),
                    tuple(self._given(parts[k], f"{name}/part{k}", row) for k in possible),
                )
        assert isinstance(distribution, Simple), f"no inverse for {distribution!r}"
        return distribution
