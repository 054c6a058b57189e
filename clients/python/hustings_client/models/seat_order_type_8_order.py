from enum import StrEnum


class SeatOrderType8Order(StrEnum):
    APPOINT = "appoint"

    def __str__(self) -> str:
        return str(self.value)
