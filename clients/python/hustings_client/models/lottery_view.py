from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="LotteryView")


@_attrs_define
class LotteryView:
    """What is published of a lottery.

    Attributes:
        commitment (str): The hash of the seed, before and after.
        places (list[list[Any]]): Each a number, the second in which it was given, and its id.
        root (None | str | Unset): The root of the places that took part, once they are known.
        seed (None | str | Unset): The seed, once it is drawn.
    """

    commitment: str
    places: list[list[Any]]
    root: None | str | Unset = UNSET
    seed: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        commitment = self.commitment

        places = []
        for places_item_data in self.places:
            places_item = places_item_data

            places.append(places_item)

        root: None | str | Unset
        if isinstance(self.root, Unset):
            root = UNSET
        else:
            root = self.root

        seed: None | str | Unset
        if isinstance(self.seed, Unset):
            seed = UNSET
        else:
            seed = self.seed

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "commitment": commitment,
                "places": places,
            }
        )
        if root is not UNSET:
            field_dict["root"] = root
        if seed is not UNSET:
            field_dict["seed"] = seed

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        commitment = d.pop("commitment")

        places = []
        _places = d.pop("places")
        for places_item_data in _places:
            places_item = cast(list[Any], places_item_data)

            places.append(places_item)

        def _parse_root(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        root = _parse_root(d.pop("root", UNSET))

        def _parse_seed(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        seed = _parse_seed(d.pop("seed", UNSET))

        lottery_view = cls(
            commitment=commitment,
            places=places,
            root=root,
            seed=seed,
        )

        lottery_view.additional_properties = d
        return lottery_view

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
