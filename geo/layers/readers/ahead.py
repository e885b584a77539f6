"""Doing the next thing while this one is being written."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
WAIT_S = 0.1


def ahead(items: Iterable[T], most: int = 1) -> Iterator[T]:
    """The same items in the same order, made by a thread that stays at most ``most`` items ahead.

    An error of the maker is raised where its item would have come. A consumer that leaves early stops
    the maker after the item it is making.

    Examples
    --------
    >>> list(ahead(range(3)))
    [0, 1, 2]
    """
    waiting: queue.Queue[tuple[str, T | BaseException | None]] = queue.Queue(most)
    left = threading.Event()

    def put(what: str, item: T | BaseException | None) -> bool:
        while not left.is_set():
            try:
                waiting.put((what, item), timeout=WAIT_S)
                return True
            except queue.Full:
                continue
        return False

    def make() -> None:
        try:
            for item in items:
                if not put("item", item):
                    return
            put("end", None)
        except BaseException as error:  # noqa: BLE001 - handed over to the consumer, which raises it
            put("error", error)

    maker = threading.Thread(target=make, name="ahead", daemon=True)
    maker.start()
    try:
        while True:
            what, item = waiting.get()
            if what == "end":
                return
            if what == "error":
                assert isinstance(item, BaseException)
                raise item
            yield item  # type: ignore[misc]
    finally:
        left.set()
        maker.join()
