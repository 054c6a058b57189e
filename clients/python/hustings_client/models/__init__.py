"""Contains all the data models used in inputs/outputs"""

from .about_me import AboutMe
from .accept import Accept
from .accepted_view import AcceptedView
from .account_list import AccountList
from .account_view import AccountView
from .act import Act
from .act_details import ActDetails
from .act_now import ActNow
from .act_view import ActView
from .acts import Acts
from .admitted import Admitted
from .answer import Answer
from .api_key_list import ApiKeyList
from .api_key_view import ApiKeyView
from .appeal_by_link import AppealByLink
from .appeal_view import AppealView
from .ask_body import AskBody
from .ask_question import AskQuestion
from .asked import Asked
from .at_provider import AtProvider
from .audience import Audience
from .because import Because
from .blocked_names import BlockedNames
from .by_link import ByLink
from .by_mail import ByMail
from .by_passkey import ByPasskey
from .by_passkey_answer import ByPasskeyAnswer
from .by_password import ByPassword
from .by_tier import ByTier
from .call_off import CallOff
from .case_file import CaseFile
from .case_list import CaseList
from .case_view import CaseView
from .category import Category
from .chat import Chat
from .chat_line import ChatLine
from .choose_poll_answer import ChoosePollAnswer
from .clip_view import ClipView
from .concerned_view import ConcernedView
from .conversation_list import ConversationList
from .conversation_view import ConversationView
from .count import Count
from .cover import Cover
from .cover_view import CoverView
from .create_account import CreateAccount
from .create_conversation import CreateConversation
from .cue_seat import CueSeat
from .cue_view import CueView
from .decide_appeal import DecideAppeal
from .decision import Decision
from .delivery_list import DeliveryList
from .delivery_view import DeliveryView
from .delivery_view_message import DeliveryViewMessage
from .departure_view import DepartureView
from .edit_conversation import EditConversation
from .every import Every
from .floor_now import FloorNow
from .floor_rules import FloorRules
from .floor_view import FloorView
from .get_status_response_200 import GetStatusResponse200
from .given_ticket import GivenTicket
from .goodbye import Goodbye
from .guest import Guest
from .hand import Hand
from .hands import Hands
from .held_reason import HeldReason
from .hide_line import HideLine
from .identity_list import IdentityList
from .identity_view import IdentityView
from .interval import Interval
from .invitation_list import InvitationList
from .invitation_view import InvitationView
from .invite import Invite
from .issue_token import IssueToken
from .issued_token import IssuedToken
from .judge_question import JudgeQuestion
from .key_scope import KeyScope
from .levels import Levels
from .line_view import LineView
from .linked_account import LinkedAccount
from .links import Links
from .lottery_view import LotteryView
from .made_api_key import MadeApiKey
from .made_webhook import MadeWebhook
from .make_appeal import MakeAppeal
from .make_report import MakeReport
from .make_ruling import MakeRuling
from .me import Me
from .minute_view import MinuteView
from .new_hook import NewHook
from .new_identity import NewIdentity
from .new_key import NewKey
from .new_passkey import NewPasskey
from .new_passkey_answer import NewPasskeyAnswer
from .new_password import NewPassword
from .new_profile import NewProfile
from .new_role import NewRole
from .new_ticket import NewTicket
from .note import Note
from .nothing import Nothing
from .open_poll import OpenPoll
from .opening import Opening
from .passkey_list import PasskeyList
from .passkey_view import PasskeyView
from .phase_type_0 import PhaseType0
from .phase_type_1 import PhaseType1
from .phase_type_2 import PhaseType2
from .phase_type_3 import PhaseType3
from .phase_type_4 import PhaseType4
from .phase_type_5 import PhaseType5
from .pin_note import PinNote
from .pinned import Pinned
from .pinned_view import PinnedView
from .placed import Placed
from .plan_view import PlanView
from .playing import Playing
from .poll import Poll
from .prepared_view import PreparedView
from .problem import Problem
from .question import Question
from .question_state import QuestionState
from .question_view import QuestionView
from .question_view_options import QuestionViewOptions
from .questions import Questions
from .queue_view import QueueView
from .raise_hand import RaiseHand
from .react import React
from .reacted import Reacted
from .reaction import Reaction
from .reactions import Reactions
from .read_ruling import ReadRuling
from .renamed import Renamed
from .rendition import Rendition
from .repeats import Repeats
from .report import Report
from .report_taken import ReportTaken
from .report_view import ReportView
from .role import Role
from .room_view import RoomView
from .roster import Roster
from .ruling_made import RulingMade
from .ruling_view import RulingView
from .sample import Sample
from .say_line import SayLine
from .scope import Scope
from .seat import Seat
from .seat_order_type_0 import SeatOrderType0
from .seat_order_type_0_order import SeatOrderType0Order
from .seat_order_type_1 import SeatOrderType1
from .seat_order_type_1_order import SeatOrderType1Order
from .seat_order_type_2 import SeatOrderType2
from .seat_order_type_2_order import SeatOrderType2Order
from .seat_order_type_3 import SeatOrderType3
from .seat_order_type_3_order import SeatOrderType3Order
from .seat_order_type_4 import SeatOrderType4
from .seat_order_type_4_order import SeatOrderType4Order
from .seat_order_type_5 import SeatOrderType5
from .seat_order_type_5_order import SeatOrderType5Order
from .seat_order_type_6 import SeatOrderType6
from .seat_order_type_6_order import SeatOrderType6Order
from .seat_order_type_7 import SeatOrderType7
from .seat_order_type_7_order import SeatOrderType7Order
from .seat_order_type_8 import SeatOrderType8
from .seat_order_type_8_order import SeatOrderType8Order
from .seat_order_type_9 import SeatOrderType9
from .seat_order_type_9_order import SeatOrderType9Order
from .seat_order_type_10 import SeatOrderType10
from .seat_order_type_10_order import SeatOrderType10Order
from .session_list import SessionList
from .session_view import SessionView
from .set_floor import SetFloor
from .set_lobby_sound import SetLobbySound
from .site_role import SiteRole
from .snapshot import Snapshot
from .speaker import Speaker
from .stage_me import StageMe
from .stage_rules import StageRules
from .state import State
from .suspension_view import SuspensionView
from .take_seat import TakeSeat
from .taken import Taken
from .titled import Titled
from .track_view import TrackView
from .turn import Turn
from .verified import Verified
from .visibility import Visibility
from .voice_levels import VoiceLevels
from .webhook_event import WebhookEvent
from .webhook_list import WebhookList
from .webhook_view import WebhookView

__all__ = (
    "AboutMe",
    "Accept",
    "AcceptedView",
    "AccountList",
    "AccountView",
    "Act",
    "ActDetails",
    "ActNow",
    "Acts",
    "ActView",
    "Admitted",
    "Answer",
    "ApiKeyList",
    "ApiKeyView",
    "AppealByLink",
    "AppealView",
    "AskBody",
    "Asked",
    "AskQuestion",
    "AtProvider",
    "Audience",
    "Because",
    "BlockedNames",
    "ByLink",
    "ByMail",
    "ByPasskey",
    "ByPasskeyAnswer",
    "ByPassword",
    "ByTier",
    "CallOff",
    "CaseFile",
    "CaseList",
    "CaseView",
    "Category",
    "Chat",
    "ChatLine",
    "ChoosePollAnswer",
    "ClipView",
    "ConcernedView",
    "ConversationList",
    "ConversationView",
    "Count",
    "Cover",
    "CoverView",
    "CreateAccount",
    "CreateConversation",
    "CueSeat",
    "CueView",
    "DecideAppeal",
    "Decision",
    "DeliveryList",
    "DeliveryView",
    "DeliveryViewMessage",
    "DepartureView",
    "EditConversation",
    "Every",
    "FloorNow",
    "FloorRules",
    "FloorView",
    "GetStatusResponse200",
    "GivenTicket",
    "Goodbye",
    "Guest",
    "Hand",
    "Hands",
    "HeldReason",
    "HideLine",
    "IdentityList",
    "IdentityView",
    "Interval",
    "InvitationList",
    "InvitationView",
    "Invite",
    "IssuedToken",
    "IssueToken",
    "JudgeQuestion",
    "KeyScope",
    "Levels",
    "LineView",
    "LinkedAccount",
    "Links",
    "LotteryView",
    "MadeApiKey",
    "MadeWebhook",
    "MakeAppeal",
    "MakeReport",
    "MakeRuling",
    "Me",
    "MinuteView",
    "NewHook",
    "NewIdentity",
    "NewKey",
    "NewPasskey",
    "NewPasskeyAnswer",
    "NewPassword",
    "NewProfile",
    "NewRole",
    "NewTicket",
    "Note",
    "Nothing",
    "Opening",
    "OpenPoll",
    "PasskeyList",
    "PasskeyView",
    "PhaseType0",
    "PhaseType1",
    "PhaseType2",
    "PhaseType3",
    "PhaseType4",
    "PhaseType5",
    "Pinned",
    "PinnedView",
    "PinNote",
    "Placed",
    "PlanView",
    "Playing",
    "Poll",
    "PreparedView",
    "Problem",
    "Question",
    "Questions",
    "QuestionState",
    "QuestionView",
    "QuestionViewOptions",
    "QueueView",
    "RaiseHand",
    "React",
    "Reacted",
    "Reaction",
    "Reactions",
    "ReadRuling",
    "Renamed",
    "Rendition",
    "Repeats",
    "Report",
    "ReportTaken",
    "ReportView",
    "Role",
    "RoomView",
    "Roster",
    "RulingMade",
    "RulingView",
    "Sample",
    "SayLine",
    "Scope",
    "Seat",
    "SeatOrderType0",
    "SeatOrderType0Order",
    "SeatOrderType1",
    "SeatOrderType10",
    "SeatOrderType10Order",
    "SeatOrderType1Order",
    "SeatOrderType2",
    "SeatOrderType2Order",
    "SeatOrderType3",
    "SeatOrderType3Order",
    "SeatOrderType4",
    "SeatOrderType4Order",
    "SeatOrderType5",
    "SeatOrderType5Order",
    "SeatOrderType6",
    "SeatOrderType6Order",
    "SeatOrderType7",
    "SeatOrderType7Order",
    "SeatOrderType8",
    "SeatOrderType8Order",
    "SeatOrderType9",
    "SeatOrderType9Order",
    "SessionList",
    "SessionView",
    "SetFloor",
    "SetLobbySound",
    "SiteRole",
    "Snapshot",
    "Speaker",
    "StageMe",
    "StageRules",
    "State",
    "SuspensionView",
    "Taken",
    "TakeSeat",
    "Titled",
    "TrackView",
    "Turn",
    "Verified",
    "Visibility",
    "VoiceLevels",
    "WebhookEvent",
    "WebhookList",
    "WebhookView",
)
