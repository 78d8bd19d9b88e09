"""Read messages of tax accounting by `contracts/messages/tax/`."""

from lakehouse.documents import document_reader

READER = document_reader("tax")
