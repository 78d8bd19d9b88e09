"""Every text file reads the same on every machine and calls nobody."""

import re
import unicodedata

import pytest

BINARY = {".parquet", ".png", ".jpg", ".pdf", ".xlsx", ".mdb", ".gz", ".msg", ".bin"}
# Samples of tests may be wrong on purpose.
SAMPLES = {".csv", ".txt", ".dat", ".json", ".tsv"}
MACHINE_PATH = re.compile(
    r"(?<![\w.\-/*}>)])/(?:home|root|work|tmp|farm|Users|opt|mnt|var/folders)/[\w.]"
)
REGISTRY = re.compile(
    r"pypi\.org|pythonhosted|registry\.npmjs|repo1?\.maven|maven\.org|crates\.io"
    r"|proxy\.golang|deb\.debian|index-url\s*[= ]\s*http",
    re.IGNORECASE,
)
SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{30}"
    r"|xox[bp]-[0-9A-Za-z-]{20}"
)
OPEN_TASK = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b(?!\(#\d+\))")
# These two speak of the words that all others must not have.
SPEAKS_OF_MARKS = {"tests/architecture/test_text.py", "CONTRIBUTING.md"}


def texts(project):
    """Path and content of every text file."""
    for path in project.files:
        is_sample = path.parts[0] == "tests" and path.suffix in SAMPLES
        if path.suffix not in BINARY and not is_sample:
            yield path, (project.root / path).read_bytes()


def lines_with(project, pattern, skip=()):
    return [
        f"{path}:{number} {line.strip()[:100]}"
        for path, content in texts(project)
        if str(path) not in skip and path.name != "requirements.lock"
        for number, line in enumerate(content.decode("utf-8", "replace").split("\n"), 1)
        if pattern.search(line)
    ]


def test_text_is_utf8_in_composed_form(project):
    """Vietnamese letters are one code point each (NFC), so that text compares equal."""
    wrong = []
    for path, content in texts(project):
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            wrong.append(f"{path}: byte {error.start} is not UTF-8")
            continue
        if not unicodedata.is_normalized("NFC", text):
            wrong.append(f"{path}: not NFC")
        if "\ufeff" in text:
            wrong.append(f"{path}: byte order mark")
    assert not wrong, "\n".join(wrong)


def test_lines_end_with_a_line_feed(project):
    wrong = [
        str(path)
        for path, content in texts(project)
        if b"\r\n" in content or (content and not content.endswith(b"\n"))
    ]
    assert not wrong, "\n".join(wrong)


def test_no_file_names_a_path_of_one_machine(project):
    found = lines_with(project, MACHINE_PATH, SPEAKS_OF_MARKS)
    assert not found, "\n".join(found)


def test_no_file_names_a_package_registry(project):
    found = lines_with(project, REGISTRY, SPEAKS_OF_MARKS)
    assert not found, "\n".join(found)


def test_no_file_holds_a_secret(project):
    found = lines_with(project, SECRET, SPEAKS_OF_MARKS)
    assert not found, "\n".join(found)


def test_an_open_task_names_its_issue(project):
    found = lines_with(project, OPEN_TASK, SPEAKS_OF_MARKS)
    assert not found, "\n".join(found)


@pytest.fixture(scope="module")
def lock(project) -> str:
    return project.text("requirements.lock")


def test_every_package_of_the_lock_has_a_hash(lock):
    entries = re.split(r"\n(?=[a-zA-Z0-9])", re.sub(r"(?m)^#.*\n", "", lock))
    assert len(entries) > 50
    wrong = [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]
    assert not wrong, wrong


def test_the_lock_names_no_place(lock):
    assert "://" not in lock
    assert not re.search(r"(?m)^--|@ file|^-e ", lock)
