//! A listener gives a name, reacts, writes and asks; another one sees it and votes; the host accepts, pins and hides.

use std::time::Duration;

use hustings_stories::{Server, Voice, node};

#[tokio::test]
async fn what_is_said_is_seen_until_the_host_hides_it() {
    let mut server = Server::start().await;
    let url = server.live("talk").await;
    let _speaker = server.speaker("talk", "speaker", &Voice::Tenor.file().await).await;
    let host = server.token("talk", "host", "Carla").await;
    let anna = server.token("talk", "listener", "Anna").await;
    let ben = server.token("talk", "listener", "Ben").await;
    let people = node("floor.mjs").args(["--url", &url, "--host", &host, "--anna", &anna, "--ben", &ben]);
    let people = match std::env::var("STORIES_SHOTS") {
        Ok(folder) => people.args(["--shots", &folder]),
        Err(_) => people,
    };
    let outcome = people.run(Duration::from_secs(150)).await.ok();
    let seen: serde_json::Value = serde_json::from_str(outcome.stdout.trim()).expect("the people say what they saw");
    let seen = &seen["seen"];
    assert_eq!(seen["actions"], serde_json::json!(["React", "Take part"]), "beside Listen");
    assert!(seen["line"].as_str().is_some_and(|line| line.contains("Anna") && line.contains("Good evening")), "{seen}");
    assert!(seen["refusal"].as_str().is_some_and(|said| said.contains("links are not taken here")), "{seen}");
    assert_eq!(seen["question"], "Will there be a recording?");
    assert_eq!(seen["link"], "https://slides.example/talk");
    for what in ["reaction", "poll", "hidden"] {
        assert_eq!(seen[what], true, "{what}: {seen}");
    }
    assert_eq!(seen["playing"], "playing");

    // What was taken is there after the process was killed.
    server.stop("KILL", Duration::from_secs(10)).await;
    server.resume().await;
    let floor = server.url("/api/v1/conversations/talk/floor");
    let now = hustings_stories::until("the floor is taken up", Duration::from_secs(10), async || {
        let answer = server.http().get(&floor).send().await.ok()?;
        let now: serde_json::Value = answer.json().await.ok()?;
        now["note"].is_object().then_some(now)
    });
    let now = now.await;
    assert_eq!(now["questions"][0]["votes"], 1, "{now}");
    assert_eq!(now["poll"]["answers"][1]["votes"], 1, "{now}");
    assert_eq!(now["lines"], serde_json::json!([]), "{now}");
}
