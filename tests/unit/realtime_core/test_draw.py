from __future__ import annotations

import hashlib
import hmac
from datetime import date

import pytest

from realtime_core.draw import (
    Commitment,
    DrawKeys,
    commitment_of,
    draw_number,
    key_of_date,
    read_commitment,
    read_secret,
)
from realtime_core.errors import DrawKeyRefused

DAY = date(2026, 11, 3)
NEXT = date(2026, 11, 4)
MASTER = bytes(range(32))


def test_the_lot_is_the_keyed_hash_that_anyone_can_compute():
    key = hmac.new(MASTER, b"2026-11-03", hashlib.sha256).digest()
    assert key_of_date(MASTER, DAY) == key
    digest = hmac.new(key, b"10123456789", hashlib.sha256).digest()
    expected = (int.from_bytes(digest[:8], "big") >> 11) / 2**53
    assert draw_number(key, "10123456789") == expected
    assert 0 <= expected < 1


def test_lots_are_spread_evenly():
    key = key_of_date(MASTER, DAY)
    lots = [draw_number(key, f"{n:011d}") for n in range(20_000)]
    # Four standard deviations of a share of 5 % of 20,000.
    assert (
        abs(sum(lot < 0.05 for lot in lots) - 1000) < 4 * (20_000 * 0.05 * 0.95) ** 0.5
    )


def test_every_day_has_another_key():
    assert key_of_date(MASTER, DAY) != key_of_date(MASTER, NEXT)


def test_the_commitment_is_published_with_the_first_use_of_a_key(tmp_path):
    key, commitment = DrawKeys(MASTER, tmp_path).key(DAY)
    assert read_commitment(tmp_path, DAY) == Commitment(DAY, commitment)
    assert commitment == hashlib.sha256(key).hexdigest()


def test_commitments_of_coming_days_are_published_ahead(tmp_path):
    DrawKeys(MASTER, tmp_path).commit_ahead(DAY, days=2)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["2026-11-03.json", "2026-11-04.json", "2026-11-05.json"]
    assert read_commitment(tmp_path, NEXT).key is None


def test_a_key_is_revealed_only_after_its_day(tmp_path):
    keys = DrawKeys(MASTER, tmp_path)
    with pytest.raises(DrawKeyRefused, match="draw_day_open"):
        keys.reveal(DAY, today=DAY)
    revealed = keys.reveal(DAY, today=NEXT)
    assert bytes.fromhex(revealed.key) == key_of_date(MASTER, DAY)
    assert read_commitment(tmp_path, DAY) == revealed


def test_a_revealed_key_stays_revealed(tmp_path):
    DrawKeys(MASTER, tmp_path).reveal(DAY, today=NEXT)
    DrawKeys(MASTER, tmp_path).key(DAY)
    assert read_commitment(tmp_path, DAY).key is not None


def test_another_secret_under_a_published_commitment_is_refused(tmp_path):
    DrawKeys(MASTER, tmp_path).key(DAY)
    with pytest.raises(DrawKeyRefused, match="draw_key_changed"):
        DrawKeys(b"x" * 32, tmp_path).key(DAY)


@pytest.mark.parametrize("key", ["00" * 32, "not hex"])
def test_a_forged_key_is_refused(tmp_path, key):
    text = f'{{"draw_date":"2026-11-03","commitment":"{"a" * 64}","key":"{key}"}}'
    (tmp_path / "2026-11-03.json").write_text(text)
    with pytest.raises(DrawKeyRefused, match="draw_key_forged"):
        read_commitment(tmp_path, DAY)


def test_a_missing_secret_is_made_readable_to_its_owner_only(tmp_path):
    path = tmp_path / "secrets" / "draw"
    made = read_secret(path)
    assert len(made) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_secret(path) == made


@pytest.mark.parametrize(
    ("text", "mode"),
    [("00" * 32, 0o644), ("00" * 31, 0o600), ("no hex", 0o600), ("", 0o600)],
)
def test_a_secret_that_is_open_short_or_unreadable_is_refused(tmp_path, text, mode):
    path = tmp_path / "draw"
    path.write_text(text)
    path.chmod(mode)
    with pytest.raises(DrawKeyRefused, match="bad_draw_secret"):
        read_secret(path)


def test_a_commitment_hides_its_key():
    assert commitment_of(MASTER) not in MASTER.hex()
