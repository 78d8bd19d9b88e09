"""A condition's text becomes a tree; what our subset of CEL lacks is refused by name.

The grammar is the one that the `cel-python` package ships; only its file is read, so
that the decision path does not load an interpreter that it never uses.
"""

from __future__ import annotations

import importlib.util
import re
from functools import lru_cache
from pathlib import Path
from typing import Final, NoReturn

from lark import Lark, Token
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from lakehouse.rules.build import TreeBuilder
from lakehouse.rules.errors import ConditionError
from lakehouse.rules.nodes import Node, children

MAX_LENGTH: Final = 4000
MAX_DEPTH: Final = 40


def parse(text: str) -> Node:
    """Parse a condition.

    Raises:
        ConditionError: too long, too deep, not CEL, or CEL that we do not take.
    """
    if len(text) > MAX_LENGTH:
        _refuse(text, 0, "too_long", f"more than {MAX_LENGTH} letters", "quá dài")
    if "\\" in text:
        at = text.index("\\")
        _refuse(
            text, at, "backslash", "no backslash; write [.] in a pattern",
            "không dùng dấu gạch chéo ngược; trong mẫu hãy viết [.]",
        )  # fmt: skip
    try:
        tree = _grammar().parse(text)
    except UnexpectedInput as error:
        _refuse_syntax(text, error)
    try:
        node = TreeBuilder(text).build(tree)
    except RecursionError:
        _refuse_depth(text, 0)
    _check_depth(node, text)
    return node


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    spec = importlib.util.find_spec("celpy")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("the package cel-python is not installed")
    path = Path(spec.submodule_search_locations[0]) / "cel.lark"
    return Lark(
        path.read_text(encoding="utf-8"),
        parser="lalr",
        start="expr",
        g_regex_flags=re.M,
        lexer_callbacks={"IDENT": _truth_words},
        propagate_positions=True,
        maybe_placeholders=False,
        priority="invert",
    )


def _truth_words(token: Token) -> Token:
    # The grammar cannot tell `true` from a name; the same fix as in its own package.
    if token.value in ("true", "false"):
        return Token.new_borrow_pos("BOOL_LIT", token.value, token)
    return token


def _refuse(text: str, at: int, code: str, en: str, vi: str) -> NoReturn:
    raise ConditionError(code, text, at, en, vi)


def _refuse_syntax(text: str, error: UnexpectedInput) -> NoReturn:
    at = error.pos_in_stream if isinstance(error.pos_in_stream, int) else len(text)
    ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    if ended:
        _refuse(
            text, len(text), "syntax", "the condition ends too early",
            "điều kiện kết thúc giữa chừng",
        )  # fmt: skip
    found = text[at : at + 12].split("\n")[0]
    hint_en, hint_vi = "", ""
    if isinstance(error, UnexpectedCharacters) and found.startswith("="):
        hint_en, hint_vi = "; equality is ==", "; so sánh bằng là =="
    _refuse(
        text, at, "syntax", f"`{found}` was not expected here{hint_en}",
        f"không hiểu `{found}` ở đây{hint_vi}",
    )  # fmt: skip


def _check_depth(root: Node, text: str) -> None:
    level: list[Node] = [root]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in children(node)]
        if not level:
            return
    _refuse_depth(text, level[0].at)


def _refuse_depth(text: str, at: int) -> NoReturn:
    reason = f"nested deeper than {MAX_DEPTH} levels"
    _refuse(text, at, "too_deep", reason, f"lồng nhau quá {MAX_DEPTH} lớp")
