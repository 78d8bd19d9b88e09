"""What one row of a tax list says: a rate, a reduction, a quota, limits for parcels."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lakehouse.law.tax_exact import plain


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate: percent of a base, an amount for a unit, or both added."""

    percent: Decimal | None
    unit_amount: Decimal | None
    currency_code: str | None
    unit_code: str | None
    is_not_subject: bool

    @property
    def text(self) -> str:
        """The rate as the law prints it."""
        parts = []
        if self.percent is not None:
            parts.append(f"{plain(self.percent)} %")
        if self.unit_amount is not None:
            amount = plain(self.unit_amount)
            parts.append(f"{amount} {self.currency_code}/{self.unit_code}")
        return " + ".join(parts)


@dataclass(frozen=True, slots=True)
class VatReduction:
    """A VAT rate that stands in for the full one."""

    percent: Decimal
    is_without_special_consumption: bool


@dataclass(frozen=True, slots=True)
class Quota:
    """A tariff quota of a period and the table that applies beyond it.

    Attributes:
        balance: what may come in during the period.
        key: the quota and its period; several codes may draw on one quota.
    """

    balance: Decimal
    unit_code: str
    table_code: str
    key: tuple[str, date]


@dataclass(frozen=True, slots=True)
class LowValueRule:
    """Limits below which a parcel is exempt; None = no such exemption."""

    duty_exempt_up_to_vnd: int | None
    vat_exempt_up_to_vnd: int | None
    duty_exempt_under_vnd: int | None
