"""One lint over the whole model: every name means one thing, and every name is used."""

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
import yaml

from lakehouse.contracts import Column, load_contracts
from lakehouse.settings import PROJECT_ROOT

CONTRACTS = load_contracts()
TABLES = CONTRACTS.tables
KEPT = Path(__file__).with_name("elements_without_a_table.txt")
SQL_WORDS = re.compile(r"'[^']*'|[a-z_][a-z0-9_]*")
VIETNAMESE = re.compile(r"[à-ỹđÀ-ỸĐ]")


def columns(table) -> list[Column]:
    """Columns with those inside lists."""
    found, waiting = [], list(table.columns.values())
    while waiting:
        column = waiting.pop()
        found.append(column)
        waiting.extend(column.items)
    return found


def kept_elements() -> set[str]:
    lines = KEPT.read_text(encoding="utf-8").splitlines()
    return {line.split()[0] for line in lines if line and not line.startswith("#")}


def test_every_element_is_used_by_a_table_or_listed():
    used = {column.element for table in TABLES.values() for column in columns(table)}
    unused = set(CONTRACTS.elements) - used
    assert unused - kept_elements() == set(), "not used and not listed"
    assert kept_elements() - unused == set(), "listed, but used or not there"


@pytest.mark.parametrize("label", ["label_vi", "label_en"])
def test_two_elements_never_share_a_label(label):
    names: dict[str, list[str]] = {}
    for name, element in CONTRACTS.elements.items():
        names.setdefault(getattr(element, label).casefold(), []).append(name)
    assert {text: shared for text, shared in names.items() if len(shared) > 1} == {}


def test_a_column_name_has_one_type_in_the_whole_model():
    types: dict[str, dict[str, list[str]]] = {}
    for name, table in TABLES.items():
        if table.schema != "raw":
            for column in columns(table):
                if not column.is_technical:
                    kinds = types.setdefault(column.name, {})
                    kinds.setdefault(column.type, []).append(name)
    assert {name: kinds for name, kinds in types.items() if len(kinds) > 1} == {}


def test_titles_of_tables_differ():
    for title in ("title_vi", "title_en"):
        titles = Counter(
            (table.schema, getattr(table.spec, title)) for table in TABLES.values()
        )
        assert [text for text, times in titles.items() if times > 1] == [], title


@pytest.mark.parametrize("name", sorted(CONTRACTS.elements))
def test_an_element_is_described_in_both_languages(name):
    element = CONTRACTS.elements[name]
    assert element.label_vi.strip() == element.label_vi != ""
    assert not VIETNAMESE.search(element.label_en)
    assert element.description.endswith("."), "a description is a sentence"
    assert element.legal_basis.strip()
    for text in (element.label_vi, element.label_en, element.description):
        assert unicodedata.is_normalized("NFC", text)
    if element.pattern:
        re.compile(element.pattern)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_says_who_owns_it_and_what_its_checks_say_to_people(name):
    spec = TABLES[name].spec
    assert spec.owner.strip()
    assert spec.title_vi.strip()
    assert spec.retention.legal_basis.strip()
    for check in spec.checks:
        assert VIETNAMESE.search(check.message_vi), check.code
        assert not VIETNAMESE.search(check.message_en), check.code
        assert not check.message_vi.endswith("."), check.code


@pytest.mark.parametrize("name", sorted(TABLES))
def test_sources_of_a_table_are_tables_and_those_of_raw_are_folders(name):
    sources = TABLES[name].spec.sources
    if TABLES[name].schema == "raw":
        folders = PROJECT_ROOT / "ingestion"
        assert [one for one in sources if not (folders / one).is_dir()] == []
    else:
        assert [one for one in sources if one not in TABLES] == []


@pytest.mark.parametrize("name", sorted(TABLES))
def test_keys_are_required_columns(name):
    table = TABLES[name]
    assert [key for key in table.key if not table.columns[key].required] == []


@pytest.mark.parametrize("name", sorted(TABLES))
def test_partitions_are_dates_months_or_codes(name):
    table = TABLES[name]
    for column in table.spec.partition_by:
        assert column == "key_prefix" or re.search(
            r"(_date|_month|_code)$|^_batch_seq$", column
        ), column


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_check_says_what_an_empty_value_means(name):
    """Unknown counts as a failure, so an optional column needs `is null or …`."""
    table = TABLES[name]
    wrong = []
    for check in table.spec.checks:
        words = set(SQL_WORDS.findall(check.expression))
        for column in words & set(table.columns):
            said = re.search(
                rf"\b{column} is (not )?null|coalesce\(.*\b{column}\b|{column} <=>",
                check.expression,
            )
            if not table.columns[column].required and not said:
                wrong.append(f"{check.code}: {column}")
    assert wrong == []


SECRECY = ("public", "internal", "restricted", "secret")
# A code in a list tells nothing of anybody; the same code on a declaration does.
OF_SOMEBODY = re.compile(r"(core|feat)\..*|gold\.(fct|bridge)_.*")


@pytest.mark.parametrize("name", [name for name in TABLES if OF_SOMEBODY.match(name)])
def test_a_table_about_somebody_is_as_secret_as_its_columns(name):
    table = TABLES[name]
    classes = {
        column.name: CONTRACTS.elements[column.element].classification
        for column in columns(table)
        if column.element and not column.mask
    }
    floor = SECRECY.index(table.spec.classification)
    assert [one for one, cls in classes.items() if SECRECY.index(cls) > floor] == []


def test_rows_of_sample_lists_say_that_they_are_samples():
    """What is not official is labelled where it stands."""
    wrong = []
    for path in sorted((PROJECT_ROOT / "ingestion").glob("*/sample/*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        if "is_sample" not in path.read_text(encoding="utf-8"):
            wrong.append(f"{path.name}: {type(content).__name__} without is_sample")
    assert wrong == []
