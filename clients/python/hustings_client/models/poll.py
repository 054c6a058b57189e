from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.answer import Answer


T = TypeVar("T", bound="Poll")


@_attrs_define
class Poll:
    """A poll, with its sums.

    Attributes:
        answers (list[Answer]): Two to six answers.
        closed (bool): Whether it is closed: its sums are final.
        id (int): Its number.
        question (str): What is asked.
        closes_ms (int | None | Unset): When it closes by itself, in milliseconds since 1970.
    """

    answers: list[Answer]
    closed: bool
    id: int
    question: str
    closes_ms: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        answers = []
        for answers_item_data in self.answers:
            answers_item = answers_item_data.to_dict()
            answers.append(answers_item)

        closed = self.closed

        id = self.id

        question = self.question

        closes_ms: int | None | Unset
        if isinstance(self.closes_ms, Unset):
            closes_ms = UNSET
        else:
            closes_ms = self.closes_ms

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "answers": answers,
                "closed": closed,
                "id": id,
                "question": question,
            }
        )
        if closes_ms is not UNSET:
            field_dict["closes_ms"] = closes_ms

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.answer import Answer  # noqa: PLC0415

        d = dict(src_dict)
        answers = []
        _answers = d.pop("answers")
        for answers_item_data in _answers:
            answers_item = Answer.from_dict(answers_item_data)

            answers.append(answers_item)

        closed = d.pop("closed")

        id = d.pop("id")

        question = d.pop("question")

        def _parse_closes_ms(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        closes_ms = _parse_closes_ms(d.pop("closes_ms", UNSET))

        poll = cls(
            answers=answers,
            closed=closed,
            id=id,
            question=question,
            closes_ms=closes_ms,
        )

        poll.additional_properties = d
        return poll

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
