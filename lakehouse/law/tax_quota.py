"""What is left of tariff quotas before each line, as lines draw on them in time."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from lakehouse.law.tax_declaration import Declaration, Line
from lakehouse.law.tax_exact import ZERO, total
from lakehouse.law.tax_quantity import quantity_in
from lakehouse.law.tax_rate import Quota
from lakehouse.law.tax_reference import Reference
from lakehouse.law.tax_table import NOT_SUBJECT

Balances = Mapping[int, Decimal]


class QuotaLedger:
    """How much of each quota is used up; give it lines in the order of their time."""

    def __init__(self) -> None:
        """Begin with whole quotas."""
        self._used: dict[tuple[str, date], Decimal] = {}

    def draw(self, declaration: Declaration, reference: Reference) -> Balances:
        """What is left before each quota line; those that fit whole then draw on it.

        Law 05/2017/QH14, Art. 17 to 20: who registers first is served first. A line
        that does not fit takes nothing, so a smaller one after it may.
        """
        if declaration.direction_code != "import":
            return {}
        on, left = declaration.registered_date, {}
        for line in sorted(declaration.lines, key=_number):
            found = self.draw_line(line, reference, on)
            if found is not None:
                left[line.line_no] = found
        return left

    def draw_line(self, line: Line, reference: Reference, on: date) -> Decimal | None:
        """What is left before a line; None where no quota is asked."""
        quota = reference.quota(line.hs_code, on)
        if quota is None or not _asks_for_quota(line, quota, reference, on):
            return None
        used = self._used.get(quota.key, ZERO)
        left = quota.balance - used
        quantity = quantity_in(line, quota.unit_code, reference, on)
        if quantity is not None and ZERO < quantity <= left:
            self._used[quota.key] = total(used, quantity)
        return left


def _asks_for_quota(line: Line, quota: Quota, reference: Reference, on: date) -> bool:
    """Not where the line says itself that it is beyond the quota, or pays no duty."""
    is_beyond = line.is_over_quota or line.tariff_table_code == quota.table_code
    role = reference.role(line.tariff_table_code, on)
    return not is_beyond and role != NOT_SUBJECT


def _number(line: Line) -> int:
    return line.line_no
