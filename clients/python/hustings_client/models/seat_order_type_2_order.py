from enum import StrEnum


class SeatOrderType2Order(StrEnum):
    MUTE = "mute"

    def __str__(self) -> str:
        return str(self.value)
