//! Whose server it is. On this machine's loopback anybody may rehearse who can run a program here. Any other address is
//! loaded only by whoever says that it is theirs, and shows that server a sign-in of an operator's account.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hustings_client::Address;
use reqwest::{Certificate, Client, Method, StatusCode, Url, header, redirect};
use serde_json::{Value, json};

use super::cost::Server;
use crate::args::Rehearse;
use crate::failure::Failure;

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(10);
/// Names of the cookie of a session, over TLS and without.
const COOKIES: [&str; 2] = ["__Host-hustings", "hustings"];

/// Where the sound is, and on which machine.
pub(super) struct Place {
    /// The address of the stream, as the conversation's page names it.
    pub(super) stream: String,
    /// Where tickets are asked for, if that server gives any.
    pub(super) tickets: Option<String>,
    /// By which that server knows the rehearsal, if it is another machine's.
    pub(super) pass: Option<String>,
    addr: SocketAddr,
}

impl Place {
    /// The server's processes, if they run here.
    pub(super) fn server(&self) -> Option<Server> {
        is_here(self.addr.ip()).then(|| Server::listening_at(self.addr))
    }
}

/// Finds where the sound is, and refuses what is not ours to load.
pub(super) async fn find(address: &Address, args: &Rehearse) -> Result<Place, Failure> {
    let client = client(args)?;
    let wanted = args.rendition.map_or_else(String::new, |r| format!("&rendition={r}"));
    let mut url = address.below(&format!("live.mp4?burst=1{wanted}"));
    let mut known = owned(&url, args, None)?;
    let token = args.token.as_deref().unwrap_or_default();
    // Of a server that has not said that it is ours nothing else is asked.
    let mut pass = None;
    if !is_here(known.ip()) {
        pass = prove(&client, address, token).await?;
    }
    for _ in 0..4 {
        let answer = client.get(url.clone()).send().await.map_err(|e| unreachable(&url, &e))?;
        if !answer.status().is_redirection() {
            let status = answer.status();
            if status == StatusCode::NOT_FOUND {
                return Err(Failure::failed(format!("{url} answered {status}: is the conversation open?")));
            }
            break;
        }
        let to = answer.headers().get(header::LOCATION).and_then(|l| l.to_str().ok());
        url = to.and_then(|to| url.join(to).ok()).ok_or_else(|| Failure::failed("a redirect leads nowhere"))?;
        let led_away = is_here(known.ip());
        known = owned(&url, args, Some(known))?;
        if led_away && !is_here(known.ip()) {
            pass = prove(&client, address, token).await?;
        }
    }
    // Where there is a gate, there is something to look at for those who wait.
    let queue = client.get(address.below("queue.json")).send().await.is_ok_and(|a| a.status().is_success());
    let tickets = queue.then(|| address.below("tickets").to_string());
    Ok(Place { stream: url.to_string(), tickets, pass, addr: known })
}

/// The address of a URL, if we may load it. `led` is where the redirect came from: nobody is led from this machine to another.
fn owned(url: &Url, args: &Rehearse, led: Option<SocketAddr>) -> Result<SocketAddr, Failure> {
    let addr = first(url).map_err(|e| unreachable_words(url, &e))?;
    if is_here(addr.ip()) {
        return Ok(addr);
    }
    let host = url.host_str().unwrap_or_default();
    if !args.yes_this_is_mine {
        let led = if led.is_some() { " (a redirect leads there)" } else { "" };
        return Err(Failure::usage(format!(
            "{host} is not this machine{led}, and a rehearsal is a flood to whoever does not expect it: nothing was sent to be \
             heard. If it is yours, say --yes-this-is-mine and give --token"
        )));
    }
    if args.token.is_none() {
        return Err(Failure::usage(format!(
            "{host} is not this machine: --token must show that server a sign-in of its operator, such as the link that \
             `hustings account create NAME --role operator` prints there"
        )));
    }
    Ok(addr)
}

/// Asks the server whether this is its operator, and for a pass, which a server without a gate does not need to give.
async fn prove(client: &Client, address: &Address, token: &str) -> Result<Option<String>, Failure> {
    let mut api = address.below("");
    api.set_path("/api/v1/me");
    let secret = match token.split_once("#link=") {
        None => token.to_owned(),
        Some((_, secret)) => {
            let mut link = api.clone();
            link.set_path("/api/v1/sign-in/link");
            let answer = client.post(link.clone()).json(&json!({ "secret": secret })).send().await;
            let answer = answer.map_err(|e| unreachable(&link, &e))?;
            let cookies = answer.headers().get_all(header::SET_COOKIE).iter().filter_map(|c| c.to_str().ok());
            let of = |cookie: &str| {
                let (name, value) = cookie.split(';').next()?.split_once('=')?;
                COOKIES.contains(&name.trim()).then(|| value.to_owned())
            };
            cookies.into_iter().find_map(of).ok_or_else(|| {
                Failure::failed(format!("the sign-in link was not taken ({}): each holds once", answer.status()))
            })?
        }
    };
    let cookie = COOKIES.map(|name| format!("{name}={secret}")).join("; ");
    let request = client.request(Method::GET, api.clone()).header(header::COOKIE, &cookie);
    let answer = request.send().await.map_err(|e| unreachable(&api, &e))?;
    let me: Value = answer.json().await.map_err(|e| unreachable(&api, &e))?;
    match me["account"]["role"].as_str() {
        Some("operator") => {
            api.set_path("/api/v1/rehearsals");
            let answer = client.post(api.clone()).header(header::COOKIE, cookie).send().await;
            let answer = answer.map_err(|e| unreachable(&api, &e))?;
            let given: Option<Value> = if answer.status().is_success() { answer.json().await.ok() } else { None };
            Ok(given.and_then(|given| given["rehearsal"].as_str().map(str::to_owned)))
        }
        Some(role) => Err(Failure::failed(format!(
            "the token is of an account whose role is {role}: only an operator may rehearse against {}",
            api.host_str().unwrap_or_default()
        ))),
        None => Err(Failure::failed("the token is of no session that this server knows: sign in as its operator")),
    }
}

fn client(args: &Rehearse) -> Result<Client, Failure> {
    let mut builder = Client::builder().redirect(redirect::Policy::none()).timeout(ANSWER).no_proxy();
    if let Some(path) = &args.trust {
        let pem = std::fs::read(path).map_err(|e| Failure::usage(format!("{}: {e}", path.display())))?;
        for certificate in Certificate::from_pem_bundle(&pem)? {
            builder = builder.add_root_certificate(certificate);
        }
    }
    Ok(builder.build()?)
}

fn first(url: &Url) -> Result<SocketAddr, String> {
    let found = url.socket_addrs(|| None).map_err(|e| e.to_string())?;
    // If one of its addresses is another machine's, it is another machine.
    let elsewhere = found.iter().find(|a| !is_here(a.ip()));
    elsewhere.or(found.first()).copied().ok_or_else(|| "its name has no address".to_owned())
}

fn is_here(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

fn unreachable(url: &Url, error: &reqwest::Error) -> Failure {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    unreachable_words(url, &cause.to_string())
}

fn unreachable_words(url: &Url, reason: &str) -> Failure {
    let host = url.host_str().unwrap_or_default();
    Failure::failed(format!("{host} does not answer: {reason}; is the server running, and is the address right?"))
}
