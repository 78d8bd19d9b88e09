import pytest

from lakehouse.rules.condition import compile_condition
from lakehouse.rules.to_sql import to_sql
from tests.rules.conditions import CATALOGUE, LISTS


def sql(text: str) -> str:
    return to_sql(compile_condition(text, CATALOGUE, LISTS), LISTS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("line.hs_code == '85'", "(line.hs_code = '85')"),
        ("line.hs_code != '85'", "(line.hs_code <> '85')"),
        ("!has(line.hs_code)", "(line.hs_code is null)"),
        ("line.hs_code.startsWith('85')", "(line.hs_code like '85%')"),
        ("line.hs_code.startsWith('8_')", "(substring(line.hs_code, 1, 2) = '8_')"),
        (
            "line.hs_code.matches('^(72|73)')",
            "((line.hs_code like '72%') or (line.hs_code like '73%'))",
        ),
        ("line.goods_name.contains('#&')", "(instr(line.goods_name, '#&') > 0)"),
        (
            "line.hs_code in lists.watched",
            "(line.hs_code in ('03CC', '8517', 'A11'))",
        ),
        (
            "line.hs_code in lists.empty",
            "(case when line.hs_code is null then cast(null as boolean) "
            "else false end)",
        ),
        (
            "double(line.customs_value_vnd) / line.first_quantity < 0.5",
            "((cast(line.customs_value_vnd as double) / nullif(cast("
            "line.first_quantity as double), cast(0 as double))) "
            "< cast('0.5' as double))",
        ),
        (
            "line.first_quantity + 0.5 > 1.0",
            "(cast(cast(line.first_quantity as decimal(20, 4)) + cast(cast('0.5' as "
            "decimal(2, 1)) as decimal(2, 1)) as decimal(21, 4)) "
            "> cast('1.0' as decimal(2, 1)))",
        ),
        (
            "declaration.registered_date > date('2026-01-31')",
            "(declaration.registered_date > date '2026-01-31')",
        ),
        ("declaration.is_low_value && true", "(declaration.is_low_value and true)"),
    ],
)
def test_a_condition_is_written_in_the_common_dialect(text, expected):
    assert sql(text) == expected


def test_a_choice_of_an_unknown_condition_is_null():
    assert "else cast(null as boolean) end" in sql(
        "has(line.hs_code) ? line.hs_code == '1' : false"
    )
