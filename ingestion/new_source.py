"""`customs new source`: every file that a source in XML or JSON needs, to be filled."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

import typer

from lakehouse import console
from lakehouse.errors import UsageError
from lakehouse.settings import PROJECT_ROOT

# Split, for in this file it is no open task: in what is written it must be filled
# before `make check` passes.
OPEN = "TO" + "DO"
Format = Literal["xml", "json", "json_lines"]

app = typer.Typer(help="Write the files of something new.")


@app.callback()
def new() -> None:
    """Write the files of something new, with places to fill."""


@app.command()
def source(
    name: Annotated[str, typer.Argument(help="Code of the source, as in the design.")],
    family: Annotated[str, typer.Option(help="What its messages are about.")] = "entry",
    written: Annotated[Format, typer.Option("--format", help="How.")] = "json_lines",
    root: Annotated[Path, typer.Option(help="Folder of the project.")] = PROJECT_ROOT,
) -> None:
    """Write every file of a source whose messages are XML or JSON.

    They work as they stand: fill what is open, then add columns to layout and tables.

    Raises:
        UsageError: the name is no short code, or the source is there already.
    """
    for path in write_source(root, name, family, written):
        console.people.print(path.relative_to(root).as_posix())


def write_source(root: Path, name: str, family: str, written: Format) -> list[Path]:
    """Write the files of a source; returns their paths.

    Raises:
        UsageError: the name is no short code, or the source is there already.
    """
    for word in (name, family):
        if not re.fullmatch(r"[a-z][a-z0-9_]*", word):
            raise UsageError("bad_name", f"`{word}`", "Use lower case letters")
    if (root / "ingestion" / name).exists():
        raise UsageError("known_source", f"`{name}` is there already", "Edit its files")
    paths = []
    for path, text in _files(name, family, written).items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.lstrip(), encoding="utf-8")
        paths.append(target)
    return paths


def _files(name: str, family: str, written: Format) -> dict[str, str]:
    words = {
        "name": name,
        "family": family,
        "format": written,
        "open": OPEN,
        "root": "root: Message\n" if written == "xml" else "",
    }
    tables = "contracts/tables"
    return {
        path: text.format_map(words)
        for path, text in {
            f"ingestion/{name}/source.yml": _SOURCE,
            f"ingestion/{name}/README.md": _README,
            f"transforms/{name}/tables.yml": _TABLES,
            f"contracts/messages/{name}/form.yml": _FORM,
            f"contracts/messages/{name}/{family}.yml": _LAYOUT,
            f"{tables}/raw/{name}__message.yml": _EVIDENCE
            + _ENVELOPE
            + _MESSAGE
            + _END,
            f"{tables}/raw/{name}__{family}.yml": _RAW + _ENVELOPE + _FAMILY + _END,
            f"{tables}/core/{name}__{family}.yml": _CORE + _END,
        }.items()
    }


_SOURCE = """
# What the source is; contracts/messages/{name}/ says how it is written.
code: {name}
title_vi: {open}
title_en: {open}
publisher: {open}
legal_basis: {open}
owner: Cục Công nghệ thông tin và Thống kê hải quan
classification: restricted
cadence: {open}
delivery: "files in <lake>/landing/{name}/, or `customs ingest {name} --from PATH`"
format: {format}
encoding: UTF-8
volume: {{messages: 1000, bytes: 1000000}}
"""
_README = """
# {name}

{open}: what it tells, and whom to call. `source.yml` says what the source is,
`contracts/messages/{name}/` what stands in a message.

Try it: `customs ingest {name} --from FILE`.
"""
_TABLES = """
# Which core tables the messages of {name} fill.
date_format: yyyy-MM-dd
time_format: yyyy-MM-dd'T'HH:mm:ss
families:
  {name}__{family}:
    subject: transaction_id
    order: sent_at
    tables:
      core.{name}__{family}: {{}}
"""
_FORM = """
format: {format}
reader_version: "1"
max_message_bytes: 1048576
{root}header:
  transaction_id: id
  sent_at: sent_at
"""
_LAYOUT = """
title_vi: {open}
is_sample: true
basis: {open}
columns:
  notes_text: notes
"""
_EVIDENCE = """
name: raw.{name}__message
version: "1.0"
layer: raw
title_vi: "Thông điệp {name}"
title_en: "Messages of {name}"
description: One row per message that could be read, as evidence.
owner: Cục Công nghệ thông tin và Thống kê hải quan
sources: [{name}]
classification: secret
key: [_batch_seq, _source_file, _source_offset]
history: append
partition_by: []
"""
_ENVELOPE = """columns:
  _batch_seq: {{type: bigint, required: true}}
  _source_file: {{type: string, required: true}}
  _source_offset: {{type: bigint, required: true}}
  _received_at: {{type: timestamp, required: true}}
  _ingested_at: {{type: timestamp, required: true}}
  _record_hash: {{type: string, required: true}}
  transaction_id: {{required: true}}
  sent_at: {{}}
"""
_MESSAGE = """  warning_codes: {{}}
  message_payload: {{required: true}}
"""
_RAW = """
name: raw.{name}__{family}
version: "1.0"
layer: raw
title_vi: "{name}, {family}"
title_en: "{name}, {family}, as received"
description: "One row per message of {name} about {family}: {open}"
owner: Cục Công nghệ thông tin và Thống kê hải quan
sources: [{name}]
classification: restricted
key: [_batch_seq, _source_file, _source_offset]
history: append
partition_by: []
"""
_FAMILY = """  content_hash: {{required: true}}
  reader_version: {{required: true}}
  notes_text: {{}}
"""
_CORE = """
name: core.{name}__{family}
version: "1.0"
layer: core
title_vi: "{name}, {family} (lõi)"
title_en: "{name}, {family}"
description: "One row per subject of {name} and content that we knew of it: {open}"
owner: Cục Công nghệ thông tin và Thống kê hải quan
sources: [raw.{name}__{family}]
classification: restricted
key: [transaction_id, known_from, content_hash]
history: versioned
partition_by: []
columns:
  transaction_id: {{required: true}}
  sent_at: {{}}
  notes_text: {{}}
  known_from: {{required: true}}
  known_until: {{}}
  is_current: {{required: true}}
  content_hash: {{required: true}}
  _record_hash: {{type: string, required: true}}
  _run_seq: {{type: bigint, required: true}}
"""
_END = """references: {{}}
checks: []
volume: null
freshness: null
lateness: null
retention:
  years: 10
  legal_basis: 'Law on Accounting 88/2015/QH13, Art. 41 (10 years)'
on_new_column: warn
usage_warnings: []
consumers: []
"""
