from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.question_state import QuestionState

T = TypeVar("T", bound="JudgeQuestion")


@_attrs_define
class JudgeQuestion:
    """What becomes of a question.

    Attributes:
        state (QuestionState): Where a question is in its life.
    """

    state: QuestionState

    def to_dict(self) -> dict[str, Any]:
        state = self.state.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "state": state,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        state = QuestionState(d.pop("state"))

        judge_question = cls(
            state=state,
        )

        return judge_question
