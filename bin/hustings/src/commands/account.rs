//! `hustings account`: asks a running server over its control socket, or writes into the records of one that does not run.
//!
//! Whoever can open the data folder runs the server, so nothing is asked but a reason.

use hustings_signin::{id, secret};
use hustings_store::{Account, By, NewAccount, Purpose, Store};
use hustings_vocab::{Handle, SiteRole, limits, text};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::args::{AccountAction, Records};
use crate::failure::Failure;
use crate::people::link_expires_ms;
use crate::serve::CONTROL_SOCKET;
use crate::times::now_ms;

const ACTOR: &str = "console";

/// Runs the command.
pub(crate) async fn run(action: AccountAction) -> Result<(), Failure> {
    match action {
        AccountAction::Create { handle, name, email, role, records } => {
            let name = name.map(|n| text::line("a name", &n, limits::NAME_CHARS_MAX)).transpose();
            let name = name.map_err(Failure::usage)?;
            let email = email.map(|e| text::email(&e)).transpose().map_err(Failure::usage)?;
            let answer = match Server::of(&records).await? {
                Some(server) => {
                    let body = json!({ "handle": handle, "name": name, "email": email, "role": role });
                    server.ask(Method::POST, "", Some(body)).await?
                }
                None => create(handle, name, email, role, &records).await?,
            };
            linked(&answer, &records)
        }
        AccountAction::List { prefix, records } => list(prefix.as_ref().map_or("", Handle::as_str), &records).await,
        AccountAction::Suspend { handle, reason, records } => changed("suspend", handle, reason, &records).await,
        AccountAction::Reinstate { handle, reason, records } => changed("reinstate", handle, reason, &records).await,
        AccountAction::Reset { handle, records } => {
            let answer = match Server::of(&records).await? {
                Some(server) => server.ask(Method::POST, &format!("/{handle}/reset"), Some(json!({}))).await?,
                None => {
                    let store = open(&records).await?;
                    let account = store.account_called(&handle).await?;
                    with_link(&store, account, Purpose::Reset, &records).await?
                }
            };
            linked(&answer, &records)
        }
    }
}

async fn create(
    handle: Handle,
    name: Option<String>,
    email: Option<String>,
    role: SiteRole,
    records: &Records,
) -> Result<Value, Failure> {
    let store = open(records).await?;
    let name = name.unwrap_or_else(|| handle.to_string());
    let new = NewAccount { id: id().parse()?, handle, name, email, role };
    let account = store.create_account(&new, By { actor: ACTOR, reason: "", now_ms: now_ms() }).await?;
    with_link(&store, account, Purpose::Welcome, records).await
}

async fn with_link(store: &Store, account: Account, purpose: Purpose, records: &Records) -> Result<Value, Failure> {
    let (secret, now_ms) = (secret(), now_ms());
    let by = By { actor: ACTOR, reason: "", now_ms };
    store.make_link(&account.id, purpose, &secret, link_expires_ms(now_ms), by).await?;
    let account = store.account(&account.id).await?;
    store.close().await;
    let origin = records.origin.as_deref().unwrap_or("http://localhost:8080").trim_end_matches('/');
    Ok(json!({ "account": view(&account), "link": format!("{origin}/account#link={secret}") }))
}

async fn list(prefix: &str, records: &Records) -> Result<(), Failure> {
    let server = Server::of(records).await?;
    let store = if server.is_none() { Some(open(records).await?) } else { None };
    let (mut after, mut all) = (String::new(), Vec::new());
    loop {
        let page = match (&server, &store) {
            (Some(server), _) => {
                let mut answer = server.ask(Method::GET, &format!("?prefix={prefix}&after={after}"), None).await?;
                answer["accounts"].as_array_mut().map(std::mem::take).unwrap_or_default()
            }
            (None, Some(store)) => {
                store.accounts(prefix, &after, limits::PAGE_ROWS_MAX).await?.iter().map(view).collect()
            }
            (None, None) => Vec::new(),
        };
        let Some(last) = page.last().and_then(|a| a["handle"].as_str()) else { break };
        last.clone_into(&mut after);
        if records.json {
            all.extend(page);
        } else {
            page.iter().for_each(|account| crate::say(&line(account)));
        }
    }
    if records.json {
        crate::say(&serde_json::to_string_pretty(&all)?);
    }
    Ok(())
}

async fn changed(verb: &'static str, handle: Handle, reason: String, records: &Records) -> Result<(), Failure> {
    let reason = text::line("a reason", &reason, limits::REASON_CHARS_MAX).map_err(Failure::usage)?;
    let answer = match Server::of(records).await? {
        Some(server) => {
            server.ask(Method::POST, &format!("/{handle}/{verb}"), Some(json!({ "reason": reason }))).await?
        }
        None => {
            let store = open(records).await?;
            let account = store.account_called(&handle).await?;
            let by = By { actor: ACTOR, reason: &reason, now_ms: now_ms() };
            let now = match verb {
                "suspend" => store.suspend(&account.id, by).await?,
                _ => store.reinstate(&account.id, by).await?,
            };
            store.close().await;
            view(&now)
        }
    };
    crate::say(&if records.json { serde_json::to_string_pretty(&answer)? } else { line(&answer) });
    Ok(())
}

async fn open(records: &Records) -> Result<Store, Failure> {
    super::records(&records.data, records.store.as_deref()).await
}

/// A running server, asked over its control socket.
struct Server(Client);

impl Server {
    async fn of(records: &Records) -> Result<Option<Self>, Failure> {
        let socket = records.data.join(CONTROL_SOCKET);
        if tokio::net::UnixStream::connect(&socket).await.is_err() {
            return Ok(None);
        }
        Ok(Some(Self(Client::builder().unix_socket(socket).build()?)))
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, Failure> {
        let mut request = self.0.request(method, format!("http://localhost/api/v1/accounts{path}"));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        let status = response.status();
        let answer: Value = response.json().await?;
        if status.is_success() {
            return Ok(answer);
        }
        let detail = answer["detail"].as_str();
        Err(Failure::failed(detail.map_or_else(|| format!("the server answered {status}"), str::to_owned)))
    }
}

/// An account as the API shows it.
fn view(account: &Account) -> Value {
    json!({
        "id": account.id, "handle": account.handle, "name": account.name, "email": account.email,
        "role": account.role, "created_ms": account.created_ms,
        "suspended": account.suspended.as_ref().map(|s| json!({ "since_ms": s.since_ms, "reason": s.reason })),
    })
}

fn linked(answer: &Value, records: &Records) -> Result<(), Failure> {
    if records.json {
        crate::say(&serde_json::to_string_pretty(answer)?);
        return Ok(());
    }
    crate::say(&line(&answer["account"]));
    crate::say(&format!("signs in once, within {} hours:", limits::SIGN_IN_LINK_HOURS));
    crate::say(answer["link"].as_str().unwrap_or_default());
    Ok(())
}

fn line(account: &Value) -> String {
    let text = |key: &str| account[key].as_str().unwrap_or_default();
    let state = account["suspended"]["reason"].as_str().map_or("active".to_owned(), |why| format!("suspended: {why}"));
    format!("{}\t{}\t{}\t{state}", text("handle"), text("role"), text("name"))
}
