from enum import StrEnum


class SeatOrderType0Order(StrEnum):
    BRING_UP = "bring_up"

    def __str__(self) -> str:
        return str(self.value)
