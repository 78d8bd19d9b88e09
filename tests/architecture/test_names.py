"""Names of tables, columns, checks and sources keep one form everywhere."""

import re
from collections.abc import Iterator

import pytest

from lakehouse.contracts import Column, load_contracts

SOURCES = (
    "vnaccs ecom epay tax manifest nsw asw vasscm device production stock vehicle "
    "passenger border register control lab audit intel ref decision"
).split()
# Foreign declarations, loaded to prove that another layout costs one folder.
FOREIGN_SOURCES = ["kcs"]
WORD = r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*"
SOURCE = "|".join(SOURCES + FOREIGN_SOURCES)
TABLE_NAMES = {
    "raw": rf"(?:{SOURCE})__{WORD}",
    "core": rf"(?:{SOURCE})__{WORD}",
    "gold": rf"(?:dim|fct|bridge|rpt)_{WORD}",
    "feat": rf"{WORD}__{WORD}",
    "share": rf"{WORD}__{WORD}",
    "ref": WORD,
    "ops": WORD,
}
# Ending of a column → the contract types that it may have.
ENDINGS = {
    "_no": r"string|integer|bigint",
    "_code": r"string",
    "_name": r"string",
    "_id": r"string|bigint",
    "_date": r"date",
    "_at": r"timestamp",
    "_vnd": r"decimal\(20,0\)",
    "_usd": r"decimal\(20,4\)",
    "_amount": r"decimal\(20,4\)",
    "_kg": r"decimal\(20,4\)",
    "_rate": r"double|decimal\(\d+,\d+\)",
    "_days": r"integer|bigint",
    "_count": r"integer|bigint",
    "_seq": r"integer|bigint",
    "_hash": r"string",
}
PERIOD = ("valid_from", "valid_to", "known_from", "known_until")
IS_TRUE_OR_FALSE = ("is_", "has_", "needs_", "may_")
# A quantile or mean of money is an estimate, not money.
ESTIMATE = re.compile(r"(?:^|_)(?:median|mean|mad|p\d{2})_")
WINDOW = re.compile(r"_\d+d$")
LINE_OF_SOURCE = re.compile(r"[A-Z][A-Z0-9]*-\d{3}")


TABLES = load_contracts().tables


def all_columns(columns: tuple[Column, ...]) -> Iterator[Column]:
    """Columns with those inside lists."""
    for column in columns:
        yield column
        yield from all_columns(column.items)


def type_by_name(name: str) -> str | None:
    """Pattern of the types that the name of a column allows, None for any."""
    if name.startswith(IS_TRUE_OR_FALSE):
        return "boolean"
    if name in PERIOD:
        return "date|timestamp"
    if ESTIMATE.search(name):
        return None
    plain = WINDOW.sub("", name)
    return next((kind for end, kind in ENDINGS.items() if plain.endswith(end)), None)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_table_names_say_layer_source_and_subject(name):
    schema, _, short = name.partition(".")
    assert re.fullmatch(TABLE_NAMES[schema], short)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_the_name_of_a_column_says_its_type(name):
    table = TABLES[name]
    wrong = []
    for column in all_columns(tuple(table.columns.values())):
        if table.schema == "raw" or column.items or column.is_technical:
            continue
        kind = type_by_name(column.name)
        if kind and not re.fullmatch(kind, column.type):
            wrong.append(f"{column.name} is {column.type}, its name says {kind}")
        if column.type == "boolean" and kind != "boolean":
            wrong.append(f"{column.name} is a boolean: name it is_… or has_…")
    assert not wrong, "\n".join(wrong)


def test_a_check_code_means_one_rule():
    """A code may stand on several tables only if it is the same rule on each."""
    meanings: dict[str, tuple[str, str]] = {}
    for table in TABLES.values():
        for check in table.spec.checks:
            assert LINE_OF_SOURCE.fullmatch(check.code), (table.name, check.code)
            meaning = (check.expression, check.message_vi)
            assert meanings.setdefault(check.code, meaning) == meaning, check.code


def test_folders_of_sources_are_known(project):
    folders = {
        path.parts[1]
        for path in project.files
        if path.parts[0] in ("ingestion", "transforms") and len(path.parts) > 2
    }
    assert folders <= {*SOURCES, *FOREIGN_SOURCES}, folders
