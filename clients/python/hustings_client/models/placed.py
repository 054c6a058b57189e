from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Placed")


@_attrs_define
class Placed:
    """Somebody who waits.

    Attributes:
        place (str): The place, to be brought again.
        poll_s (int): Ask again at a random time within so many seconds.
        queue (str): What to look at meanwhile, which is the same for everybody.
        secret (str): By which its holder is known again.
        expected_s (list[int] | None | Unset): How many seconds it will take: at least, probably, at most.
        number (int | None | Unset): From 1 on; absent before the order is drawn.
    """

    place: str
    poll_s: int
    queue: str
    secret: str
    expected_s: list[int] | None | Unset = UNSET
    number: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        place = self.place

        poll_s = self.poll_s

        queue = self.queue

        secret = self.secret

        expected_s: list[int] | None | Unset
        if isinstance(self.expected_s, Unset):
            expected_s = UNSET
        elif isinstance(self.expected_s, list):
            expected_s = self.expected_s

        else:
            expected_s = self.expected_s

        number: int | None | Unset
        if isinstance(self.number, Unset):
            number = UNSET
        else:
            number = self.number

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "place": place,
                "poll_s": poll_s,
                "queue": queue,
                "secret": secret,
            }
        )
        if expected_s is not UNSET:
            field_dict["expected_s"] = expected_s
        if number is not UNSET:
            field_dict["number"] = number

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        place = d.pop("place")

        poll_s = d.pop("poll_s")

        queue = d.pop("queue")

        secret = d.pop("secret")

        def _parse_expected_s(data: object) -> list[int] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                expected_s_type_0 = cast(list[int], data)

                return expected_s_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[int] | None | Unset, data)

        expected_s = _parse_expected_s(d.pop("expected_s", UNSET))

        def _parse_number(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        number = _parse_number(d.pop("number", UNSET))

        placed = cls(
            place=place,
            poll_s=poll_s,
            queue=queue,
            secret=secret,
            expected_s=expected_s,
            number=number,
        )

        placed.additional_properties = d
        return placed

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
