"""Every error Dateline raises on purpose.

    DatelineError               one line for the user: what happened, to which input, what to do
    ├── InputError              an input cannot be used; the rest of the batch goes on
    ├── StoreError              the index cannot be opened or written
    │   ├── ManifestMismatch    it was built with other settings
    │   └── StoreLocked         another process is writing to it
    ├── EncoderError            an encoder's model is missing or damaged
    └── FetchError              an address on the web cannot be fetched now; later it may
        └── Refused             it must not be fetched, now or later

Anything else that escapes is a defect.
"""


class DatelineError(Exception):
    """Root of the tree; its message is shown to the user as it stands."""


class InputError(DatelineError):
    """One file, record or question cannot be used."""


class StoreError(DatelineError):
    """The index cannot be opened, read or written."""


class ManifestMismatch(StoreError):
    """The index was built with other settings than the ones asked for."""


class StoreLocked(StoreError):
    """Another process is writing to this index."""


class EncoderError(DatelineError):
    """An encoder's model is missing, damaged or unknown."""


class FetchError(DatelineError):
    """An address on the web cannot be fetched now.

    Args:
        message: Why.
        wait: Seconds for which its host asked to be left alone.
    """

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class Refused(FetchError):
    """An address on the web must not be fetched: it is not safe, or its host forbids it."""
