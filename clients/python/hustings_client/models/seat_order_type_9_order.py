from enum import StrEnum


class SeatOrderType9Order(StrEnum):
    PLACE_HAND = "place_hand"

    def __str__(self) -> str:
        return str(self.value)
