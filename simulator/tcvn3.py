"""Text in TCVN3, the single-byte code of old Vietnamese fonts."""

from __future__ import annotations

# Lower-case letters; capitals had a font of their own and the same bytes.
_LETTERS = "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵ"
_BYTES = bytes.fromhex(
    "b5b6b7b8b9a8bbbcbdbec6a9c7c8c9cacbaecccecfd0d1aad2d3d4d5d6d7"
    "d8dcdddedfe1e2e3e4abe5e6e7e8e9aceaebecedeeeff1f2f3f4adf5f6f7"
    "f8f9fafbfcfdfe"
)
_TABLE = dict(zip(_LETTERS, _BYTES, strict=True))


def to_tcvn3(text: str) -> bytes:
    """Encode Vietnamese text; a letter that the code lacks becomes a question mark."""
    return bytes(
        ord(letter) if letter.isascii() else _TABLE.get(letter.lower(), ord("?"))
        for letter in text
    )
