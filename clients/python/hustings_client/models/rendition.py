from enum import StrEnum


class Rendition(StrEnum):
    AAC_96 = "aac-96"
    OPUS_48 = "opus-48"
    OPUS_96 = "opus-96"

    def __str__(self) -> str:
        return str(self.value)
