from enum import StrEnum


class SeatOrderType7Order(StrEnum):
    LOWER_HAND = "lower_hand"

    def __str__(self) -> str:
        return str(self.value)
