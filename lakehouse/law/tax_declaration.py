"""What the tax of a declaration is worked out from, as it was declared."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

ChargePart: TypeAlias = Literal["freight", "insurance", "addition", "deduction"]

# The certificate stands; any other state refuses the preference.
VALID_CERTIFICATE = "valid"


@dataclass(frozen=True, slots=True)
class Charge:
    """An amount of the header that is spread over lines; `line_nos` None = all."""

    part: ChargePart
    currency_code: str
    amount: Decimal
    line_nos: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate of origin; `valid_to` is inclusive."""

    form_code: str
    origin_country_code: str
    hs6: str
    issued_date: date
    valid_to: date
    status_code: str


@dataclass(frozen=True, slots=True)
class Relief:
    """Part of a tax that need not be paid; an exemption is 100 percent."""

    tax_type: str
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """A goods line; an unknown code, table or origin is None.

    Attributes:
        certificate: None where there is none, if `is_certificate_known`; else nobody
            has told yet.
    """

    line_no: int
    hs_code: str | None
    origin_country_code: str | None
    tariff_table_code: str | None
    invoice_amount: Decimal
    first_quantity: Decimal | None = None
    first_quantity_unit_code: str | None = None
    second_quantity: Decimal | None = None
    second_quantity_unit_code: str | None = None
    is_over_quota: bool = False
    certificate: Certificate | None = None
    is_certificate_known: bool = True
    reliefs: tuple[Relief, ...] = ()


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declaration, or a low-value parcel, as registered on a day."""

    registered_date: date
    currency_code: str
    lines: tuple[Line, ...]
    charges: tuple[Charge, ...] = ()
    is_low_value: bool = False
    kind_code: str | None = None
    direction_code: Literal["import", "export"] = "import"
