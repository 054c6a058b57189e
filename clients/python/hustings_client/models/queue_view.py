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


T = TypeVar("T", bound="QueueView")


@_attrs_define
class QueueView:
    """The one object that everybody who waits looks at.

    Attributes:
        admitting_below (int): Whoever's number, less one, is below this is called.
        drawn (bool): Whether the order is known.
        per_second (float): How many come in a second, lately.
        phase (PhaseType0 | PhaseType1 | PhaseType2 | PhaseType3 | PhaseType4 | PhaseType5): Where a conversation is in
            its life.
        poll_s (int): Look again at a random time within so many seconds.
        waiting (int): Who was not called yet.
        moved_from_ms (int | None | Unset): When it was to start before it was moved.
        starts_ms (int | None | Unset): When it starts, in milliseconds since 1970.
    """

    admitting_below: int
    drawn: bool
    per_second: float
    phase: PhaseType0 | PhaseType1 | PhaseType2 | PhaseType3 | PhaseType4 | PhaseType5
    poll_s: int
    waiting: int
    moved_from_ms: int | None | Unset = UNSET
    starts_ms: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.phase_type_3 import PhaseType3  # noqa: PLC0415

        admitting_below = self.admitting_below

        drawn = self.drawn

        per_second = self.per_second

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

        poll_s = self.poll_s

        waiting = self.waiting

        moved_from_ms: int | None | Unset
        if isinstance(self.moved_from_ms, Unset):
            moved_from_ms = UNSET
        else:
            moved_from_ms = self.moved_from_ms

        starts_ms: int | None | Unset
        if isinstance(self.starts_ms, Unset):
            starts_ms = UNSET
        else:
            starts_ms = self.starts_ms

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "admitting_below": admitting_below,
                "drawn": drawn,
                "per_second": per_second,
                "phase": phase,
                "poll_s": poll_s,
                "waiting": waiting,
            }
        )
        if moved_from_ms is not UNSET:
            field_dict["moved_from_ms"] = moved_from_ms
        if starts_ms is not UNSET:
            field_dict["starts_ms"] = starts_ms

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.phase_type_3 import PhaseType3  # noqa: PLC0415

        d = dict(src_dict)
        admitting_below = d.pop("admitting_below")

        drawn = d.pop("drawn")

        per_second = d.pop("per_second")

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

        poll_s = d.pop("poll_s")

        waiting = d.pop("waiting")

        def _parse_moved_from_ms(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        moved_from_ms = _parse_moved_from_ms(d.pop("moved_from_ms", UNSET))

        def _parse_starts_ms(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        starts_ms = _parse_starts_ms(d.pop("starts_ms", UNSET))

        queue_view = cls(
            admitting_below=admitting_below,
            drawn=drawn,
            per_second=per_second,
            phase=phase,
            poll_s=poll_s,
            waiting=waiting,
            moved_from_ms=moved_from_ms,
            starts_ms=starts_ms,
        )

        queue_view.additional_properties = d
        return queue_view

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
