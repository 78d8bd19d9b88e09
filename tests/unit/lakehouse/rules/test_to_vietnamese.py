import pytest

from lakehouse.contracts import load_contracts
from lakehouse.rules.catalogue import Catalogue
from lakehouse.rules.condition import compile_condition
from lakehouse.rules.to_vietnamese import to_vietnamese
from tests.rules.conditions import CATALOGUE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'line.hs_code.startsWith("8517") && declaration.kind_code == "A11"',
            "Mã HS bắt đầu bằng 8517 và mã loại hình là A11.",
        ),
        (
            '!(line.hs_code in ["84", "85"]) || line.goods_name.contains("cũ")',
            'Mã HS không thuộc 84, 85 hoặc tên hàng chứa "cũ".',
        ),
        (
            "line.customs_value_vnd > 1500000",
            "Trị giá hải quan của dòng hàng lớn hơn 1.500.000.",
        ),
        (
            "line.first_quantity >= 0.50 && !declaration.is_low_value",
            "Lượng không nhỏ hơn 0,5 và không phải là tờ khai trị giá thấp.",
        ),
        (
            'declaration.registered_date - declaration.invoice_date > duration("72h")',
            "Thời gian từ ngày hóa đơn đến ngày đăng ký lớn hơn 3 ngày.",
        ),
        (
            'declaration.registered_date > date("2026-01-31")',
            "Ngày đăng ký sau ngày 31/01/2026.",
        ),
        (
            'declaration.registered_at >= timestamp("2026-01-31T17:00:00Z")',
            "Thời điểm đăng ký không trước 00:00 ngày 01/02/2026.",
        ),
        (
            "(declaration.is_low_value || has(line.hs_code)) && !has(line.goods_name)",
            "(là tờ khai trị giá thấp hoặc có mã HS) và không có tên hàng.",
        ),
        (
            '!(line.hs_code == "85")',
            "Mã HS khác 85.",
        ),
        (
            'line.hs_code.matches("^(72|73)")',
            "Mã HS bắt đầu bằng 72 hoặc 73.",
        ),
        (
            "has(line.hs_code) ? size(line.goods_name) < 5 : false",
            "Nếu có mã HS thì số ký tự của tên hàng nhỏ hơn 5, nếu không thì không bao "
            "giờ đúng.",
        ),
        (
            "double(line.customs_value_vnd) / double(line.first_quantity)"
            " < 0.5 * price.median_unit_price_vnd",
            "Trị giá hải quan của dòng hàng ÷ lượng nhỏ hơn 0,5 × trung vị đơn giá.",
        ),
    ],
)
def test_a_condition_reads_as_a_sentence(text, expected):
    assert to_vietnamese(compile_condition(text, CATALOGUE), CATALOGUE) == expected


def test_our_own_codes_are_written_in_words():
    catalogue = Catalogue.from_contracts(load_contracts())
    node = compile_condition('declaration.direction_code == "import"', catalogue)
    assert to_vietnamese(node, catalogue).endswith("là nhập khẩu.")
