//! Sending one message, and what came back.
//!
//! The resolver stands inside the client: the address that was looked at is the one that is connected to, so a name that
//! changes between two questions changes nothing. No redirect is followed, no proxy of the environment is used, no connection
//! is kept, and of the answer only the status is read. Deliberately absent: cookies, and another try.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use hustings_vocab::limits;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, ClientBuilder, redirect};

use crate::address::address;
use crate::network;
use crate::signature::Secret;

/// Characters of why there was no answer.
const WHY_CHARS_MAX: usize = 200;

/// One message.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// Its name, the same in every try.
    pub id: &'a str,
    /// Where it goes.
    pub url: &'a str,
    /// What it is signed with.
    pub secret: &'a Secret,
    /// What it says.
    pub body: &'a str,
    /// The time of this try, in seconds since 1970.
    pub at_s: u64,
}

/// What a try came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It was taken (a status from 200 to 299).
    Taken(u16),
    /// There is no such receiver any more (410): it is not tried again.
    Gone,
    /// Another status.
    Refused(u16),
    /// There was none, and why.
    None(String),
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Taken(status) | Self::Refused(status) => write!(f, "answered {status}"),
            Self::Gone => f.write_str("answered 410"),
            Self::None(why) => f.write_str(why),
        }
    }
}

/// Sends messages.
#[derive(Debug, Clone)]
pub struct Sender {
    client: Client,
    private: bool,
}

impl Sender {
    /// One that reaches the public alone, or with `private` any address, and by plain HTTP, too.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(private: bool) -> Result<Self, reqwest::Error> {
        let limit = Duration::from_secs(limits::WEBHOOK_SECONDS_MAX);
        let client = outward(private, limit).pool_max_idle_per_host(0).build()?;
        Ok(Self { client, private })
    }

    /// Sends a message.
    pub async fn send(&self, message: Message<'_>) -> Answer {
        // What was allowed when it was written down may be allowed no more.
        let url = match address(message.url, self.private) {
            Ok(url) => url,
            Err(bad) => return Answer::None(bad.to_string()),
        };
        let request = self
            .client
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", message.id)
            .header("webhook-timestamp", message.at_s)
            .header("webhook-signature", message.secret.sign(message.id, message.at_s, message.body))
            .body(message.body.to_owned());
        match request.send().await.map(|answer| answer.status().as_u16()) {
            Ok(status @ 200..=299) => Answer::Taken(status),
            Ok(410) => Answer::Gone,
            Ok(status) => Answer::Refused(status),
            Err(error) => Answer::None(why(&error)),
        }
    }
}

/// The innermost cause says most: "connection refused" and not "error sending request".
pub(crate) fn why(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no answer within {} s", limits::WEBHOOK_SECONDS_MAX);
    }
    let mut last: &dyn Error = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string().replace(char::is_control, " ").chars().take(WHY_CHARS_MAX).collect()
}

/// A client that reaches the public alone, or with `private` any address, and by plain HTTP, too.
pub(crate) fn outward(private: bool, limit: Duration) -> ClientBuilder {
    Client::builder()
        .dns_resolver(std::sync::Arc::new(Public { private }))
        .redirect(redirect::Policy::none())
        .no_proxy()
        .https_only(!private)
        .connect_timeout(limit / 2)
        .timeout(limit)
        .http1_only()
        .user_agent(concat!("Hustings/", env!("CARGO_PKG_VERSION")))
}

/// A resolver that knows the public's addresses alone.
#[derive(Debug, Clone, Copy)]
struct Public {
    private: bool,
}

impl Resolve for Public {
    fn resolve(&self, name: Name) -> Resolving {
        let private = self.private;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            // One that is not the public's spoils the answer: no honest name has both.
            let bad = found.iter().find_map(|addr| network::reserved(addr.ip()).map(|what| (addr.ip(), what)));
            if let Some((addr, what)) = bad.filter(|_| !private) {
                return Err(format!("{} leads to {addr}, which is {what}", name.as_str()).into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// A receiver that answers every request with this, and how many came.
    async fn receiver(answer: &'static str) -> (u16, tokio::task::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = tokio::spawn(async move {
            let mut heard = Vec::new();
            while let Ok(Ok((mut socket, _))) = tokio::time::timeout(Duration::from_secs(1), listener.accept()).await {
                let mut bytes = vec![0; 4096];
                let n = socket.read(&mut bytes).await.unwrap();
                heard.push(String::from_utf8_lossy(&bytes[..n]).into_owned());
                socket.write_all(answer.as_bytes()).await.unwrap();
            }
            heard
        });
        (port, heard)
    }

    fn message<'a>(url: &'a str, secret: &'a Secret) -> Message<'a> {
        Message { id: "msg_1", url, secret, body: "{\"type\":\"webhook.test\"}", at_s: 1_800_000_000 }
    }

    #[tokio::test]
    async fn it_is_signed_and_no_redirect_is_followed() {
        let (port, heard) = receiver("HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n").await;
        let (url, secret) = (format!("http://127.0.0.1:{port}/told"), Secret::of([1; 32]));
        let sender = Sender::new(true).unwrap();
        assert_eq!(sender.send(message(&url, &secret)).await, Answer::Refused(302));
        let heard = heard.await.unwrap();
        assert_eq!(heard.len(), 1);
        let wanted = secret.sign("msg_1", 1_800_000_000, "{\"type\":\"webhook.test\"}");
        for line in ["POST /told HTTP/1.1", "webhook-id: msg_1", "webhook-timestamp: 1800000000", &wanted] {
            assert!(heard[0].contains(line), "{line} in {}", heard[0]);
        }
    }

    #[tokio::test]
    async fn nothing_that_is_not_the_publics_is_connected_to() {
        let (port, heard) = receiver("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
        let (sender, secret) = (Sender::new(false).unwrap(), Secret::of([1; 32]));
        for url in [format!("https://127.0.0.1:{port}/"), format!("https://localhost:{port}/")] {
            let answer = sender.send(message(&url, &secret)).await;
            assert!(matches!(&answer, Answer::None(why) if why.contains("public can reach")), "{answer:?}");
        }
        // A name that the address rule knows nothing of: the resolver stands in the way.
        let name: Name = "localhost".parse().unwrap();
        let refused = Public { private: false }.resolve(name).await.err().unwrap();
        assert!(refused.to_string().contains("loopback"), "{refused}");
        assert!(heard.await.unwrap().is_empty(), "nobody came");
    }

    #[tokio::test]
    async fn a_name_that_leads_to_loopback_is_not_connected_to_by_the_client() {
        let (port, heard) = receiver("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
        let sender = Sender::new(false).unwrap();
        let error = sender.client.post(format!("https://localhost:{port}/")).send().await.unwrap_err();
        assert!(why(&error).contains("localhost leads to"), "{}", why(&error));
        assert!(heard.await.unwrap().is_empty(), "nobody came");
    }
}
