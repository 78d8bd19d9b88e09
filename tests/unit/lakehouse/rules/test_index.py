import pytest

from lakehouse.rules.condition import compile_condition
from lakehouse.rules.index import Key, best_key
from tests.rules.conditions import CATALOGUE, LISTS


def key(text: str) -> Key | None:
    return best_key(compile_condition(text, CATALOGUE, LISTS), LISTS)


def keyed(column: str, *, exact=(), prefixes=(), none_is_false=False) -> Key:
    return Key(column, frozenset(exact), frozenset(prefixes), none_is_false)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("line.hs_code == '8517' && 1 < 2", keyed("line.hs_code", exact=["8517"])),
        ("'8517' == line.hs_code", keyed("line.hs_code", exact=["8517"])),
        (
            "line.hs_code in ['8517', '8518']",
            keyed("line.hs_code", exact=["8517", "8518"]),
        ),
        (
            "line.hs_code.matches('^(8517|8518)')",
            keyed("line.hs_code", prefixes=["8517", "8518"]),
        ),
        (
            "line.hs_code.startsWith('8517') || line.hs_code == '84'",
            keyed("line.hs_code", exact=["84"], prefixes=["8517"]),
        ),
        (
            "declaration.kind_code in lists.watched",
            keyed("declaration.kind_code", exact=["A11", "8517", "03CC"]),
        ),
        (
            "has(line.hs_code) && line.hs_code == '1'",
            keyed("line.hs_code", exact=["1"], none_is_false=True),
        ),
    ],
)
def test_what_a_condition_requires_of_a_column_is_its_key(text, expected):
    assert key(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "line.hs_code != '8517'",
        "!(line.hs_code == '8517')",
        "line.hs_code == '8517' || line.goods_name == 'x'",
        "line.hs_code == '8517' || 1 < 2",
        "(1 < 2) ? line.hs_code == '1' : line.hs_code == '2'",
        "line.first_quantity == 1.0",
    ],
)
def test_what_does_not_follow_is_not_taken_for_a_key(text):
    assert key(text) is None


def test_a_value_that_a_prefix_covers_is_not_looked_up_twice():
    text = "line.hs_code in ['851713', '84'] || line.hs_code.startsWith('85')"
    assert key(text) == keyed("line.hs_code", exact=["84"], prefixes=["85"])


def test_the_narrower_column_is_taken():
    text = "declaration.office_code == '03CC' && line.hs_code.startsWith('85171300')"
    assert key(text).column == "line.hs_code"
    text = "declaration.office_code == '03CC' && line.hs_code.startsWith('85')"
    assert key(text).column == "declaration.office_code"
