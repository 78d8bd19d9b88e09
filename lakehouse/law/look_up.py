"""What a dated list answers on a day: a value, or a code with reason and remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Words: TypeAlias = tuple[str, str]
"""In Vietnamese and in English."""

REASONS: Mapping[str, Words] = {
    "code_ended": (
        "Mã hàng {code} đã hết hiệu lực, không có mã thay thế trong bảng tương quan",
        "Code {code} has ended and the correlation names no new one",
    ),
    "code_split": (
        "Mã hàng {code} đã tách thành {candidates}",
        "Code {code} is split into {candidates}",
    ),
    "office_not_open": (
        "Đơn vị hải quan {code} chưa hoạt động vào ngày {on}",
        "Customs office {code} is not open yet on {on}",
    ),
    "office_without_successor": (
        "Đơn vị hải quan {code} đã giải thể, không rõ đơn vị kế thừa",
        "Customs office {code} is closed and no office took its place",
    ),
    "exchange_rate_missing": (
        "Không có tỷ giá tính thuế của {code} cho ngày {on}",
        "There is no customs rate of {code} for {on}",
    ),
    "unknown_code": (
        "Mã hàng {code} không có trong danh mục",
        "Code {code} is not in the nomenclature",
    ),
    "unknown_office": (
        "Đơn vị hải quan {code} không có trong danh mục và bảng ánh xạ",
        "Customs office {code} is neither in the list nor in the mapping",
    ),
}
REMEDIES: Mapping[str, Words] = {
    "code_ended": (
        "Nạp bảng tương quan: customs ref load commodity_correlation TỆP",
        "Load the correlation: customs ref load commodity_correlation FILE",
    ),
    "code_split": (
        "Người khai chọn một mã mới theo mô tả hàng",
        "The declarant chooses one of the new codes by the goods",
    ),
    "office_not_open": (
        "Sửa mã đơn vị, hoặc nạp danh mục có ngày đúng: customs ref load office TỆP",
        "Correct the code, or load the right dates: customs ref load office FILE",
    ),
    "office_without_successor": (
        "Nạp bảng ánh xạ: customs ref load office_mapping TỆP",
        "Load the mapping: customs ref load office_mapping FILE",
    ),
    "exchange_rate_missing": (
        "Nạp tỷ giá ngày {quoted_on}: customs ref load bank_exchange_rate TỆP",
        "Load the rate of {quoted_on}: customs ref load bank_exchange_rate FILE",
    ),
    "unknown_code": (
        "Nạp danh mục: customs ref load commodity TỆP, hoặc sửa mã",
        "Load the nomenclature: customs ref load commodity FILE, or correct the code",
    ),
    "unknown_office": (
        "Nạp danh mục: customs ref load office TỆP, hoặc bảng ánh xạ office_mapping",
        "Load the list: customs ref load office FILE, or the mapping office_mapping",
    ),
}


@dataclass(frozen=True, slots=True)
class Missing:
    """The one reason why a list gives no value, and what to do about it."""

    code: str
    details: Mapping[str, str] = field(default_factory=dict)
    ok: Literal[False] = False

    @property
    def reason(self) -> Words:
        """Why, in Vietnamese and in English."""
        return self._filled(REASONS[self.code])

    @property
    def remedy(self) -> Words:
        """What to do, in Vietnamese and in English."""
        return self._filled(REMEDIES[self.code])

    def _filled(self, words: Words) -> Words:
        vietnamese, english = (text.format(**self.details) for text in words)
        return vietnamese, english
