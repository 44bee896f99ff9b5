"""What was worked out from an archive, kept while the archive does not change."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

from corpus.store.archive import Archive

Made = TypeVar("Made")

_kept: WeakKeyDictionary[Archive, dict[str, tuple[int, OrderedDict[Hashable, object]]]] = WeakKeyDictionary()
_guard = Lock()


def remembered(
    archive: Archive, generation: int, kind: str, key: Hashable, make: Callable[[], Made], most: int = 1
) -> Made:
    """What ``make`` gives, made once for a key and a generation; of each kind the ``most`` last used are kept."""
    with _guard:
        kinds = _kept.setdefault(archive, {})
        if kind not in kinds or kinds[kind][0] != generation:
            kinds[kind] = (generation, OrderedDict())
        values = kinds[kind][1]
        if key in values:
            values.move_to_end(key)
            return cast(Made, values[key])
    made = make()
    with _guard:
        values[key] = made
        while len(values) > most:
            values.popitem(last=False)
    return made
