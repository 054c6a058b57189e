from enum import StrEnum


class SeatOrderType3Order(StrEnum):
    ASK_TO_UNMUTE = "ask_to_unmute"

    def __str__(self) -> str:
        return str(self.value)
