"""What a person can set, call or read is written down, and what is written exists."""

import importlib
import re
import tomllib
from pathlib import Path

import pytest
import typer

from lakehouse.contracts import Check, ColumnSpec, Element, TableSpec, load_contracts
from lakehouse.derive.to_readme import BEGIN, END, to_readme
from lakehouse.lake_commands import app as lake_commands
from lakehouse.settings import PROJECT_ROOT, Settings

DOCS = PROJECT_ROOT / "docs"
README = PROJECT_ROOT / "README.md"
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
PAGES = sorted([*DOCS.rglob("*.md"), *PROJECT_ROOT.glob("*.md")])
ADRS = sorted((DOCS / "adr").glob("*.md"))


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def commands() -> list[str]:
    """Full words of every command, from the entry points that packages declare."""
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text("utf-8"))
    declared = project["project"]["entry-points"]["customs.commands"]
    found = list(typer.main.get_command(lake_commands).commands)
    for name, place in declared.items():
        module, _, attribute = place.partition(":")
        app = getattr(importlib.import_module(module), attribute)
        command = typer.main.get_command(app)
        inner = getattr(command, "commands", {})
        # The one command of an app takes the name of its entry point.
        if not inner or command.invoke_without_command:
            found.append(name)
        found += [f"{name} {one}" for one in inner]
    return sorted(found)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name):
    assert f"| `CUSTOMS_{name.upper()}` |" in page("settings.md")


def test_every_documented_setting_exists():
    written = re.findall(r"^\| `CUSTOMS_([A-Z_]+)` \|", page("settings.md"), re.M)
    # Read before settings are, so that an error in them can be shown.
    assert set(written) - {"DEBUG"} == {name.upper() for name in Settings.model_fields}


def test_every_command_is_documented():
    text = page("commands.md")
    missing = [one for one in commands() if not re.search(rf"`customs {one}\b", text)]
    assert missing == []


def test_every_documented_command_exists():
    known = commands()
    for written in re.findall(r"`customs ([a-z][^`]*)`", page("commands.md")):
        if written.startswith("COMMAND"):
            continue
        assert any(written.startswith(one) for one in known), written


def test_every_key_of_a_contract_is_documented():
    text = page("contracts.md")
    for struct in (Element, TableSpec, ColumnSpec, Check):
        missing = [
            field for field in struct.__struct_fields__ if f"`{field}`" not in text
        ]
        assert [field for field in missing if f"{field}:" not in text] == []


def test_every_make_target_of_the_top_page_exists():
    makefile = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.M))
    for path in PAGES:
        used = set(re.findall(r"`make ([a-z-]+)", path.read_text(encoding="utf-8")))
        assert used <= targets, (path.name, used - targets)


def test_help_prints_every_target():
    makefile = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.M).group(1).split()
    for target in phony:
        assert re.search(rf"^{target}:.*## \S", makefile, re.M), target


def test_the_top_page_names_the_two_commands():
    text = README.read_text(encoding="utf-8")
    assert "make demo" in text
    assert "make test" in text


def test_the_table_of_sources_follows_from_the_contracts():
    """`make docs` brings it up to date."""
    text = README.read_text(encoding="utf-8")
    between = text.partition(BEGIN)[2].partition(END)[0].strip()
    assert between == to_readme(load_contracts().tables.values())


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_to_files(path):
    wrong = [
        target
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if "://" not in target and not (path.parent / target).exists()
    ]
    assert wrong == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_has_at_most_300_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_every_page_is_in_the_list_of_pages():
    listed = page("README.md")
    for path in DOCS.glob("*.md"):
        assert path.name == "README.md" or f"({path.name})" in listed, path.name


@pytest.mark.parametrize("path", ADRS, ids=lambda path: path.stem)
def test_a_decision_record_has_its_parts_on_one_page(path: Path):
    text = path.read_text(encoding="utf-8")
    number = int(path.stem[:4])
    assert text.startswith(f"# {number}. ")
    assert re.search(r"^Date: \d{4}-\d{2}-\d{2}\. Status: \w+", text, re.M)
    for part in ("Context", "Decision", "Consequences"):
        assert f"## {part}" in text
    assert len(text.splitlines()) <= 60


def test_decision_records_are_numbered_without_gaps():
    numbers = [int(path.stem[:4]) for path in ADRS]
    assert numbers == list(range(1, len(ADRS) + 1))


def test_every_source_says_what_it_is_and_how_it_is_read():
    for folder in sorted((PROJECT_ROOT / "ingestion").iterdir()):
        if folder.is_dir() and not folder.name.startswith("_"):
            for name in ("source.yml", "README.md"):
                assert (folder / name).is_file(), f"{folder.name}/{name}"
            form = PROJECT_ROOT / "contracts/messages" / folder.name / "form.yml"
            assert (folder / "read.py").is_file() or form.is_file(), folder.name


def test_the_changelog_has_the_version_of_the_project():
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text("utf-8"))
    changelog = (PROJECT_ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{project['project']['version']}]" in changelog
