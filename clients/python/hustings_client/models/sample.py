from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Sample")


@_attrs_define
class Sample:
    """What the reports of pages stand for.

    Attributes:
        addresses (int): Addresses that they came from.
        every_s (int): Seconds between two reports of a page.
        left_out (int): Reports that were left out since the beginning, because their address had too many already.
        oldest_s (float): Age of the oldest report in seconds.
        one_in (int): One page in so many is asked to report.
        pages (int): Pages: the reports times `one_in`.
        reports (int): Reports of the last 20 s.
    """

    addresses: int
    every_s: int
    left_out: int
    oldest_s: float
    one_in: int
    pages: int
    reports: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        addresses = self.addresses

        every_s = self.every_s

        left_out = self.left_out

        oldest_s = self.oldest_s

        one_in = self.one_in

        pages = self.pages

        reports = self.reports

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "addresses": addresses,
                "every_s": every_s,
                "left_out": left_out,
                "oldest_s": oldest_s,
                "one_in": one_in,
                "pages": pages,
                "reports": reports,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        addresses = d.pop("addresses")

        every_s = d.pop("every_s")

        left_out = d.pop("left_out")

        oldest_s = d.pop("oldest_s")

        one_in = d.pop("one_in")

        pages = d.pop("pages")

        reports = d.pop("reports")

        sample = cls(
            addresses=addresses,
            every_s=every_s,
            left_out=left_out,
            oldest_s=oldest_s,
            one_in=one_in,
            pages=pages,
            reports=reports,
        )

        sample.additional_properties = d
        return sample

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
