//! Asking an address that a foreign document names, and reading what it says: within bounds, and of the public alone.
//!
//! As for webhooks: no redirect, no proxy, and the resolver stands inside the client.

use std::time::Duration;

use reqwest::{Client, Method};
use url::Url;

use crate::address::not_public;
use crate::send::{outward, why};

/// Asks the public alone, or with `private` anybody, also by plain HTTP.
#[derive(Debug, Clone)]
pub struct Asker {
    client: Client,
    private: bool,
    bytes_max: usize,
}

/// A question: method, address, header fields and body.
pub type Asked<'a> = (&'a str, &'a str, Vec<(String, Vec<u8>)>, Vec<u8>);
/// An answer: status, its content type where it has one, and its body.
pub type Answered = (u16, Option<Vec<u8>>, Vec<u8>);

impl Asker {
    /// One that waits so long for an answer of so many bytes.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(private: bool, limit: Duration, bytes_max: usize) -> Result<Self, reqwest::Error> {
        Ok(Self { client: outward(private, limit).build()?, private, bytes_max })
    }

    /// Asks. Any status is an answer.
    ///
    /// # Errors
    /// Why there is none, in words for a log: an address that may not be asked, no connection, no time, too many bytes.
    pub async fn ask(&self, (method, url, fields, body): Asked<'_>) -> Result<Answered, String> {
        let url = Url::parse(url).map_err(|error| error.to_string())?;
        if let Some((whom, what)) = not_public(&url).filter(|_| !self.private) {
            return Err(format!("{whom} is {what}"));
        }
        let method = Method::from_bytes(method.as_bytes()).map_err(|error| error.to_string())?;
        let mut request = self.client.request(method, url).body(body);
        for (name, value) in fields {
            request = request.header(name, value);
        }
        let mut answer = request.send().await.map_err(|error| why(&error))?;
        let kind = answer.headers().get("content-type").map(|kind| kind.as_bytes().to_vec());
        let mut read = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(|error| why(&error))? {
            if read.len() + piece.len() > self.bytes_max {
                return Err(format!("the answer has more than {} bytes", self.bytes_max));
            }
            read.extend_from_slice(&piece);
        }
        Ok((answer.status().as_u16(), kind, read))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(5);

    #[tokio::test]
    async fn an_answer_has_a_length_and_no_redirect_is_followed() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/x", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move {
            for answer in [
                "HTTP/1.1 302 Found\r\nlocation: /y\r\ncontent-length: 2\r\n\r\nhi",
                "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n123456789",
            ] {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut bytes = [0; 1024];
                let _ = socket.read(&mut bytes).await.unwrap();
                socket.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        let ask = async |asker: &Asker| asker.ask(("GET", &url, Vec::new(), Vec::new())).await;
        let asker = Asker::new(true, LIMIT, 8).unwrap();
        assert_eq!(ask(&asker).await.unwrap(), (302, None, b"hi".to_vec()));
        let asker = Asker::new(true, LIMIT, 8).unwrap();
        assert!(ask(&asker).await.unwrap_err().contains("more than 8 bytes"));
        serving.await.unwrap();
    }

    #[tokio::test]
    async fn the_public_alone_is_asked() {
        let asker = Asker::new(false, LIMIT, 8).unwrap();
        for url in ["https://127.0.0.1:9/", "https://169.254.169.254/", "https://localhost/", "https://[::1]/"] {
            assert!(asker.ask(("GET", url, Vec::new(), Vec::new())).await.unwrap_err().contains(" is "), "{url}");
        }
    }
}
