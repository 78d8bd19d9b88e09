"""A lake is found wherever its path is written from."""

from pathlib import Path

from lakehouse.tables import Lake


def test_a_path_that_goes_up_is_the_path_it_means(tmp_path, monkeypatch):
    """Engines refuse a path with `..` in it."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    lake = Lake(Path("..", "lake"))
    assert lake.root == tmp_path / "lake"
