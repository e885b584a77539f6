"""How code is compiled here: kept on disk between runs; without a way in from Python where only compiled code calls.

Import it inside functions only: numba is heavy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function that Python calls."""
    return cast("Function", numba.njit(cache=True)(function))


def inner(function: Function) -> Function:
    """Compile a function that only compiled code calls, into its callers: they hand whole grounds of arrays over.

    It takes a third of the time to compile; called by Python it crashes.
    """
    bare = cast("Any", numba.njit)(cache=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True)
    return cast("Function", bare(function))
