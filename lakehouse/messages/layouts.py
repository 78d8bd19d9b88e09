"""The VNACCS message layouts of `contracts/messages/vnaccs/`, loaded when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from lakehouse.messages.files import read_header, read_layout, read_unmapped
from lakehouse.messages.model import Layout
from lakehouse.settings import PROJECT_ROOT


class Layouts(Mapping[str, Layout]):
    """All layouts by template; a file is read the first time it is needed."""

    def __init__(self, root: Path) -> None:
        """Find the layout files below `root` and read the header's."""
        self.root = root
        self.header = read_header(root / "header.yml")
        self._mapped = {
            path.stem: path for path in root.glob("*.yml") if path.stem != "header"
        }
        self._loaded: dict[str, Layout] = {}
        self._found: dict[tuple[str, str], Layout | None] = {}
        self._unmapped: dict[str, Layout] | None = None

    def __getitem__(self, template: str) -> Layout:
        """The layout of a template.

        Raises:
            KeyError: no such template.
        """
        if template not in self._loaded:
            path = self._mapped.get(template)
            layout = read_layout(path, self) if path else self._rest()[template]
            self._loaded[template] = layout
        return self._loaded[template]

    def __contains__(self, template: object) -> bool:
        """Whether a template is known, mapped or not."""
        return template in self._mapped or template in self._rest()

    def __iter__(self) -> Iterator[str]:
        """All templates, in order."""
        return iter(sorted({*self._mapped, *self._rest()}))

    def __len__(self) -> int:
        """Number of templates."""
        return len(self._mapped) + len(self._rest())

    def find(self, procedure: str, output: str) -> Layout | None:
        """The layout of a message by the codes of its header.

        A message without output code was sent. Of an answer the printed form (P) goes
        before the data form (D). Yellow and red answers (2, 3) without a layout of
        their own have the one of green (1).
        """
        key = (procedure.strip(), output.strip())
        if key not in self._found:
            names = _received_names(key[1]) if key[1] else _sent_names(key[0])
            found = next((name for name in names if name in self), None)
            self._found[key] = self[found] if found else None
        return self._found[key]

    def mapped(self) -> list[Layout]:
        """Layouts that fill a raw table beside the evidence."""
        return [self[template] for template in sorted(self._mapped)]

    def procedures(self) -> set[str]:
        """Procedure codes of which any layout is known."""
        return {self[template].procedure for template in self}

    def _rest(self) -> dict[str, Layout]:
        if self._unmapped is None:
            self._unmapped = {
                layout.template: layout
                for path in sorted((self.root / "unmapped").glob("*.yml"))
                for layout in read_unmapped(path)
            }
        return self._unmapped


@lru_cache(maxsize=4)
def load_layouts(root: Path | None = None) -> Layouts:
    """The layouts below a folder, by default those of this project.

    Raises:
        UsageError: the header file is missing or wrong; a layout file is checked when
            it is first used.
    """
    return Layouts(root or PROJECT_ROOT / "contracts" / "messages" / "vnaccs")


def _sent_names(procedure: str) -> tuple[str, ...]:
    # `_all` joins the pages into which the terminal cuts the longest messages.
    return f"{procedure:0<5}000D0", f"{procedure}_all"


def _received_names(output: str) -> tuple[str, ...]:
    own = (output + "P", output + "D", output + "P_all", output + "_all")
    if output[3:4] not in {"2", "3"}:
        return own
    green = output[:3] + "1" + output[4:]
    return (*own, green + "P", green + "D")
