from enum import StrEnum


class SeatOrderType4Order(StrEnum):
    REMOVE = "remove"

    def __str__(self) -> str:
        return str(self.value)
