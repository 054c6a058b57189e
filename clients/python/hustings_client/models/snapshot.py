from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.count import Count
    from ..models.floor_now import FloorNow
    from ..models.hands import Hands
    from ..models.roster import Roster
    from ..models.state import State


T = TypeVar("T", bound="Snapshot")


@_attrs_define
class Snapshot:
    """All that a newcomer must know.

    Attributes:
        count (Count): How many hear the conversation.
        epoch_ms (int): Wall-clock time of media time 0 in milliseconds since 1970: adding an event's media time gives
            its wall-clock
            time, so that a page can say how far behind the speakers its sound is.
        roster (Roster): Who is on stage, in the order in which they came.
        state (State): The phase of a conversation.
        title (str): The conversation's title.
        floor (FloorNow | Unset): All that a newcomer must know of it.
        hands (Hands | Unset): Who asks to speak, in the order in which they will be asked.
    """

    count: Count
    epoch_ms: int
    roster: Roster
    state: State
    title: str
    floor: FloorNow | Unset = UNSET
    hands: Hands | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        count = self.count.to_dict()

        epoch_ms = self.epoch_ms

        roster = self.roster.to_dict()

        state = self.state.to_dict()

        title = self.title

        floor: dict[str, Any] | Unset = UNSET
        if not isinstance(self.floor, Unset):
            floor = self.floor.to_dict()

        hands: dict[str, Any] | Unset = UNSET
        if not isinstance(self.hands, Unset):
            hands = self.hands.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "count": count,
                "epoch_ms": epoch_ms,
                "roster": roster,
                "state": state,
                "title": title,
            }
        )
        if floor is not UNSET:
            field_dict["floor"] = floor
        if hands is not UNSET:
            field_dict["hands"] = hands

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.count import Count  # noqa: PLC0415
        from ..models.floor_now import FloorNow  # noqa: PLC0415
        from ..models.hands import Hands  # noqa: PLC0415
        from ..models.roster import Roster  # noqa: PLC0415
        from ..models.state import State  # noqa: PLC0415

        d = dict(src_dict)
        count = Count.from_dict(d.pop("count"))

        epoch_ms = d.pop("epoch_ms")

        roster = Roster.from_dict(d.pop("roster"))

        state = State.from_dict(d.pop("state"))

        title = d.pop("title")

        _floor = d.pop("floor", UNSET)
        floor: FloorNow | Unset
        if isinstance(_floor, Unset):
            floor = UNSET
        else:
            floor = FloorNow.from_dict(_floor)

        _hands = d.pop("hands", UNSET)
        hands: Hands | Unset
        if isinstance(_hands, Unset):
            hands = UNSET
        else:
            hands = Hands.from_dict(_hands)

        snapshot = cls(
            count=count,
            epoch_ms=epoch_ms,
            roster=roster,
            state=state,
            title=title,
            floor=floor,
            hands=hands,
        )

        snapshot.additional_properties = d
        return snapshot

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
