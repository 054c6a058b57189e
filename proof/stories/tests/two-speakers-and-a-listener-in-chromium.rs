//! Two people with browsers speak, a third listens: the listener hears both, each speaker the other and not itself.

use std::time::Duration;

use hustings_stories::{Server, Sound, Voice, node};

#[tokio::test]
async fn the_listener_hears_both_and_each_speaker_the_other() {
    let server = Server::start().await;
    let url = server.live("talk").await;
    let mut speakers = Vec::new();
    for (seat, voice) in [("tenor", Voice::Tenor), ("alto", Voice::Alto)] {
        let token = server.token("talk", "speaker", seat).await;
        let output = server.file(&format!("{seat}.wav"));
        let speaker = node("speaker.mjs").args(["--url", &url, "--token", &token, "--microphone", &voice.file().await]);
        speakers.push(speaker.args(["--seconds", "25", "--events", "1", "--output", &output]).spawn());
    }
    for speaker in &mut speakers {
        speaker.line("\"on\"", Duration::from_secs(20)).await;
    }
    let output = server.file("listener.wav");
    let listener = node("listener.mjs").args(["--url", &url, "--seconds", "12", "--output", &output]);
    listener.run(Duration::from_secs(60)).await.done();
    for speaker in speakers {
        speaker.end(Duration::from_secs(60)).await.done();
    }

    let heard = |name: &str| Sound::wav(&server.file(name));
    for (who, voice, hears) in [
        ("listener.wav", Voice::Tenor, true),
        ("listener.wav", Voice::Alto, true),
        ("tenor.wav", Voice::Alto, true),
        ("tenor.wav", Voice::Tenor, false),
        ("alto.wav", Voice::Tenor, true),
        ("alto.wav", Voice::Alto, false),
    ] {
        let (found, score) = heard(who).last(10.0).holds(voice).await;
        assert_eq!(found, hears, "{voice:?} in {who}: {score}");
    }
}
