"""Lists that the tests of identifiers share."""

from datetime import date

import pytest

from lakehouse.law.identifiers import CodeList, DatedCode, Forms


@pytest.fixture(scope="session")
def forms() -> Forms:
    """The parts that a list decides."""
    return Forms(
        provinces=(("001", "096"),),
        directions={"1": "import", "3": "export"},
        categories=frozenset("UJZ"),
        chapters=(("01", "76"), ("78", "97")),
        national_chapters=frozenset({"98"}),
    )


@pytest.fixture(scope="session")
def code_rows() -> list[DatedCode]:
    """Commodity codes: open, retired, new, retired and given again, ten digits."""
    return [
        DatedCode("84713020", date(2018, 1, 1)),
        DatedCode("03061721", date(2018, 1, 1)),
        DatedCode("85171200", date(2018, 1, 1), date(2022, 11, 30)),
        DatedCode("85171300", date(2022, 12, 1)),
        DatedCode("09011120", date(2018, 1, 1), date(2019, 12, 31)),
        DatedCode("09011120", date(2023, 1, 1)),
        DatedCode("0306172190", date(2018, 1, 1)),
        DatedCode("2804700090", date(2018, 1, 1)),
    ]


@pytest.fixture(scope="session")
def codes(code_rows: list[DatedCode]) -> CodeList:
    """The commodity codes as a list."""
    return CodeList(code_rows)


@pytest.fixture(scope="session")
def offices() -> CodeList:
    """Offices: a chain of two closures, a dead end, a circle, an open one."""
    closing = date(2025, 2, 28)
    return CodeList(
        [
            DatedCode("01AA", date(2010, 1, 1), date(2015, 12, 31), "01AB"),
            DatedCode("01AB", date(2010, 1, 1), closing, "01TB"),
            DatedCode("01TB", date(2025, 3, 1)),
            DatedCode("05DD", date(2010, 1, 1), closing, None),
            DatedCode("06EE", date(2010, 1, 1), closing, "06EF"),
            DatedCode("06EF", date(2010, 1, 1), closing, "06EE"),
            DatedCode("03CC", date(2010, 1, 1)),
        ]
    )
