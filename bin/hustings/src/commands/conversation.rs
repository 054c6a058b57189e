//! `hustings conversation`: asks a running server over its control socket or its address, or writes into the data folder
//! of one that does not run.

use std::path::Path;

use hustings_link::desk::{Conversation, NewConversation};
use hustings_vocab::{HeldReason, Phase, Slug};
use reqwest::{Client, Method};

use crate::args::{Action, One, Target};
use crate::failure::Failure;
use crate::serve::CONTROL_SOCKET;
use crate::times::{moment, now_ms};

/// Runs the command.
pub(crate) async fn run(action: Action) -> Result<(), Failure> {
    match action {
        Action::Create { slug, title, starts, target } => {
            let starts_ms = starts.map(|t| moment(&t, now_ms())).transpose().map_err(Failure::usage)?;
            create(NewConversation { slug, title, starts_ms }, &target).await
        }
        Action::List { target } => list(&target).await,
        Action::Start(one) => command(one, "start").await,
        Action::Hold(one) => command(one, "hold").await,
        Action::Resume(one) => command(one, "resume").await,
        Action::End(one) => command(one, "end").await,
        Action::Cancel(one) => command(one, "cancel").await,
    }
}

async fn create(new: NewConversation, target: &Target) -> Result<(), Failure> {
    if let Some(server) = Server::of(target).await? {
        let body = serde_json::to_value(&new)?;
        return print_one(&server.ask(Method::POST, "", Some(body)).await?, target.json);
    }
    let store = super::records(&target.data, target.store.as_deref()).await?;
    let title = new.title.clone().unwrap_or_else(|| new.slug.to_string());
    let record = store.create(&new.slug, &title, new.starts_ms, now_ms()).await?;
    store.close().await;
    print_one(&offline(record), target.json)
}

async fn list(target: &Target) -> Result<(), Failure> {
    let all: Vec<Conversation> = match Server::of(target).await? {
        Some(server) => serde_json::from_value(server.ask_json(Method::GET, "", None).await?)?,
        None => {
            let store = super::records(&target.data, target.store.as_deref()).await?;
            let all = store.list(now_ms()).await?.into_iter().map(offline).collect();
            store.close().await;
            all
        }
    };
    if target.json {
        crate::say(&serde_json::to_string_pretty(&all)?);
    } else {
        for one in &all {
            crate::say(&line(one));
        }
    }
    Ok(())
}

async fn command(one: One, verb: &str) -> Result<(), Failure> {
    let One { slug, target } = one;
    if let Some(server) = Server::of(&target).await? {
        let path = format!("/{slug}/{verb}");
        return print_one(&server.ask(Method::POST, &path, None).await?, target.json);
    }
    if verb != "cancel" {
        let folder = target.data.display();
        return Err(Failure::failed(format!(
            "no server runs with the data folder {folder}, so {slug} cannot {verb}; start it with: hustings serve --data {folder}"
        )));
    }
    let store = super::records(&target.data, target.store.as_deref()).await?;
    let record = store.cancel(&slug, now_ms()).await?;
    store.close().await;
    print_one(&offline(record), target.json)
}

/// Whether there is such a conversation, told by the running server, or by the records where none runs.
///
/// # Errors
/// That there is none, or what keeps from knowing.
pub(super) async fn known(slug: &Slug, data: &Path, store: Option<&str>) -> Result<(), Failure> {
    let target = Target { data: data.to_owned(), url: None, token: None, json: false, store: store.map(str::to_owned) };
    if let Some(server) = Server::of(&target).await? {
        return server.ask_json(Method::GET, &format!("/{slug}"), None).await.map(drop);
    }
    let store = super::records(data, store).await?;
    store.find(slug).await?;
    store.close().await;
    Ok(())
}

/// A running server and how to reach its API.
struct Server {
    client: Client,
    base: String,
    token: Option<String>,
}

impl Server {
    /// The server that the target names; `None` if it names a data folder whose server does not run.
    async fn of(target: &Target) -> Result<Option<Self>, Failure> {
        let token = target.token.clone();
        if let Some(url) = &target.url {
            let base = format!("{}/api/v1/conversations", url.trim_end_matches('/'));
            return Ok(Some(Self { client: Client::builder().build()?, base, token }));
        }
        let socket = target.data.join(CONTROL_SOCKET);
        if !answers(&socket).await {
            return Ok(None);
        }
        let client = Client::builder().unix_socket(socket).build()?;
        Ok(Some(Self { client, base: "http://localhost/api/v1/conversations".into(), token }))
    }

    async fn ask(&self, method: Method, path: &str, body: Option<serde_json::Value>) -> Result<Conversation, Failure> {
        Ok(serde_json::from_value(self.ask_json(method, path, body).await?)?)
    }

    async fn ask_json(
        &self,
        method: Method,
        path: &str,
        body: Option<serde_json::Value>,
    ) -> Result<serde_json::Value, Failure> {
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        let status = response.status();
        let answer: serde_json::Value = response.json().await?;
        if status.is_success() {
            return Ok(answer);
        }
        let detail = answer.get("detail").or_else(|| answer.get("title")).and_then(|d| d.as_str());
        Err(Failure::failed(detail.map_or_else(|| format!("the server answered {status}"), str::to_owned)))
    }
}

async fn answers(socket: &Path) -> bool {
    tokio::net::UnixStream::connect(socket).await.is_ok()
}

fn offline(record: hustings_store::Record) -> Conversation {
    Conversation {
        slug: record.slug,
        title: record.title,
        phase: record.phase,
        starts_ms: record.starts_ms,
        epoch_ms: record.epoch_ms,
        live_since: record.live_since,
        opening: None,
        listening: 0,
        plan: record.plan,
        stranded: false,
    }
}

fn print_one(one: &Conversation, json: bool) -> Result<(), Failure> {
    crate::say(&if json { serde_json::to_string_pretty(one)? } else { line(one) });
    Ok(())
}

fn line(one: &Conversation) -> String {
    let phase = match one.phase {
        Phase::Held(HeldReason::Break) => "held (break)",
        Phase::Held(HeldReason::LineLost) => "held (line lost)",
        other => other.name(),
    };
    let slug: &Slug = &one.slug;
    format!("{slug}\t{phase}\t{} listening\t{}", one.listening, one.title)
}
