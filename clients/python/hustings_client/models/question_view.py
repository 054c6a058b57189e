from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.question_view_options import QuestionViewOptions


T = TypeVar("T", bound="QuestionView")


@_attrs_define
class QuestionView:
    """What to ask a passkey.

    Attributes:
        ceremony (str): Which question it is, for the answer to say.
        options (QuestionViewOptions): Options for the browser as JSON (WebAuthn level 3, sections 5.4 and 5.5).
    """

    ceremony: str
    options: QuestionViewOptions
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        ceremony = self.ceremony

        options = self.options.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "ceremony": ceremony,
                "options": options,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.question_view_options import QuestionViewOptions  # noqa: PLC0415

        d = dict(src_dict)
        ceremony = d.pop("ceremony")

        options = QuestionViewOptions.from_dict(d.pop("options"))

        question_view = cls(
            ceremony=ceremony,
            options=options,
        )

        question_view.additional_properties = d
        return question_view

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
