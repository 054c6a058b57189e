from enum import StrEnum


class SeatOrderType1Order(StrEnum):
    SEND_DOWN = "send_down"

    def __str__(self) -> str:
        return str(self.value)
