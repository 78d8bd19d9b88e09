from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lakehouse.errors import EnvironmentFault
from lakehouse.journal import (
    Journal,
    JournalBroken,
    JournalDamaged,
    read_journal,
    search_journal,
)

WRITER = """
import sys
from pathlib import Path
from lakehouse.journal import Journal
journal = Journal(Path(sys.argv[1]), segment_bytes=20_000)
number = journal.sequence
while True:
    for _ in range(7):
        number += 1
        journal.append(1, number, (b"%d " % number) * (number % 90))
    journal.commit()
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


def filled(folder: Path, count: int, segment_bytes: int = 1_000_000) -> None:
    journal = Journal(folder, segment_bytes=segment_bytes)
    for number in range(1, count + 1):
        journal.append(1, number, b"payload %d" % number)
        if number % 3 == 0:
            journal.commit()
    journal.close()


def newest_segment(folder: Path) -> Path:
    return sorted(folder.glob("*.journal"))[-1]


def test_a_record_reads_back_by_key_before_and_after_it_is_on_disk(tmp_path):
    journal = Journal(tmp_path)
    journal.append(1, 77, b"first")
    assert journal.find(77).payload == b"first"
    journal.commit()
    assert journal.find(77) == (1, 1, 77, b"first")
    assert 77 in journal
    assert journal.find(78) is None


def test_records_come_back_in_order_across_segments(tmp_path):
    filled(tmp_path, 100, segment_bytes=500)
    assert len(list(tmp_path.glob("*.journal"))) > 5
    records = list(read_journal(tmp_path))
    assert [record.sequence for record in records] == list(range(1, 101))
    assert records[41].payload == b"payload 42"


def test_reading_on_after_a_sequence_gives_only_what_is_newer(tmp_path):
    filled(tmp_path, 100, segment_bytes=500)
    newer = [record.sequence for record in read_journal(tmp_path, after=60)]
    assert newer == list(range(61, 101))


def test_a_record_is_found_without_the_lock_of_the_writer(tmp_path):
    filled(tmp_path, 100, segment_bytes=500)
    assert search_journal(tmp_path, 42).payload == b"payload 42"
    assert search_journal(tmp_path, 101) is None


def test_an_opened_journal_goes_on_with_the_next_sequence(tmp_path):
    filled(tmp_path, 10, segment_bytes=300)
    journal = Journal(tmp_path, segment_bytes=300)
    assert journal.torn is None
    assert journal.append(1, 11, b"more") == 11
    journal.commit()
    assert journal.find(4).payload == b"payload 4"


def test_a_second_writer_is_refused(tmp_path):
    first = Journal(tmp_path)
    with pytest.raises(EnvironmentFault, match="journal_locked"):
        Journal(tmp_path)
    first.close()
    Journal(tmp_path).close()


@pytest.mark.parametrize("cut", [1, 7, 39, 41, 48])
def test_a_torn_tail_is_cut_and_told(tmp_path, cut):
    filled(tmp_path, 12)
    segment = newest_segment(tmp_path)
    os.truncate(segment, segment.stat().st_size - cut)
    journal = Journal(tmp_path)
    assert journal.torn is not None
    assert journal.torn.segment == segment.name
    assert journal.sequence == 11
    assert journal.append(1, 12, b"again") == 12
    journal.close()
    assert [r.sequence for r in read_journal(tmp_path)] == list(range(1, 13))


def test_unacknowledged_garbage_after_the_last_record_is_cut(tmp_path):
    filled(tmp_path, 3)
    with newest_segment(tmp_path).open("ab") as file:
        file.write(b"\0" * 900 + b"CJ1\nhalf a frame")
    journal = Journal(tmp_path)
    assert journal.torn.size == 900 + 16
    assert journal.sequence == 3


def test_damage_to_an_acknowledged_record_is_refused_not_cut(tmp_path):
    filled(tmp_path, 30)
    segment = newest_segment(tmp_path)
    data = bytearray(segment.read_bytes())
    data[200] ^= 1
    segment.write_bytes(data)
    with pytest.raises(JournalDamaged):
        Journal(tmp_path)
    assert segment.read_bytes() == bytes(data)


def test_a_bit_flipped_in_an_older_segment_is_found_on_reading(tmp_path):
    filled(tmp_path, 60, segment_bytes=500)
    oldest = sorted(tmp_path.glob("*.journal"))[0]
    data = bytearray(oldest.read_bytes())
    data[45] ^= 1
    oldest.write_bytes(data)
    journal = Journal(tmp_path)
    with pytest.raises(JournalDamaged):
        journal.find(1)
    with pytest.raises(JournalDamaged):
        list(read_journal(tmp_path))


def test_a_full_disk_ends_the_journal(tmp_path):
    journal = Journal(tmp_path)
    journal.append(1, 1, b"kept")
    journal.commit()
    os.dup2(os.open("/dev/full", os.O_RDWR), journal._files[0])
    journal.append(1, 2, b"lost")
    with pytest.raises(JournalBroken):
        journal.commit()
    with pytest.raises(JournalBroken):
        journal.append(1, 3, b"refused")


def test_what_waits_while_a_batch_is_written_stays_readable(tmp_path):
    journal = Journal(tmp_path)
    journal.append(1, 1, b"a")
    batch = journal.take()
    journal.append(1, 2, b"b")
    journal.write(batch)
    journal.settle(batch)
    assert journal.find(1).payload == b"a"
    assert journal.find(2).payload == b"b"


def test_an_unwritable_folder_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(EnvironmentFault, match="journal_unwritable"):
        Journal(tmp_path / "file" / "journal")


def test_kill_9_loses_no_acknowledged_record(tmp_path):
    chance = random.Random(7)
    acknowledged = 0
    for _ in range(8):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE
        )
        first = process.stdout.readline()
        time.sleep(chance.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        said = first + process.stdout.read()
        process.wait()
        whole = [line for line in said.split(b"\n")[:-1] if line]
        acknowledged = max(acknowledged, int(whole[-1]))
        read = list(read_journal(tmp_path))
        assert len(read) >= acknowledged
        assert [r.sequence for r in read] == list(range(1, len(read) + 1))
        for record in read:
            assert record.payload == (b"%d " % record.key) * (record.key % 90)
