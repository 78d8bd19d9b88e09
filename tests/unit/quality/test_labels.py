"""A source that begins to send another column is seen with the first such file."""

import pytest

from lakehouse import time
from lakehouse.derive.to_rows import to_rows
from lakehouse.runs import Run
from quality.labels import label_events

RAW = "raw.kcs__message"


@pytest.fixture
def told(lake):
    """Tells headers as batches of runs 1, 2, … and gives the events of the last."""

    def tell(*headers):
        for seq, header in enumerate(headers, 1):
            batch = {
                "source_code": "kcs",
                "batch_seq": seq,
                "run_seq": seq,
                "batch_status": "committed",
            }
            message = {"_batch_seq": seq, "message_labels": header}
            for name, row in (("ops.batch", batch), (RAW, message)):
                lake.append(name, to_rows(lake.contracts.table(name), [row]))
        events = label_events(Run(lake, len(headers), time.now()), len(headers) - 1)
        return [(event.drift_code, event.drift_value) for event in events]

    return tell


def test_the_first_file_of_a_source_is_no_news(told):
    assert told("a,b,c") == []


def test_a_column_more_is_told(told):
    assert told("a,b,c", "a,b,c,Mã mới") == [("new_column", "Mã mới")]


def test_a_column_less_is_told(told):
    assert told("a,b,c", "a,b") == [("column_gone", "c")]


def test_another_order_is_no_other_column(told):
    assert told("a,b,c", "c,b,a") == []


def test_a_file_of_another_kind_is_no_drift(told):
    assert told("a,b,c", "x,y") == []
