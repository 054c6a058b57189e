from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="ChoosePollAnswer")


@_attrs_define
class ChoosePollAnswer:
    """A vote in a poll.

    Attributes:
        answer (int): The place of the answer; the first is 0.
    """

    answer: int

    def to_dict(self) -> dict[str, Any]:
        answer = self.answer

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "answer": answer,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        answer = d.pop("answer")

        choose_poll_answer = cls(
            answer=answer,
        )

        return choose_poll_answer
