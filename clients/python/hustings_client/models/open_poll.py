from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="OpenPoll")


@_attrs_define
class OpenPoll:
    """A poll to open.

    Attributes:
        answers (list[str]): Two to six answers of 1 to 100 characters.
        question (str): What is asked, 1 to 300 characters.
        seconds (int | None | Unset): Seconds until it closes by itself, 1 to 86400; absent: it is closed by hand.
    """

    answers: list[str]
    question: str
    seconds: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        answers = self.answers

        question = self.question

        seconds: int | None | Unset
        if isinstance(self.seconds, Unset):
            seconds = UNSET
        else:
            seconds = self.seconds

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "answers": answers,
                "question": question,
            }
        )
        if seconds is not UNSET:
            field_dict["seconds"] = seconds

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        answers = cast(list[str], d.pop("answers"))

        question = d.pop("question")

        def _parse_seconds(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        seconds = _parse_seconds(d.pop("seconds", UNSET))

        open_poll = cls(
            answers=answers,
            question=question,
            seconds=seconds,
        )

        return open_poll
