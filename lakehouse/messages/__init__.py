"""VNACCS message layouts: `load_layouts()["IDA00000D0"]`, `.find("IDC", "VAD1AC0")`."""

from lakehouse.messages.layouts import Layouts, load_layouts
from lakehouse.messages.model import Block, Header, HeaderField, Item, Layout

__all__ = [
    "Block",
    "Header",
    "HeaderField",
    "Item",
    "Layout",
    "Layouts",
    "load_layouts",
]
