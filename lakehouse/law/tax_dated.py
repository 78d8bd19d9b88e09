"""Rows with validity, asked by key and day."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Generic, TypeAlias, TypeVar

Row: TypeAlias = Mapping[str, object]
Key = TypeVar("Key")
Value = TypeVar("Value")


class Dated(Generic[Key, Value]):
    """Rows with validity, asked by key and day; `valid_to` is inclusive."""

    def __init__(self) -> None:
        """Begin empty."""
        self._rows: dict[Key, list[tuple[date, date, Value]]] = {}

    def add(self, key: Key, row: Row, value: Value) -> None:
        """Take a row."""
        start, end = row["valid_from"], row["valid_to"]
        period = (day_of(start), date.max if end is None else day_of(end), value)
        self._rows.setdefault(key, []).append(period)

    def keys(self) -> Collection[Key]:
        """The keys that have a value on some day."""
        return self._rows.keys()

    def on(self, key: Key, day: date) -> Value | None:
        """The value in force on a day; lists refuse overlaps, so there is one."""
        for start, end, value in self._rows.get(key, ()):
            if start <= day <= end:
                return value
        return None

    def all_on(self, key: Key, day: date) -> list[Value]:
        """The values in force on a day, of a key that may have several."""
        rows = self._rows.get(key, ())
        return [value for start, end, value in rows if start <= day <= end]


def day_of(value: object) -> date:
    """A day of a row, as a date or as text."""
    return value if isinstance(value, date) else date.fromisoformat(str(value))
