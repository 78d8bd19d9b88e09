"""Every file stands where its folder says; an unknown name is an error."""

import ast
import re

FOLDERS = {
    ".ci",
    "benchmarks",
    "contracts",
    "dags",
    "dbt_project",
    "deploy",
    "docs",
    "ingestion",
    "lakehouse",
    "quality",
    "realtime_core",
    "serving",
    "simulator",
    "tests",
    "transforms",
}
FILES = {
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "pyproject.toml",
    "requirements.lock",
}
# Folders that need no page of their own: the page of the folder above speaks of them.
WITHOUT_README = re.compile(
    r"\.ci|docs(/.*)?|tests/.+|contracts/[a-z]+/.+|dbt_project/.+|transforms/.+"
    r"|ingestion/[a-z]+/.+|lakehouse/[a-z_]+/.+|serving/[a-z_]+/.+"
    r"|(simulator|benchmarks|quality|realtime_core|dags|deploy)/.+"
)
SAYS_NOTHING = {"utils", "util", "common", "helpers", "helper", "misc", "base", "core"}
README_LINES = 20
TEST_KINDS = {
    "architecture",
    "cases",
    "contracts",
    "crash",
    "dags",
    "dbt",
    "docs",
    "golden",
    "integration",
    "parity",
    "perf",
    "rules",
    "tables",
    "unit",
}


def test_only_known_names_stand_at_the_top(project):
    folders = {path.parts[0] for path in project.files if len(path.parts) > 1}
    files = {path.name for path in project.files if len(path.parts) == 1}
    assert folders <= FOLDERS, sorted(folders - FOLDERS)
    assert files <= FILES, sorted(files - FILES)
    assert files == FILES, f"missing: {sorted(FILES - files)}"


def test_every_folder_has_a_page_of_at_most_20_lines(project):
    folders = {parent for path in project.files for parent in path.parents}
    wrong = []
    for folder in sorted(folders):
        name = str(folder)
        if name == "." or WITHOUT_README.fullmatch(name):
            continue
        page = folder / "README.md"
        if page not in project.files:
            wrong.append(f"{name} has no README.md")
        elif len(project.text(page).splitlines()) > README_LINES:
            wrong.append(f"{page} has more than {README_LINES} lines")
    assert not wrong, "\n".join(wrong)


def test_the_top_page_has_at_most_150_lines(project):
    assert len(project.text(project.root / "README.md").splitlines()) <= 150


def test_no_file_has_a_name_that_says_nothing(project):
    wrong = [
        str(path)
        for path in project.files
        if SAYS_NOTHING & {*path.parts[:-1], path.stem}
        and path.parts[0] not in ("contracts", "dbt_project", "tests")
    ]
    assert not wrong, "\n".join(wrong)


def test_python_names_are_lower_case_words(project):
    wrong = [
        str(path)
        for path in project.python()
        if not re.fullmatch(r"[a-z][a-z0-9_]*|__init__|__main__", path.stem)
    ]
    assert not wrong, "\n".join(wrong)


def test_tests_stand_in_folders_of_their_kind(project):
    wrong = [
        str(path)
        for path in project.python("tests")
        if len(path.parts) > 2 and path.parts[1] not in TEST_KINDS
    ]
    assert not wrong, "\n".join(wrong)


def test_unit_tests_mirror_the_tree(project):
    """tests/unit/<folder>/… holds tests of <folder>/…"""
    wrong = [
        str(path)
        for path in project.python("tests")
        if path.parts[1] == "unit"
        and path.name != "conftest.py"
        and not (project.root / path.parent.relative_to("tests/unit")).is_dir()
    ]
    assert not wrong, "\n".join(wrong)


def test_packages_have_a_docstring_of_what_comes_out(project):
    wrong = [
        str(path)
        for path in project.python()
        if path.parts[0] != "tests"
        and project.text(path).strip()
        and not ast.get_docstring(project.tree(path))
    ]
    assert not wrong, "\n".join(wrong)
