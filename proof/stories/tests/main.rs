//! The stories, one a file, each a module here: one program of them all is linked once.

#[path = "a-browser-over-tls-reaches-the-engine.rs"]
mod a_browser_over_tls_reaches_the_engine;
#[path = "a-change-of-network.rs"]
mod a_change_of_network;
#[path = "a-clock-that-steps.rs"]
mod a_clock_that_steps;
#[path = "a-conversation-is-moved-and-called-off.rs"]
mod a_conversation_is_moved_and_called_off;
#[path = "a-firewall-that-drops-udp.rs"]
mod a_firewall_that_drops_udp;
#[path = "a-first-event-on-a-public-machine.rs"]
mod a_first_event_on_a_public_machine;
#[path = "a-flood-of-chat.rs"]
mod a_flood_of_chat;
#[path = "a-fresh-demo-is-heard-in-every-player.rs"]
mod a_fresh_demo_is_heard_in_every_player;
#[path = "a-guest-joins-from-an-invitation.rs"]
mod a_guest_joins_from_an_invitation;
#[path = "a-host-plans-an-event-and-starts-on-time.rs"]
mod a_host_plans_an_event_and_starts_on_time;
#[path = "a-host-signs-in-at-their-organisation.rs"]
mod a_host_signs_in_at_their_organisation;
#[path = "a-host-signs-in-with-a-passkey.rs"]
mod a_host_signs_in_with_a_passkey;
#[path = "a-host-who-is-late.rs"]
mod a_host_who_is_late;
#[path = "a-host-with-a-keyboard-only.rs"]
mod a_host_with_a_keyboard_only;
#[path = "a-key-that-is-made-and-taken-back.rs"]
mod a_key_that_is_made_and_taken_back;
#[path = "a-line-that-loses-packets.rs"]
mod a_line_that_loses_packets;
#[path = "a-listener-is-brought-up-and-goes-back.rs"]
mod a_listener_is_brought_up_and_goes_back;
#[path = "a-listener-takes-part.rs"]
mod a_listener_takes_part;
#[path = "a-moderator-removes-an-abuser.rs"]
mod a_moderator_removes_an_abuser;
#[path = "a-muted-seat-stays-muted.rs"]
mod a_muted_seat_stays_muted;
#[path = "a-page-that-everyone-can-use.rs"]
mod a_page_that_everyone_can_use;
#[path = "a-page-that-is-closed.rs"]
mod a_page_that_is_closed;
#[path = "a-page-that-waits.rs"]
mod a_page_that_waits;
#[path = "a-producer-cues-a-clip.rs"]
mod a_producer_cues_a_clip;
#[path = "a-program-by-a-generated-client.rs"]
mod a_program_by_a_generated_client;
#[path = "a-rehearsal-tells-the-truth.rs"]
mod a_rehearsal_tells_the_truth;
#[path = "a-start-that-cannot-be.rs"]
mod a_start_that_cannot_be;
#[path = "a-ticket-is-one-seat.rs"]
mod a_ticket_is_one_seat;
#[path = "a-webhook-is-told-whatever-happens.rs"]
mod a_webhook_is_told_whatever_happens;
#[path = "a-webrtc-listener-who-loses-packets.rs"]
mod a_webrtc_listener_who_loses_packets;
#[path = "an-account-is-suspended-and-reinstated.rs"]
mod an_account_is_suspended_and_reinstated;
#[path = "an-app-that-keeps-its-place.rs"]
mod an_app_that_keeps_its_place;
#[path = "an-audience-behind-a-cache.rs"]
mod an_audience_behind_a_cache;
#[path = "an-audience-on-several-processes.rs"]
mod an_audience_on_several_processes;
#[path = "an-edge-that-dies.rs"]
mod an_edge_that_dies;
#[path = "an-evening-that-anyone-can-recompute.rs"]
mod an_evening_that_anyone_can_recompute;
#[path = "bad-connections-of-the-audience.rs"]
mod bad_connections_of_the_audience;
#[path = "bad-datagrams-at-the-stage.rs"]
mod bad_datagrams_at_the_stage;
#[path = "bad-input-at-the-stage-door.rs"]
mod bad_input_at_the_stage_door;
#[path = "bad-packets-of-a-speaker.rs"]
mod bad_packets_of_a_speaker;
#[path = "bad-requests-of-the-audience.rs"]
mod bad_requests_of_the_audience;
#[path = "behind-a-balancer.rs"]
mod behind_a_balancer;
#[path = "bitrates-follow-the-line.rs"]
mod bitrates_follow_the_line;
#[path = "descriptors-used-up.rs"]
mod descriptors_used_up;
#[path = "hls-js-plays-for-a-minute.rs"]
mod hls_js_plays_for_a_minute;
#[path = "io-uring-is-forbidden.rs"]
mod io_uring_is_forbidden;
#[path = "killed-while-writing.rs"]
mod killed_while_writing;
#[path = "letters-are-sent.rs"]
mod letters_are_sent;
#[path = "more-arrive-than-fit.rs"]
mod more_arrive_than_fit;
#[path = "nobody-lisps.rs"]
mod nobody_lisps;
#[path = "nothing-that-names-a-listener-is-written.rs"]
mod nothing_that_names_a_listener_is_written;
#[path = "sigkill-while-live.rs"]
mod sigkill_while_live;
#[path = "sigterm-at-the-end-of-an-event.rs"]
mod sigterm_at_the_end_of_an_event;
#[path = "the-count-follows-the-audience.rs"]
mod the_count_follows_the_audience;
#[path = "the-description-is-true.rs"]
mod the_description_is_true;
#[path = "the-doctor-says-go-or-no-go.rs"]
mod the_doctor_says_go_or_no_go;
#[path = "the-hosts-machine-dies-and-the-co-host-goes-on.rs"]
mod the_hosts_machine_dies_and_the_co_host_goes_on;
#[path = "the-only-speakers-network-dies.rs"]
mod the_only_speakers_network_dies;
#[path = "tickets-that-nobody-uses.rs"]
mod tickets_that_nobody_uses;
#[path = "two-hosts-edit-at-once.rs"]
mod two_hosts_edit_at_once;
#[path = "two-speakers-and-a-listener-in-chromium.rs"]
mod two_speakers_and_a_listener_in_chromium;
#[path = "what-is-for-the-invited-is-heard-by-them-alone.rs"]
mod what_is_for_the_invited_is_heard_by_them_alone;
#[path = "what-was-said-is-not-lost.rs"]
mod what_was_said_is_not_lost;
#[path = "whep-to-programs-of-others.rs"]
mod whep_to_programs_of_others;
#[path = "whip-from-programs-of-others.rs"]
mod whip_from_programs_of_others;

/// A file that nobody names here would never be told.
#[test]
fn every_file_is_told() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for file in std::fs::read_dir(folder).expect("the stories are there") {
        let name = file.expect("a file").file_name().into_string().expect("a name in letters");
        assert!(
            name == "main.rs" || include_str!("main.rs").contains(&format!("\"{name}\"")),
            "{name} is not in main.rs"
        );
    }
}
