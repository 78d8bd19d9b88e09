"""Read messages of the payment gateway by `contracts/messages/epay/`."""

from lakehouse.documents import document_reader

READER = document_reader("epay")
