from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="AppealView")


@_attrs_define
class AppealView:
    """An appeal.

    Attributes:
        at_ms (int): When it was made.
        text (str): In the words of the person concerned.
        by_the_same (bool | None | Unset): Whoever had ruled decided it, because the site has no other moderator.
        decided_ms (int | None | Unset): When it was decided.
        reasons (None | str | Unset): Why.
        upheld (bool | None | Unset): Whether the ruling stands; absent until it is decided.
    """

    at_ms: int
    text: str
    by_the_same: bool | None | Unset = UNSET
    decided_ms: int | None | Unset = UNSET
    reasons: None | str | Unset = UNSET
    upheld: bool | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at_ms = self.at_ms

        text = self.text

        by_the_same: bool | None | Unset
        if isinstance(self.by_the_same, Unset):
            by_the_same = UNSET
        else:
            by_the_same = self.by_the_same

        decided_ms: int | None | Unset
        if isinstance(self.decided_ms, Unset):
            decided_ms = UNSET
        else:
            decided_ms = self.decided_ms

        reasons: None | str | Unset
        if isinstance(self.reasons, Unset):
            reasons = UNSET
        else:
            reasons = self.reasons

        upheld: bool | None | Unset
        if isinstance(self.upheld, Unset):
            upheld = UNSET
        else:
            upheld = self.upheld

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at_ms": at_ms,
                "text": text,
            }
        )
        if by_the_same is not UNSET:
            field_dict["by_the_same"] = by_the_same
        if decided_ms is not UNSET:
            field_dict["decided_ms"] = decided_ms
        if reasons is not UNSET:
            field_dict["reasons"] = reasons
        if upheld is not UNSET:
            field_dict["upheld"] = upheld

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        at_ms = d.pop("at_ms")

        text = d.pop("text")

        def _parse_by_the_same(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        by_the_same = _parse_by_the_same(d.pop("by_the_same", UNSET))

        def _parse_decided_ms(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        decided_ms = _parse_decided_ms(d.pop("decided_ms", UNSET))

        def _parse_reasons(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        reasons = _parse_reasons(d.pop("reasons", UNSET))

        def _parse_upheld(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        upheld = _parse_upheld(d.pop("upheld", UNSET))

        appeal_view = cls(
            at_ms=at_ms,
            text=text,
            by_the_same=by_the_same,
            decided_ms=decided_ms,
            reasons=reasons,
            upheld=upheld,
        )

        appeal_view.additional_properties = d
        return appeal_view

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
