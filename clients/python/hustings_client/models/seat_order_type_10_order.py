from enum import StrEnum


class SeatOrderType10Order(StrEnum):
    GIVE_TURN = "give_turn"

    def __str__(self) -> str:
        return str(self.value)
