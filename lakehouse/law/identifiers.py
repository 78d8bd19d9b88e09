"""Every identifier of the trade: a raw text becomes its normal form or a reason."""

from lakehouse.law.container import container
from lakehouse.law.declaration_no import declaration_no
from lakehouse.law.hs_code import hs_code
from lakehouse.law.identifier_form import (
    REASONS,
    Accepted,
    CodeList,
    DatedCode,
    Forms,
    Outcome,
    Refused,
)
from lakehouse.law.office import current_office, office
from lakehouse.law.tax_code import tax_check_digit, tax_code

__all__ = [
    "REASONS",
    "Accepted",
    "CodeList",
    "DatedCode",
    "Forms",
    "Outcome",
    "Refused",
    "container",
    "current_office",
    "declaration_no",
    "hs_code",
    "office",
    "tax_check_digit",
    "tax_code",
]
