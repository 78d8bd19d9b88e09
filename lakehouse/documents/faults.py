"""Why a message cannot be read: each fault has a code, a place and words."""

from __future__ import annotations

from lakehouse.delimited import KEPT_BYTES, Reasons

REASONS: Reasons = {
    "stray_bytes": ("Dữ liệu thừa ngoài thông điệp", "Bytes that are no message"),
    "cut_message": ("Thông điệp bị cắt cụt", "The message is cut off"),
    "message_too_large": ("Thông điệp quá lớn", "The message is too large"),
    "bad_encoding": ("Không phải UTF-8", "The text is not UTF-8"),
    "bad_xml": ("XML không đúng cú pháp", "The XML is not well-formed"),
    "dtd_refused": (
        "XML có DTD hoặc thực thể, không được phép",
        "The XML has a DTD or entities, which are not allowed",
    ),
    "wrong_root": ("Phần tử gốc không đúng", "The root element is another one"),
    "wrong_namespace": (
        "Không gian tên XML không đúng",
        "The XML namespace is another one",
    ),
    "bad_json": ("JSON không đúng cú pháp", "The JSON is not well-formed"),
    "double_key": ("Khóa JSON bị lặp", "A JSON key stands twice"),
    "too_deep": ("Lồng nhau quá sâu", "The nesting is too deep"),
    "wrong_type": ("Kiểu giá trị không đúng", "A value has the wrong type"),
    "repeated_item": (
        "Chỉ tiêu bị lặp",
        "An item that may stand once stands twice",
    ),
    "missing_item": ("Thiếu chỉ tiêu bắt buộc", "A mandatory item is missing"),
    "unknown_message_type": (
        "Loại thông điệp không có trong danh sách",
        "The message type is not known",
    ),
}


class MessageFault(Exception):
    """One message cannot be taken; the others go on.

    Attributes:
        code: key of `REASONS`.
        place: path of the item, empty where it is the whole message.
    """

    def __init__(self, code: str, place: str = "") -> None:
        super().__init__(f"{code} {place}".strip())
        self.code = code
        self.place = place


def refusal(
    fault: MessageFault, offset: int, length: int, payload: bytes
) -> dict[str, object]:
    """The rejected row of a stretch of a file; `payload` is its beginning."""
    where = f": {fault.place}" if fault.place else ""
    vietnamese, english = REASONS[fault.code]
    return {
        "code": fault.code,
        "reason_vi": vietnamese + where,
        "reason_en": english + where,
        "source_offset": offset,
        "source_length": length,
        "payload": payload[:KEPT_BYTES],
    }
