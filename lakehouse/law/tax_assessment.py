"""What comes out of an assessment: customs values, taxes, verdicts, findings, gaps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeAlias

from lakehouse.law.tax_rate import Rate
from lakehouse.law.tax_reasons import REASONS
from lakehouse.law.tax_reference import TAX_TYPES

ParcelVerdict: TypeAlias = Literal["due", "exempt_by_value", "exempt_by_small_duty"]


@dataclass(frozen=True, slots=True)
class Gap:
    """Why something is not evaluated; `line_no` None = the whole declaration."""

    code: str
    line_no: int | None = None
    currency_code: str | None = None

    @property
    def message_vi(self) -> str:
        """The reason in words for an officer."""
        return REASONS[self.code][0]

    @property
    def message_en(self) -> str:
        """The reason in English words."""
        return REASONS[self.code][1]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something on a line that was not applied as declared."""

    code: str
    line_no: int | None
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def message_vi(self) -> str:
        """The finding in words for an officer, with its reason."""
        reason = self.details.get("reason")
        text = REASONS[self.code][0]
        return f"{text}: {REASONS[reason][0]}" if reason else text


@dataclass(frozen=True, slots=True)
class LineValue:
    """The customs value of a line and its parts, in whole dong."""

    invoice_vnd: int
    freight_vnd: int = 0
    insurance_vnd: int = 0
    adjustment_vnd: int = 0

    @property
    def customs_value_vnd(self) -> int:
        """The value on which duty is reckoned."""
        carriage = self.freight_vnd + self.insurance_vnd
        return self.invoice_vnd + carriage + self.adjustment_vnd


@dataclass(frozen=True, slots=True)
class TaxEntry:
    """One tax of a line; `base_vnd` None where the rate is an amount for a unit."""

    tax_type: str
    rate: Rate
    base_vnd: int | None
    quantity: Decimal | None
    amount_vnd: int
    relief_vnd: int = 0

    @property
    def payable_vnd(self) -> int:
        """What is to be paid after exemption or reduction."""
        return self.amount_vnd - self.relief_vnd


@dataclass(frozen=True, slots=True)
class LineAssessment:
    """The taxes of a line in the order of the law, or why there are none."""

    line_no: int
    value: LineValue
    table_applied: str | None
    taxes: tuple[TaxEntry, ...]
    gap: Gap | None = None

    @property
    def payable_vnd(self) -> int | None:
        """All taxes of the line; None, never zero, where it is not evaluated."""
        if self.gap is not None:
            return None
        return sum(entry.payable_vnd for entry in self.taxes)


@dataclass(frozen=True, slots=True)
class ParcelAssessment:
    """The verdicts on a low-value parcel as a whole."""

    customs_value_vnd: int
    duty_before_exemption_vnd: int
    duty: ParcelVerdict
    vat: ParcelVerdict


@dataclass(frozen=True, slots=True)
class Assessment:
    """The taxes of a declaration; it is evaluated if nothing was missing."""

    lines: tuple[LineAssessment, ...]
    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()
    parcel: ParcelAssessment | None = None

    @property
    def evaluated(self) -> bool:
        """Tell whether every line has all its taxes."""
        return not self.gaps

    @property
    def totals_vnd(self) -> dict[str, int] | None:
        """What is payable of each tax that some line has, in the order of the law."""
        if self.gaps:
            return None
        found: dict[str, int] = {}
        for tax_type in TAX_TYPES:
            amounts = [
                entry.payable_vnd
                for line in self.lines
                for entry in line.taxes
                if entry.tax_type == tax_type
            ]
            if amounts:
                found[tax_type] = sum(amounts)
        return found

    @property
    def total_payable_vnd(self) -> int | None:
        """All taxes of the declaration; None where it is not evaluated."""
        totals = self.totals_vnd
        return None if totals is None else sum(totals.values())
