"""Contains all the data models used in inputs/outputs"""

from .accept import Accept
from .accepted_view import AcceptedView
from .account_list import AccountList
from .account_view import AccountView
from .act import Act
from .act_details import ActDetails
from .acts import Acts
from .answer import Answer
from .api_key_list import ApiKeyList
from .api_key_view import ApiKeyView
from .ask_question import AskQuestion
from .asked import Asked
from .audience import Audience
from .because import Because
from .by_link import ByLink
from .by_passkey import ByPasskey
from .by_passkey_answer import ByPasskeyAnswer
from .by_password import ByPassword
from .by_tier import ByTier
from .call_off import CallOff
from .chat import Chat
from .chat_line import ChatLine
from .choose_poll_answer import ChoosePollAnswer
from .conversation_list import ConversationList
from .conversation_view import ConversationView
from .count import Count
from .create_account import CreateAccount
from .create_conversation import CreateConversation
from .delivery_list import DeliveryList
from .delivery_view import DeliveryView
from .delivery_view_message import DeliveryViewMessage
from .edit_conversation import EditConversation
from .every import Every
from .floor_now import FloorNow
from .floor_rules import FloorRules
from .floor_view import FloorView
from .guest import Guest
from .hand import Hand
from .hands import Hands
from .held_reason import HeldReason
from .hide_line import HideLine
from .interval import Interval
from .invitation_list import InvitationList
from .invitation_view import InvitationView
from .invite import Invite
from .issue_token import IssueToken
from .issued_token import IssuedToken
from .judge_question import JudgeQuestion
from .key_scope import KeyScope
from .levels import Levels
from .linked_account import LinkedAccount
from .links import Links
from .made_api_key import MadeApiKey
from .made_webhook import MadeWebhook
from .me import Me
from .new_hook import NewHook
from .new_key import NewKey
from .new_passkey import NewPasskey
from .new_passkey_answer import NewPasskeyAnswer
from .new_password import NewPassword
from .new_profile import NewProfile
from .new_role import NewRole
from .note import Note
from .nothing import Nothing
from .open_poll import OpenPoll
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
from .plan_view import PlanView
from .poll import Poll
from .problem import Problem
from .question import Question
from .question_state import QuestionState
from .question_view import QuestionView
from .question_view_options import QuestionViewOptions
from .questions import Questions
from .raise_hand import RaiseHand
from .react import React
from .reacted import Reacted
from .reaction import Reaction
from .reactions import Reactions
from .renamed import Renamed
from .rendition import Rendition
from .repeats import Repeats
from .report import Report
from .role import Role
from .roster import Roster
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
from .site_role import SiteRole
from .snapshot import Snapshot
from .speaker import Speaker
from .stage_me import StageMe
from .stage_rules import StageRules
from .state import State
from .suspension_view import SuspensionView
from .take_seat import TakeSeat
from .taken import Taken
from .turn import Turn
from .verified import Verified
from .visibility import Visibility
from .voice_levels import VoiceLevels
from .webhook_event import WebhookEvent
from .webhook_list import WebhookList
from .webhook_view import WebhookView

__all__ = (
    "Accept",
    "AcceptedView",
    "AccountList",
    "AccountView",
    "Act",
    "ActDetails",
    "Acts",
    "Answer",
    "ApiKeyList",
    "ApiKeyView",
    "Asked",
    "AskQuestion",
    "Audience",
    "Because",
    "ByLink",
    "ByPasskey",
    "ByPasskeyAnswer",
    "ByPassword",
    "ByTier",
    "CallOff",
    "Chat",
    "ChatLine",
    "ChoosePollAnswer",
    "ConversationList",
    "ConversationView",
    "Count",
    "CreateAccount",
    "CreateConversation",
    "DeliveryList",
    "DeliveryView",
    "DeliveryViewMessage",
    "EditConversation",
    "Every",
    "FloorNow",
    "FloorRules",
    "FloorView",
    "Guest",
    "Hand",
    "Hands",
    "HeldReason",
    "HideLine",
    "Interval",
    "InvitationList",
    "InvitationView",
    "Invite",
    "IssuedToken",
    "IssueToken",
    "JudgeQuestion",
    "KeyScope",
    "Levels",
    "LinkedAccount",
    "Links",
    "MadeApiKey",
    "MadeWebhook",
    "Me",
    "NewHook",
    "NewKey",
    "NewPasskey",
    "NewPasskeyAnswer",
    "NewPassword",
    "NewProfile",
    "NewRole",
    "Note",
    "Nothing",
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
    "PinNote",
    "PlanView",
    "Poll",
    "Problem",
    "Question",
    "Questions",
    "QuestionState",
    "QuestionView",
    "QuestionViewOptions",
    "RaiseHand",
    "React",
    "Reacted",
    "Reaction",
    "Reactions",
    "Renamed",
    "Rendition",
    "Repeats",
    "Report",
    "Role",
    "Roster",
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
    "SiteRole",
    "Snapshot",
    "Speaker",
    "StageMe",
    "StageRules",
    "State",
    "SuspensionView",
    "Taken",
    "TakeSeat",
    "Turn",
    "Verified",
    "Visibility",
    "VoiceLevels",
    "WebhookEvent",
    "WebhookList",
    "WebhookView",
)
