from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.by_tier import ByTier
    from ..models.interval import Interval
    from ..models.sample import Sample


T = TypeVar("T", bound="Audience")


@_attrs_define
class Audience:
    """How many hear a conversation.

    Attributes:
        age_s (float): How long ago that was, in seconds.
        as_of (str): When this was true (RFC 3339).
        by_tier (ByTier): Listeners by how they receive the sound.
        definition (str): What was counted, in words.
        interval (Interval): Where a number lies.
        listening (int): Listeners who receive sound now, over all tiers.
        peak (int): The most there ever were at once.
        refused (int): Who was refused since the lobby opened.
        sampled (Sample): What the reports of pages stand for.
        seen (int): Listeners who are seen on a connection.
        waiting (int): Who waits to be let in.
        unseen (int | None | Unset): Players behind a cache that do not report: 0 while there is no cache, else null,
            which is unknown.
    """

    age_s: float
    as_of: str
    by_tier: ByTier
    definition: str
    interval: Interval
    listening: int
    peak: int
    refused: int
    sampled: Sample
    seen: int
    waiting: int
    unseen: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        age_s = self.age_s

        as_of = self.as_of

        by_tier = self.by_tier.to_dict()

        definition = self.definition

        interval = self.interval.to_dict()

        listening = self.listening

        peak = self.peak

        refused = self.refused

        sampled = self.sampled.to_dict()

        seen = self.seen

        waiting = self.waiting

        unseen: int | None | Unset
        if isinstance(self.unseen, Unset):
            unseen = UNSET
        else:
            unseen = self.unseen

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "age_s": age_s,
                "as_of": as_of,
                "by_tier": by_tier,
                "definition": definition,
                "interval": interval,
                "listening": listening,
                "peak": peak,
                "refused": refused,
                "sampled": sampled,
                "seen": seen,
                "waiting": waiting,
            }
        )
        if unseen is not UNSET:
            field_dict["unseen"] = unseen

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.by_tier import ByTier  # noqa: PLC0415
        from ..models.interval import Interval  # noqa: PLC0415
        from ..models.sample import Sample  # noqa: PLC0415

        d = dict(src_dict)
        age_s = d.pop("age_s")

        as_of = d.pop("as_of")

        by_tier = ByTier.from_dict(d.pop("by_tier"))

        definition = d.pop("definition")

        interval = Interval.from_dict(d.pop("interval"))

        listening = d.pop("listening")

        peak = d.pop("peak")

        refused = d.pop("refused")

        sampled = Sample.from_dict(d.pop("sampled"))

        seen = d.pop("seen")

        waiting = d.pop("waiting")

        def _parse_unseen(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        unseen = _parse_unseen(d.pop("unseen", UNSET))

        audience = cls(
            age_s=age_s,
            as_of=as_of,
            by_tier=by_tier,
            definition=definition,
            interval=interval,
            listening=listening,
            peak=peak,
            refused=refused,
            sampled=sampled,
            seen=seen,
            waiting=waiting,
            unseen=unseen,
        )

        audience.additional_properties = d
        return audience

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
