"""Why a request is refused, in Vietnamese and English, as problem+json (RFC 9457)."""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from realtime_core.errors import RequestRefused

CONTENT_TYPE = "application/problem+json"


class _Text(NamedTuple):
    title_vi: str
    title_en: str
    detail_vi: str
    detail_en: str


# `{0}` stands for what the rule expected or found.
_TEXTS = {
    "malformed_json": _Text(
        "Nội dung không phải JSON",
        "The body is not JSON",
        "Không đọc được JSON: {0}",
        "The JSON cannot be read: {0}",
    ),
    "bad_encoding": _Text(
        "Sai bảng mã", "Wrong encoding", "Phải là UTF-8: {0}", "It must be UTF-8: {0}"
    ),
    "wrong_type": _Text(
        "Sai kiểu dữ liệu",
        "Wrong type",
        "Cần kiểu {0}",
        "Expected {0}",
    ),
    "bad_pattern": _Text(
        "Sai định dạng",
        "Wrong form",
        "Không đúng định dạng {0}",
        "It does not match {0}",
    ),
    "out_of_range": _Text(
        "Ngoài giới hạn", "Out of range", "Phải {0}", "It must be {0}"
    ),
    "too_many": _Text(
        "Quá nhiều dòng hàng",
        "Too many lines",
        "Một tờ khai có tối đa {0} dòng hàng; hãy tách thành nhiều tờ khai",
        "A declaration has at most {0} lines; split it over several declarations",
    ),
    "field_missing": _Text(
        "Thiếu chỉ tiêu", "Field missing", "Phải có `{0}`", "`{0}` is required"
    ),
    "field_unknown": _Text(
        "Chỉ tiêu không có trong quy định",
        "Unknown field",
        "Không có chỉ tiêu `{0}`",
        "There is no field `{0}`",
    ),
    "zone_missing": _Text(
        "Thiếu múi giờ",
        "Time zone missing",
        "Thời điểm phải ghi múi giờ, ví dụ +07:00",
        "A moment must carry its zone, such as +07:00",
    ),
    "bad_time": _Text(
        "Sai ngày giờ", "Wrong date or time", "Không đúng: {0}", "It is not valid: {0}"
    ),
    "double_key": _Text(
        "Khóa lặp lại",
        "A key twice",
        "Khóa `{0}` xuất hiện nhiều lần trong cùng một đối tượng",
        "Key `{0}` stands more than once in one object",
    ),
    "lines_missing": _Text(
        "Thiếu dòng hàng",
        "Lines missing",
        "Chỉ tờ khai trị giá thấp mới được không có dòng hàng",
        "Only a low-value declaration may have no lines",
    ),
    "line_no_repeated": _Text(
        "Trùng số thứ tự dòng hàng",
        "Line number twice",
        "Số thứ tự này đã có ở dòng khác",
        "Another line has this number",
    ),
    "registered_later": _Text(
        "Ngày đăng ký ở tương lai",
        "Registered in the future",
        "Ngày đăng ký sau ngày nhận (giờ Việt Nam)",
        "The registration date is after the date of receipt (Viet Nam)",
    ),
    "no_rules_that_day": _Text(
        "Ngày nhận ngoài thời gian áp dụng",
        "No rules on the date of receipt",
        "Không có ngưỡng phân luồng áp dụng cho ngày {0}",
        "No thresholds hold on {0}",
    ),
    "wrong_content_type": _Text(
        "Sai loại nội dung",
        "Wrong content type",
        "Cần Content-Type: application/json",
        "Content-Type must be application/json",
    ),
    "body_too_large": _Text(
        "Nội dung quá lớn",
        "Body too large",
        "Tối đa {0} byte",
        "At most {0} bytes",
    ),
    "body_incomplete": _Text(
        "Nội dung bị cắt",
        "Body cut short",
        "Nội dung không đến đủ trước khi kết nối đóng hoặc hết thời gian chờ",
        "The whole body did not arrive before the connection closed or time was up",
    ),
    "not_found": _Text(
        "Không tìm thấy",
        "Not found",
        "Không có quyết định nào cho {0}",
        "There is no decision for {0}",
    ),
    "no_such_path": _Text(
        "Không có địa chỉ này", "No such address", "Không có {0}", "There is no {0}"
    ),
    "wrong_method": _Text(
        "Sai phương thức", "Wrong method", "Chỉ nhận {0}", "Only {0} is taken"
    ),
    "no_token": _Text(
        "Chưa xác thực",
        "Not authenticated",
        "Cần Authorization: Bearer",
        "Authorization: Bearer is required",
    ),
    "other_content": _Text(
        "Nội dung khác dưới cùng một số tờ khai",
        "Other content under the same number",
        "Số {0} đã được quyết định với nội dung khác; nội dung mới phải mang số sửa "
        "đổi mới",
        "{0} was decided with other content; new content needs a new amendment number",
    ),
    "stopping": _Text(
        "Dịch vụ đang dừng",
        "Stopping",
        "Hãy gửi lại sau giây lát",
        "Send again in a moment",
    ),
}


class _Rule(NamedTuple):
    code: str
    pattern: re.Pattern[str]


_RULES = (
    _Rule("field_missing", re.compile(r"missing required field `(.+?)`")),
    _Rule("field_unknown", re.compile(r"unknown field `(.+?)`")),
    _Rule("too_many", re.compile(r"Expected `array` of length <= (\d+)")),
    _Rule("bad_pattern", re.compile(r"matching regex '(.+)'")),
    _Rule("out_of_range", re.compile(r"Expected `\w+` ([<>]=? -?\d+)")),
    _Rule("zone_missing", re.compile(r"with a timezone()")),
    _Rule("bad_time", re.compile(r"(Invalid (?:RFC3339|ISO8601).+?)(?: - at|$)")),
    _Rule("out_of_range", re.compile(r"Number (out of range)")),
    _Rule("wrong_type", re.compile(r"Expected (.+?)(?: - at|$)")),
)
_PLACE = re.compile(r" - at `\$(.*?)`$")
_STEP = re.compile(r"\.?([^.\[\]]+)")


def refused(status: int, code: str, pointer: str, *values: str) -> RequestRefused:
    """The refusal of a rule."""
    text = _TEXTS[code]
    return RequestRefused(
        status,
        code,
        pointer,
        text.detail_vi.format(*values),
        text.detail_en.format(*values),
    )


def refuse_unreadable(
    error: msgspec.DecodeError | UnicodeDecodeError,
) -> RequestRefused:
    """The refusal of a body that does not decode, with the place it failed at."""
    if isinstance(error, UnicodeDecodeError):
        return refused(400, "bad_encoding", "", error.reason)
    message = str(error)
    if not isinstance(error, msgspec.ValidationError):
        return refused(400, "malformed_json", "", message.removeprefix("JSON is "))
    place = _PLACE.search(message)
    pointer = _pointer(place.group(1)) if place else ""
    for rule in _RULES:
        found = rule.pattern.search(message)
        if found:
            value = found.group(1).replace("\\A", "^").replace("\\Z", "$")
            if rule.code in ("field_missing", "field_unknown"):
                pointer += f"/{value}"
            return refused(422, rule.code, pointer, value)
    return refused(422, "wrong_type", pointer, message)


def problem(error: RequestRefused) -> bytes:
    """The refusal as problem+json."""
    text = _TEXTS[error.code]
    return msgspec.json.encode(
        {
            "type": f"urn:customs:problem:{error.code}",
            "title": text.title_en,
            "title_vi": text.title_vi,
            "status": error.status,
            "detail": error.detail_en,
            "detail_vi": error.detail_vi,
            "errors": [{"pointer": error.pointer, "rule": error.code}],
        }
    )


def _pointer(path: str) -> str:
    return "".join(f"/{step}" for step in _STEP.findall(path))
