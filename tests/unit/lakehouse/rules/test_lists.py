from datetime import date

from lakehouse.rules.lists import ListMember, lists_on

MEMBERS = [
    ListMember(
        list_name="watched",
        value="9900109101",
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 6, 30),
    ),
    ListMember(list_name="watched", value="9900000023", valid_from=date(2026, 6, 30)),
]


def test_a_value_is_on_a_list_on_both_its_first_and_its_last_day():
    on_both = lists_on(MEMBERS, date(2026, 6, 30))
    assert on_both == {"watched": {"9900109101", "9900000023"}}


def test_a_list_that_nobody_is_on_stays_a_list():
    assert lists_on(MEMBERS, date(2025, 1, 1)) == {"watched": frozenset()}
