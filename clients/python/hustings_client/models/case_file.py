from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.case_view import CaseView
    from ..models.report_view import ReportView


T = TypeVar("T", bound="CaseFile")


@_attrs_define
class CaseFile:
    """One case with what was reported.

    Attributes:
        case (CaseView): A case, as moderators see it.
        reports (list[ReportView]): What was reported, the first first. Who did is not told.
    """

    case: CaseView
    reports: list[ReportView]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        case = self.case.to_dict()

        reports = []
        for reports_item_data in self.reports:
            reports_item = reports_item_data.to_dict()
            reports.append(reports_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "case": case,
                "reports": reports,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.case_view import CaseView  # noqa: PLC0415
        from ..models.report_view import ReportView  # noqa: PLC0415

        d = dict(src_dict)
        case = CaseView.from_dict(d.pop("case"))

        reports = []
        _reports = d.pop("reports")
        for reports_item_data in _reports:
            reports_item = ReportView.from_dict(reports_item_data)

            reports.append(reports_item)

        case_file = cls(
            case=case,
            reports=reports,
        )

        case_file.additional_properties = d
        return case_file

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
