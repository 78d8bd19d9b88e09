"""What a contract consists of: elements, columns, tables, and the set of them."""

from __future__ import annotations

from typing import Literal

import msgspec

from lakehouse.errors import UsageError

Classification = Literal["public", "internal", "restricted", "secret"]


class Element(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One entry of the national set of data elements (bộ chỉ tiêu thông tin)."""

    label_vi: str
    label_en: str
    type: str
    description: str
    legal_basis: str
    classification: Classification
    unit: str | None = None
    pattern: str | None = None
    code_list: str | None = None
    wco_id: str | None = None


class ColumnSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column as a contract writes it; everything else comes from its element."""

    of: str | None = None
    role: str | None = None
    type: str | None = None
    required: bool = False
    expected: str | None = None
    mask: str | None = None
    note: str | None = None
    list_of: dict[str, ColumnSpec] | None = None


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A condition that every row must hold; `expression` is Spark SQL."""

    code: str
    severity: Literal["block", "quarantine", "warn"]
    expression: str
    message_vi: str
    message_en: str


class Trailing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Band around the median of the days before, by arrival, where enough have come."""

    days: int
    lowest_share: float
    highest_share: float


class Volume(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rows a day between which nothing is strange."""

    min_rows_per_day: int
    max_rows_per_day: int
    trailing: Trailing | None = None


class Freshness(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hours after which newest data older than this is late."""

    expected_delay_hours: int


class Lateness(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Days after which a period is closed to late arrivals."""

    close_after_days: int


class Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long rows are kept, and by which rule."""

    years: int
    legal_basis: str


class TableSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table contract as written; every key is required, an empty list says none."""

    name: str
    version: str
    layer: Literal["raw", "core", "gold", "feat", "share", "ref", "ops"]
    title_vi: str
    title_en: str
    description: str
    owner: str
    sources: list[str]
    classification: Classification
    key: list[str]
    history: Literal["append", "versioned", "scd2", "snapshot"]
    partition_by: list[str]
    columns: dict[str, ColumnSpec]
    references: dict[str, str]
    checks: list[Check]
    volume: Volume | None
    freshness: Freshness | None
    lateness: Lateness | None
    retention: Retention
    on_new_column: Literal["refuse", "warn", "ignore"]
    usage_warnings: list[str]
    consumers: list[str]


class Column(msgspec.Struct, frozen=True):
    """A column with its element resolved.

    Attributes:
        element: None for a technical column (leading underscore) and for a list.
        type: contract type, such as `decimal(20,0)`; `list` where `items` is set.
        items: columns of the struct that a list repeats.
        expected: Spark SQL over the row; where it holds, an empty value is a gap.
    """

    name: str
    type: str
    required: bool
    element: str | None = None
    role: str | None = None
    mask: str | None = None
    note: str | None = None
    items: tuple[Column, ...] = ()
    expected: str | None = None

    @property
    def is_technical(self) -> bool:
        """Technical columns are left out of comparisons and of people's views."""
        return self.name.startswith("_")


class Table(msgspec.Struct, frozen=True):
    """A table contract with its columns resolved."""

    spec: TableSpec
    columns: dict[str, Column]

    @property
    def name(self) -> str:
        """Full name, `<schema>.<table>`."""
        return self.spec.name

    @property
    def schema(self) -> str:
        """Schema of the lake, the same word as the layer."""
        return self.spec.layer

    @property
    def short_name(self) -> str:
        """Name within the schema."""
        return self.spec.name.split(".", 1)[1]

    @property
    def major(self) -> int:
        """Major version; it is part of the table's path."""
        return int(self.spec.version.split(".")[0])

    @property
    def key(self) -> tuple[str, ...]:
        """Columns that make a row unique."""
        return tuple(self.spec.key)

    @property
    def grain(self) -> str:
        """First sentence of the description."""
        return self.spec.description.split(".")[0].strip() + "."


class Contracts(msgspec.Struct, frozen=True):
    """All elements and tables, by name."""

    elements: dict[str, Element]
    tables: dict[str, Table]

    def table(self, name: str) -> Table:
        """The contract of a table.

        Raises:
            UsageError: no contract has this name.
        """
        if name in self.tables:
            return self.tables[name]
        raise UsageError(
            "unknown_table",
            f"no contract is named {name}",
            "See `customs status --tables` for the names",
        )
