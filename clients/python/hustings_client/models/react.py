from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.reaction import Reaction
from ..types import UNSET, Unset

T = TypeVar("T", bound="React")


@_attrs_define
class React:
    """A reaction.

    Attributes:
        kind (Reaction): A kind of reaction. The set is fixed, so that a sum of them is a handful of numbers.
        one_in (int | None | Unset): How many it stands for: the `one_in` that the reactions event told, if only one in
            so many is sent. 1 if absent.
    """

    kind: Reaction
    one_in: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind.value

        one_in: int | None | Unset
        if isinstance(self.one_in, Unset):
            one_in = UNSET
        else:
            one_in = self.one_in

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "kind": kind,
            }
        )
        if one_in is not UNSET:
            field_dict["one_in"] = one_in

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = Reaction(d.pop("kind"))

        def _parse_one_in(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        one_in = _parse_one_in(d.pop("one_in", UNSET))

        react = cls(
            kind=kind,
            one_in=one_in,
        )

        return react
