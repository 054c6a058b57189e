from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.case_view import CaseView


T = TypeVar("T", bound="RulingMade")


@_attrs_define
class RulingMade:
    """A ruling that was made.

    Attributes:
        case (CaseView): A case, as moderators see it.
        link (str): A link by which the person concerned can read the ruling and appeal without signing in. It is shown
            this once.
    """

    case: CaseView
    link: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        case = self.case.to_dict()

        link = self.link

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "case": case,
                "link": link,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.case_view import CaseView  # noqa: PLC0415

        d = dict(src_dict)
        case = CaseView.from_dict(d.pop("case"))

        link = d.pop("link")

        ruling_made = cls(
            case=case,
            link=link,
        )

        ruling_made.additional_properties = d
        return ruling_made

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
