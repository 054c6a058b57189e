//! The private listener.

use std::sync::Mutex;

use super::*;

/// Health that can be changed.
#[derive(Default)]
struct Told(Mutex<Option<String>>);

impl Health for Told {
    fn alive(&self) -> Result<(), String> {
        Ok(())
    }

    fn ready(&self) -> Result<(), String> {
        self.0.lock().unwrap().clone().map_or(Ok(()), Err)
    }
}

#[tokio::test]
async fn health_and_metrics_are_asked_for_each_time() {
    let health = Arc::new(Told::default());
    let metrics = Arc::new(|| Gauges { speakers: 4, ..Gauges::default() }.render());
    let asker = Asker {
        router: private_router(health.clone(), metrics),
        operator: false,
        accounts: Arc::default(),
        desk: Arc::default(),
    };
    for path in ["/healthz", "/readyz"] {
        let answer = asker.get(path).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "ok\n"));
    }
    *health.0.lock().unwrap() = Some("draining: it stops when the last conversation ends".into());
    assert!(asker.get("/readyz").await.problem(503).contains("draining"));
    assert_eq!(asker.get("/healthz").await.status, StatusCode::OK);
    let document = asker.get("/metrics").await;
    assert_eq!(document.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assert!(document.text.contains("\nhustings_speakers 4\n"), "{}", document.text);
    asker.get("/").await.problem(404);
    asker.ask(Method::POST, "/metrics", &[]).await.problem(405);
}
