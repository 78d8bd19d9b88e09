"""Parts of a split consignment meet under the key of the first one."""

from lakehouse.law.declaration_split import Part, Split, splits

FIRST, SECOND, THIRD = "10000000001", "10000000002", "10000000003"


def test_parts_name_the_first_by_its_key_or_its_whole_number():
    parts = {
        FIRST: Part("F"),
        SECOND: Part(FIRST, 2, 3),
        THIRD: Part(FIRST + "0", 3, 3),
    }
    (found,) = splits(parts)
    assert found == Split(FIRST, 3, [1, 2, 3], [])
    assert found.complete


def test_without_a_total_nothing_is_missing_and_nothing_is_complete():
    (found,) = splits({FIRST: Part("F")})
    assert found.missing == []
    assert not found.complete


def test_a_part_waits_for_the_first_one():
    (found,) = splits({THIRD: Part(FIRST + "0", 3, 3)})
    assert found == Split(FIRST, 3, [3], [1, 2])


def test_the_first_part_may_name_itself():
    (found,) = splits({FIRST: Part(FIRST + "0", None, 2)})
    assert found == Split(FIRST, 2, [1], [2])
