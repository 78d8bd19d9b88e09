"""The VNACCS message layouts of `contracts/messages/vnaccs/`, loaded when asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from lakehouse.messages.files import (
    read_answers,
    read_header,
    read_layout,
    read_unmapped,
)
from lakehouse.messages.model import Answer, Layout
from lakehouse.settings import PROJECT_ROOT

_RULES = ("header", "answers")
"""Files of the folder that are no layout."""


class Layouts(Mapping[str, Layout]):
    """All layouts by template; a file is read the first time it is needed."""

    def __init__(self, root: Path) -> None:
        """Find the layout files below `root` and read the header's."""
        self.root = root
        self.header = read_header(root / "header.yml")
        self._answers = read_answers(root / "answers.yml")
        self._mapped = {
            path.stem: path for path in root.glob("*.yml") if path.stem not in _RULES
        }
        self._loaded: dict[str, Layout] = {}
        self._derived: dict[Answer, Layout] = {}
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
        before the data form (D); one without a form of its own has that of its family,
        as `answers.yml` says.
        """
        key = (procedure.strip(), output.strip())
        if key not in self._found:
            names = _received_names(key[1]) if key[1] else _sent_names(key[0])
            found = next((name for name in names if name in self), None)
            self._found[key] = self[found] if found else self._of_family(key[1])
        return self._found[key]

    def _of_family(self, output: str) -> Layout | None:
        for beginning, meant in self._answers.twins.items():
            if output.startswith(beginning):
                return self.find("", meant + output[len(beginning) :])
        for rule in self._answers.answers:
            if re.fullmatch(rule.output, output):
                # Messages of one rule are read together, so they share one layout.
                if rule not in self._derived:
                    self._derived[rule] = rule.of(self[rule.layout])
                return self._derived[rule]
        return None

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
    return output + "P", output + "D", output + "P_all", output + "_all"
