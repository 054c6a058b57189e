from enum import StrEnum


class SeatOrderType6Order(StrEnum):
    PARDON = "pardon"

    def __str__(self) -> str:
        return str(self.value)
