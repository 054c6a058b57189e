from enum import StrEnum


class Role(StrEnum):
    COHOST = "cohost"
    HOST = "host"
    LISTENER = "listener"
    PRODUCER = "producer"
    SPEAKER = "speaker"

    def __str__(self) -> str:
        return str(self.value)
