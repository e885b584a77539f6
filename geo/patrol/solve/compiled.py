"""How code is compiled here: kept on disk between runs; without a way in from Python where only compiled code calls.

Functions that make no arrays count no references to those they are handed. Counting takes two thirds of the time of a
step of the annealer: a named tuple of arrays has one counted at each look into it.

Import it inside functions only: numba is heavy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from geo.compiling import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function that Python calls, from several threads at once; it makes no array, or does not compile."""
    return cast("Function", cast("Any", njit)(cache=True, _nrt=False, nogil=True)(function))


def making(function: Function) -> Function:
    """Compile a function that Python calls and that makes arrays."""
    return cast("Function", njit(cache=True)(function))


def inner(function: Function) -> Function:
    """Compile a function that only compiled code calls, into its callers: they hand whole grounds of arrays over.

    It makes no array, and takes a third of the time to compile; called by Python it crashes.
    """
    bare = cast("Any", njit)(cache=True, _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True)
    return cast("Function", bare(function))
