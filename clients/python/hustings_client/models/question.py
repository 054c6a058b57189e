from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.question_state import QuestionState

T = TypeVar("T", bound="Question")


@_attrs_define
class Question:
    """One question of the audience.

    Attributes:
        id (int): Its number.
        name (str): The name of who asks.
        state (QuestionState): Where a question is in its life.
        text (str): What they ask.
        votes (int): How many want it asked.
    """

    id: int
    name: str
    state: QuestionState
    text: str
    votes: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        state = self.state.value

        text = self.text

        votes = self.votes

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "state": state,
                "text": text,
                "votes": votes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        state = QuestionState(d.pop("state"))

        text = d.pop("text")

        votes = d.pop("votes")

        question = cls(
            id=id,
            name=name,
            state=state,
            text=text,
            votes=votes,
        )

        question.additional_properties = d
        return question

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
