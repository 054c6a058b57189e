from enum import StrEnum


class SeatOrderType5Order(StrEnum):
    BAN = "ban"

    def __str__(self) -> str:
        return str(self.value)
