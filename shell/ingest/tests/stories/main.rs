//! Stories of WebRTC in and out, with a real client on real sockets. One file is one story; they share a binary, because
//! linking WebRTC takes longer than running it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says no by panicking")]

mod a_client_changes_networks;
mod a_speaker_comes_and_goes;
mod a_stranger_attacks;
mod listeners_hear_the_program;
mod packets_get_lost;
mod support;
mod what_is_no_offer;
mod who_may_begin;
