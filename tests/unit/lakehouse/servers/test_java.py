"""The oldest Java that is new enough is taken; else a person learns what to do."""

import pytest

from lakehouse.errors import EnvironmentFault
from lakehouse.servers import java, maven
from lakehouse.servers.java import find_java, java_version


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with no Java but those that a test puts on it."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(java, "_INSTALLED", (str(tmp_path / "jvm"),))
    monkeypatch.setattr(java, "_PACKAGE", "no_such_package")
    return tmp_path / "jvm"


def install(folder, name, release):
    home = folder / name
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "java").touch()
    (home / "release").write_text(release)
    return home


def test_the_oldest_that_is_new_enough_is_taken(machine):
    install(machine, "a", 'JAVA_VERSION="25.0.3"\n')
    fitting = install(machine, "b", 'JAVA_VERSION="17.0.15"\n')
    install(machine, "c", 'JAVA_VERSION="1.8.0_402"\n')
    assert find_java(17, "Apache Spark") == fitting


def test_a_java_of_JAVA_HOME_is_known(machine, tmp_path, monkeypatch):
    home = install(tmp_path / "elsewhere", "jdk", 'A="b"\nJAVA_VERSION="22"\n')
    monkeypatch.setenv("JAVA_HOME", str(home))
    assert find_java(22, "Trino") == home


def test_without_a_fitting_one_the_remedy_is_told(machine):
    install(machine, "old", 'JAVA_VERSION="17.0.15"\n')
    with pytest.raises(EnvironmentFault) as refused:
        find_java(22, "Trino 476")
    assert refused.value.message == "Trino 476 needs Java 22 or newer; here is 17"
    assert "Install a JDK of version 22 or newer" in refused.value.remedy


def test_a_folder_without_a_program_is_no_java(machine):
    home = install(machine, "broken", 'JAVA_VERSION="25.0.3"\n')
    (home / "bin" / "java").unlink()
    assert java_version(home) == 0


def test_without_maven_the_remedy_is_told(machine):
    with pytest.raises(EnvironmentFault) as refused:
        maven.maven(["--version"])
    assert refused.value.code == "no_maven"
    assert "apt-get install maven" in refused.value.remedy


def test_what_was_fetched_once_is_not_fetched_again(tmp_path, monkeypatch):
    monkeypatch.setenv("CUSTOMS_CACHE", str(tmp_path / "cache"))
    first = maven.fetched("thing-1", lambda folder: (folder / "a").touch())
    assert (first / "a").exists()
    assert maven.fetched("thing-1", lambda folder: pytest.fail("again")) == first


def test_what_was_fetched_by_half_is_not_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("CUSTOMS_CACHE", str(tmp_path / "cache"))

    def breaks(folder):
        (folder / "half").touch()
        raise EnvironmentFault("fetch_failed", "the line broke", "Try again")

    with pytest.raises(EnvironmentFault, match="the line broke"):
        maven.fetched("thing-1", breaks)
    assert list((tmp_path / "cache").iterdir()) == []
