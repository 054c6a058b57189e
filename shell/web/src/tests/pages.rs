//! Pages and their files.

use hustings_link::floor::NoFloor;

use super::*;

const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

/// The facts that a page carries.
fn boot(page: &str) -> Value {
    let start = "<script type=\"application/json\" id=\"boot\">";
    let json = &page[page.find(start).unwrap() + start.len()..];
    serde_json::from_str(&json[..json.find("</script>").unwrap()]).unwrap()
}

#[tokio::test]
async fn the_page_carries_the_facts_and_the_addresses_and_no_markup_of_a_stranger() {
    let page = Asker::new().get("/c/evening").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("cache-control"), "no-cache");
    let facts = boot(&page.text);
    assert_eq!(facts["slug"], "evening");
    assert_eq!(facts["phase"], "lobby");
    assert_eq!(facts["title"], "</script><b>\"An\" evening & more");
    assert_eq!(facts["listening"], 7);
    assert_eq!(facts["links"]["page"], "http://hall.example:8080/c/evening");
    assert_eq!(facts["links"]["whip"], "http://hall.example:8081/c/evening/whip");
    assert_eq!(facts["links"]["hls"], "http://hall.example:8083/c/evening/hls/index.m3u8");
    assert!(page.text.contains("<title>&lt;/script&gt;&lt;b&gt;&quot;An&quot; evening &amp; more</title>"));
    assert!(!page.text.contains("<b>"));
    for sound in ["live.ogg\" type=\"audio/ogg; codecs=opus", "live.aac\" type=\"audio/aac"] {
        assert!(
            page.text.contains(&format!("<source src=\"http://hall.example:8083/c/evening/{sound}")),
            "{}",
            page.text
        );
    }
    assert!(page.text.contains("og:url"));
}

#[tokio::test]
async fn the_first_page_lists_what_is_on_with_and_without_scripts() {
    let page = Asker::new().get("/").await;
    let facts = boot(&page.text);
    let slugs: Vec<_> = facts["conversations"].as_array().unwrap().iter().map(|c| c["slug"].clone()).collect();
    assert_eq!(slugs, ["evening", "later", "past"]);
    assert!(page.text.contains("<li><a href=\"/c/later\">Later</a> (scheduled)</li>"), "{}", page.text);
}

#[tokio::test]
async fn a_conversation_that_is_not_on_has_no_player_but_a_sentence() {
    let asker = Asker::new();
    for (path, sentence) in [("/c/later", "not begun"), ("/c/past", "is over")] {
        let page = asker.get(path).await;
        assert!(page.text.contains(sentence) && !page.text.contains("<audio"), "{}", page.text);
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_page_for_people_and_a_document_for_programs() {
    let asker = Asker::new();
    for path in ["/c/nowhere", "/c/BAD", "/c/%2e%2e", "/nothing", "/assets/gone-AbCdEf12.js", "/assets/../Cargo.toml"] {
        let page = asker.ask(Method::GET, path, &[HTML]).await;
        assert_eq!(
            (page.status, page.header("content-type")),
            (StatusCode::NOT_FOUND, "text/html; charset=utf-8"),
            "{path}"
        );
        assert!(page.text.contains("<a href=\"/\">"));
        asker.get(path).await.problem(404);
    }
}

#[tokio::test]
async fn records_that_fail_are_named_to_the_log_alone() {
    let desk = Arc::new(MemoryDesk::broken());
    let links = LinkConfig {
        scheme: Scheme::Http,
        public: Address::Port(1),
        stage: Address::Port(1),
        audience: Address::Port(1),
        aac: false,
        tickets: false,
    };
    let router = with_site(
        WebState {
            desk: desk.clone(),
            plans: desk,
            tokens: Arc::new(SpokenTokens),
            people: nobody(),
            accounts: nobody(),
            keys: programs(),
            webhooks: programs(),
            floor: Arc::new(NoFloor),
            production: Arc::new(production::MemoryProduction::default()),
            cases: Arc::new(super::cases::MemoryCases::default()),
            gate: None,
            links,
        },
        Site::default(),
    );
    let asker = Asker { router, operator: false, accounts: Arc::default(), desk: Arc::default() };
    for path in ["/", "/c/evening", "/api/v1/conversations"] {
        let detail = asker.get(path).await.problem(500);
        assert!(!detail.contains("fire"), "{detail}");
    }
}

#[tokio::test]
async fn who_has_the_page_is_not_sent_it_again() {
    let asker = Asker::new();
    for path in ["/", "/c/evening", "/assets/player.js", "/api/openapi.json"] {
        let first = asker.get(path).await;
        let again = asker.ask(Method::GET, path, &[("if-none-match", first.header("etag"))]).await;
        assert_eq!((again.status, again.text.len()), (StatusCode::NOT_MODIFIED, 0), "{path}");
        assert_eq!(again.header("etag"), first.header("etag"));
        let head = asker.ask(Method::HEAD, path, &[]).await;
        assert_eq!((head.status, head.text.len()), (StatusCode::OK, 0), "{path}");
        assert_eq!(head.header("content-length"), first.text.len().to_string(), "{path}");
    }
}

#[tokio::test]
async fn files_are_kept_for_as_long_as_their_names_allow() {
    let asker = Asker::new();
    let hashed = asker.ask(Method::GET, "/assets/home-B7x_fQ2k.js", &[("accept-encoding", "gzip, br")]).await;
    assert_eq!(hashed.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(hashed.header("content-encoding"), "gzip");
    assert_eq!(hashed.header("content-type"), "text/javascript; charset=utf-8");
    let player = asker.ask(Method::GET, "/assets/player.js", &[("origin", "https://other.example")]).await;
    assert_eq!(player.header("cache-control"), "public, max-age=300");
    assert_eq!(player.header("access-control-allow-origin"), "*", "other sites embed the player");
}

#[tokio::test]
async fn every_answer_says_what_the_page_may_do() {
    let asker = Asker::new();
    for path in [
        "/",
        "/c/evening",
        "/c/nowhere",
        "/nothing",
        "/assets/player.js",
        "/api/v1/conversations",
        "/c/evening/live.ogg",
    ] {
        let answer = asker.get(path).await;
        assert!(answer.header("content-security-policy").contains("default-src 'self'"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert!(answer.header("permissions-policy").contains("microphone=(self)"), "{path}");
    }
}

#[tokio::test]
async fn a_host_that_is_none_gets_into_no_page() {
    let asker = Asker::new();
    for path in ["/", "/c/evening", "/api/v1/conversations", "/c/evening/live.ogg"] {
        let request = Request::builder().uri(path).header("host", "a\"><script>").body(Body::empty()).unwrap();
        asker.send(request).await.problem(400);
    }
    let known = Asker::with(LinkConfig {
        scheme: Scheme::Https,
        public: Address::Known("https://talk.example".parse().unwrap()),
        stage: Address::Port(8081),
        audience: Address::Known("https://ears.example".parse().unwrap()),
        aac: false,
        tickets: false,
    });
    let request = Request::builder().uri("/c/evening").header("host", "evil.example").body(Body::empty()).unwrap();
    let facts = boot(&known.send(request).await.text);
    assert_eq!(facts["links"]["whip"], "https://talk.example:8081/c/evening/whip");
    assert_eq!(facts["links"]["ogg"], "https://ears.example/c/evening/live.ogg");
    assert_eq!(facts["links"].get("aac"), None, "a build without AAC names none");
}

#[tokio::test]
async fn sound_at_the_public_address_is_a_redirect_to_the_audiences() {
    let asker = Asker::new();
    for path in ["/c/evening/live.ogg?burst=6", "/c/evening/hls/opus-96/index.m3u8?_HLS_msn=3", "/c/evening/events"] {
        let answer = asker.get(path).await;
        assert_eq!(answer.status, StatusCode::TEMPORARY_REDIRECT);
        assert_eq!(answer.header("location"), format!("http://hall.example:8083{path}"));
    }
    let same = LinkConfig {
        scheme: Scheme::Http,
        public: Address::Port(8080),
        stage: Address::Port(8080),
        audience: Address::Port(8080),
        aac: true,
        tickets: false,
    };
    Asker::with(same).get("/c/evening/live.ogg").await.problem(404);
}

#[tokio::test]
async fn a_server_without_built_pages_says_so() {
    let links = LinkConfig {
        scheme: Scheme::Http,
        public: Address::Port(1),
        stage: Address::Port(1),
        audience: Address::Port(1),
        aac: true,
        tickets: false,
    };
    let desk = Arc::new(MemoryDesk::with_an_evening());
    let router = with_site(
        WebState {
            desk: desk.clone(),
            plans: desk,
            tokens: Arc::new(SpokenTokens),
            people: nobody(),
            accounts: nobody(),
            keys: programs(),
            webhooks: programs(),
            floor: Arc::new(NoFloor),
            production: Arc::new(production::MemoryProduction::default()),
            cases: Arc::new(super::cases::MemoryCases::default()),
            gate: None,
            links,
        },
        Site::default(),
    );
    let page =
        Asker { router, operator: false, accounts: Arc::default(), desk: Arc::default() }.get("/c/evening").await;
    assert!(page.text.contains("make ui") && page.text.contains("<audio"), "{}", page.text);
}

fn programs() -> Arc<super::programs::MemoryPrograms> {
    Arc::default()
}

fn nobody() -> Arc<MemoryAccounts> {
    Arc::default()
}
