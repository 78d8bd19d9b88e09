"""What is said about the source."""

import re
from pathlib import Path

from ingestion.vnaccs import read
from ingestion.vnaccs.source import source

CODES = re.compile(
    r'"((?:bad|empty|missing|unknown|too|item|not|truncated)_[a-z_0-9]+)"'
)


def test_every_reason_that_the_reader_gives_has_words() -> None:
    folder = Path(read.__file__).parent
    used = {
        code
        for path in folder.glob("*.py")
        for code in CODES.findall(path.read_text(encoding="utf-8"))
    }
    assert used - set(source().warnings) == set(source().reasons)


def test_reasons_are_composed_text_in_both_languages() -> None:
    for code in source().reasons:
        vi, en = source().reason(code, ["ABC"])
        assert vi
        assert en
        assert "{" not in vi + en


def test_the_password_is_among_the_redacted_fields() -> None:
    assert source().redact == ["password"]
