"""Our YAML files as typed structs, with errors that name file and key."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from lakehouse.errors import UsageError
from lakehouse.settings import PROJECT_ROOT

T = TypeVar("T")
_UNKNOWN_FIELD = re.compile(r"Object contains unknown field `(.+?)`")


class _StrictLoader(yaml.CSafeLoader):
    """Safe YAML that refuses a key written twice and leaves dates as text."""


def _refuse_double_keys(
    loader: yaml.CSafeLoader, node: yaml.MappingNode
) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        if key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"key `{key}` is written twice", key_node.start_mark
            )
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_StrictLoader.add_constructor(
    yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _refuse_double_keys
)
# Dates stay text so that every date passes one parser, msgspec's.
_StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if not tag.endswith(":timestamp")]
    for first, rules in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def shown_path(path: Path) -> str:
    """The path as a person of this project would name it."""
    try:
        return str(path.resolve().relative_to(PROJECT_ROOT))
    except ValueError:
        return str(path)


def parse_yaml(path: Path) -> Any:  # noqa: ANN401 - YAML is untyped until converted
    """Parse a YAML file.

    Raises:
        UsageError: not there, not UTF-8, not YAML, or a key written twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError(
            "file_missing", f"{shown_path(path)} is not there", "Restore or create it"
        ) from None
    except UnicodeDecodeError as error:
        raise UsageError(
            "bad_encoding",
            f"{shown_path(path)}: byte {error.start} is not UTF-8",
            "Save the file as UTF-8",
        ) from None
    try:
        return yaml.load(text, Loader=_StrictLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark else 0
        raise UsageError(
            "bad_yaml",
            f"{shown_path(path)}, line {line}: {error.problem}",
            "Correct the line",
        ) from None


def convert(raw: object, into: type[T], where: str) -> T:
    """Convert parsed YAML into a struct.

    Raises:
        UsageError: an unknown or missing key, or a value of the wrong kind; the
            message names the place and, for a misspelling, the nearest known key.
    """
    try:
        return msgspec.convert(raw, into)
    except msgspec.ValidationError as error:
        raise UsageError(
            "bad_key",
            f"{where}: {_reworded(str(error), into)}",
            "Correct the key; docs/contracts.md lists them all",
        ) from None


def _reworded(message: str, into: type) -> str:
    message = message.replace("`$.", "`").replace(" - at `$`", "")
    unknown = _UNKNOWN_FIELD.search(message)
    if not unknown:
        return message
    known = _field_names(into)
    near = difflib.get_close_matches(unknown.group(1), known, 1)
    hint = f"; did you mean `{near[0]}`?" if near else f"; known: {', '.join(known)}"
    return f"unknown key `{unknown.group(1)}`{message[unknown.end() :]}{hint}"


def _field_names(into: type) -> list[str]:
    info = msgspec.inspect.type_info(into)
    return _names_within(info)


def _names_within(info: object) -> list[str]:
    names: list[str] = []
    if isinstance(info, msgspec.inspect.StructType):
        for field in info.fields:
            names.append(field.encode_name)
            names.extend(_names_within(field.type))
    for part in ("key_type", "value_type", "item_type"):
        inner = getattr(info, part, None)
        if inner is not None:
            names.extend(_names_within(inner))
    return names


def load_yaml(path: Path, into: type[T]) -> T:
    """Read one YAML file into a struct; see `parse_yaml` and `convert` for errors."""
    return convert(parse_yaml(path), into, shown_path(path))
