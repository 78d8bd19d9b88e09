"""Read messages of the single window by `contracts/messages/nsw/`."""

from lakehouse.documents import document_reader

READER = document_reader("nsw")
