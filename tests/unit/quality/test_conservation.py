"""What is missing right of core is found, and what is not counted is named."""

from lakehouse.derive.to_rows import to_rows
from lakehouse.verify import unverified_tables, verify_lake
from quality.conservation import findings, load_equations


def append(lake, name, *rows):
    lake.append(name, to_rows(lake.contracts.table(name), rows))


def test_a_declaration_that_gold_lacks_is_found(lake):
    versions = [
        {"declaration_key": key, "declaration_version": version}
        for key, version in (("1", 0), ("1", 1), ("2", 0))
    ]
    append(lake, "core.vnaccs__declaration", *versions)
    append(lake, "gold.fct_declaration", {"declaration_key": "1"})
    (found,) = findings(lake)
    assert (found.left, found.right, found.holds) == (2, 1, False)
    append(lake, "gold.fct_declaration", {"declaration_key": "2"})
    (found,) = findings(lake)
    assert found.holds


def test_a_table_that_no_equation_counts_is_named(lake):
    append(lake, "core.kcs__import_declaration", {})
    append(lake, "gold.fct_declaration", {})
    lake.delta("gold.fct_activity_daily")
    assert unverified_tables(lake, []) == [
        "core.kcs__import_declaration",
        "gold.fct_declaration",
    ]
    assert unverified_tables(lake, findings(lake)) == [
        "core.kcs__import_declaration",
        "gold.fct_declaration",
    ]


def test_lists_and_own_records_are_not_messages(lake):
    append(lake, "ref.channel", {})
    append(lake, "ops.run", {})
    assert unverified_tables(lake, verify_lake(lake)) == []


def test_every_equation_names_tables_that_have_a_contract(lake):
    for equation in load_equations():
        for side in (equation.left, equation.right):
            lake.delta(side.table)
    assert [found.left - found.right for found in findings(lake)] == [
        0 for _ in load_equations()
    ]
