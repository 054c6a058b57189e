from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.phase_type_0 import PhaseType0
from ..models.phase_type_1 import PhaseType1
from ..models.phase_type_2 import PhaseType2
from ..models.phase_type_4 import PhaseType4
from ..models.phase_type_5 import PhaseType5
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.phase_type_3 import PhaseType3


T = TypeVar("T", bound="State")


@_attrs_define
class State:
    """The phase of a conversation.

    Attributes:
        phase (PhaseType0 | PhaseType1 | PhaseType2 | PhaseType3 | PhaseType4 | PhaseType5): Where a conversation is in
            its life.
        live_since (int | None | Unset): Media time in samples at which it went live for the first time.
    """

    phase: PhaseType0 | PhaseType1 | PhaseType2 | PhaseType3 | PhaseType4 | PhaseType5
    live_since: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.phase_type_3 import PhaseType3  # noqa: PLC0415

        phase: dict[str, Any] | str
        if isinstance(self.phase, PhaseType0):
            phase = self.phase.value
        elif isinstance(self.phase, PhaseType1):
            phase = self.phase.value
        elif isinstance(self.phase, PhaseType2):
            phase = self.phase.value
        elif isinstance(self.phase, PhaseType3):
            phase = self.phase.to_dict()
        elif isinstance(self.phase, PhaseType4):
            phase = self.phase.value
        else:
            phase = self.phase.value

        live_since: int | None | Unset
        if isinstance(self.live_since, Unset):
            live_since = UNSET
        else:
            live_since = self.live_since

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "phase": phase,
            }
        )
        if live_since is not UNSET:
            field_dict["live_since"] = live_since

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.phase_type_3 import PhaseType3  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_phase(data: object) -> PhaseType0 | PhaseType1 | PhaseType2 | PhaseType3 | PhaseType4 | PhaseType5:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                componentsschemas_phase_type_0 = PhaseType0(data)

                return componentsschemas_phase_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, str):
                    raise TypeError()
                componentsschemas_phase_type_1 = PhaseType1(data)

                return componentsschemas_phase_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, str):
                    raise TypeError()
                componentsschemas_phase_type_2 = PhaseType2(data)

                return componentsschemas_phase_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_phase_type_3 = PhaseType3.from_dict(data)

                return componentsschemas_phase_type_3
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, str):
                    raise TypeError()
                componentsschemas_phase_type_4 = PhaseType4(data)

                return componentsschemas_phase_type_4
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, str):
                raise TypeError()
            componentsschemas_phase_type_5 = PhaseType5(data)

            return componentsschemas_phase_type_5

        phase = _parse_phase(d.pop("phase"))

        def _parse_live_since(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        live_since = _parse_live_since(d.pop("live_since", UNSET))

        state = cls(
            phase=phase,
            live_since=live_since,
        )

        state.additional_properties = d
        return state

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
