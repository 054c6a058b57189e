//! Letters by SMTP: one at a time, over TLS where the server has it.
//!
//! A letter is plain text with a subject, and both are what a program of ours wrote around words of others; they are encoded
//! by the library, which knows no line break in a header, and control characters are taken out before. A failure says
//! whether it may go better later. Deliberately absent: a queue, which is the store's; HTML; attachments; any word of a letter.

use std::time::Duration;

use hustings_vocab::limits;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::Error as SmtpError;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

mod letter;

pub use letter::Letter;

/// How long a mail server may take for one letter.
const PATIENCE: Duration = Duration::from_secs(20);

/// The configuration names no mail server or no sender.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadMail {
    /// The address of the server is none. It is not repeated, because it may hold a password.
    #[error("mail.url is smtp://USER:PASSWORD@HOST:PORT?tls=required, or smtps://USER:PASSWORD@HOST")]
    Url,
    /// The sender is none.
    #[error("mail.from is an address, such as talk@example.org or Talk <talk@example.org>")]
    From,
}

/// Why a letter was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsent {
    /// The server does not answer, or said that it may take it later.
    #[error("{0}")]
    Later(String),
    /// The server will never take it.
    #[error("{0}")]
    Never(String),
}

/// A mail server that takes letters from us.
#[derive(Debug, Clone)]
pub struct Post {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Post {
    /// The server at `url`, for letters of `from`. Nothing is asked of it yet.
    ///
    /// # Errors
    /// [`BadMail`].
    pub fn new(url: &str, from: &str) -> Result<Self, BadMail> {
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| BadMail::Url)?;
        let from = from.parse().map_err(|_| BadMail::From)?;
        Ok(Self { server: server.timeout(Some(PATIENCE)).build(), from })
    }

    /// Sends a letter.
    ///
    /// # Errors
    /// [`Unsent`].
    pub async fn send(&self, letter: &Letter) -> Result<(), Unsent> {
        let message = self.message(letter)?;
        // The library bounds each step; this bounds all of them.
        match tokio::time::timeout(2 * PATIENCE, self.server.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(unsent(&error)),
            Err(_) => Err(Unsent::Later("the mail server took too long".to_owned())),
        }
    }

    fn message(&self, letter: &Letter) -> Result<Message, Unsent> {
        let never = |what: &str| Unsent::Never(what.to_owned());
        if letter.text.len() > limits::MAIL_BYTES_MAX {
            return Err(never("the letter is too long"));
        }
        let to: Address = letter.to.parse().map_err(|_| never("the address is none"))?;
        let host = self.from.email.domain();
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(plain(&letter.subject))
            // The same name at each try: who gets it twice can tell.
            .message_id(Some(format!("<{}@{host}>", plain(&letter.id))))
            .raw_header(automatic())
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.clone())
            .map_err(|error| Unsent::Never(error.to_string()))
    }
}

/// Nobody's holiday should answer (RFC 3834).
fn automatic() -> lettre::message::header::HeaderValue {
    let name = lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted");
    lettre::message::header::HeaderValue::new(name, "auto-generated".to_owned())
}

/// One line without control characters.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(limits::MAIL_SUBJECT_CHARS_MAX).collect()
}

fn unsent(error: &SmtpError) -> Unsent {
    let mut told = error.to_string();
    if let Some(cause) = std::error::Error::source(error) {
        told = format!("{told}: {cause}");
    }
    let told = plain(&told);
    if error.is_permanent() { Unsent::Never(told) } else { Unsent::Later(told) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post() -> Post {
        Post::new("smtp://127.0.0.1:1", "Talk <talk@example.org>").unwrap()
    }

    fn letter(to: &str, subject: &str, text: &str) -> Letter {
        Letter { id: "abc".into(), to: to.into(), subject: subject.into(), text: text.into() }
    }

    #[test]
    fn no_word_of_others_becomes_a_header() {
        for subject in
            ["Hi\r\nBcc: eve@example.org", "Hi\nBcc: eve@example.org", "\r\n\r\nHi", "\u{2028}Bcc: x", "a\0b"]
        {
            let text = "One\r\n.\r\nMAIL FROM:<eve@example.org>\r\n";
            let message = post().message(&letter("ann@example.org", subject, text)).unwrap();
            assert_eq!(message.envelope().to().len(), 1);
            let wire = String::from_utf8(message.formatted()).unwrap();
            let (head, _) = wire.split_once("\r\n\r\n").unwrap();
            let names: Vec<_> =
                head.lines().filter(|l| !l.starts_with(' ')).filter_map(|l| l.split_once(':')).collect();
            assert!(names.iter().all(|(name, _)| !name.eq_ignore_ascii_case("bcc")), "{head}");
            assert!(names.iter().any(|(name, _)| *name == "Subject"), "{head}");
        }
    }

    #[test]
    fn an_address_that_is_none_is_never_sent_to() {
        for to in [
            "",
            "ann",
            "ann@example.org\r\nBcc: eve@example.org",
            "ann@example.org, eve@example.org",
            "<ann@example.org>",
        ] {
            assert!(matches!(post().message(&letter(to, "Hi", "x")), Err(Unsent::Never(_))), "{to:?}");
        }
    }

    #[tokio::test]
    async fn a_server_that_is_away_is_tried_again() {
        let unsent = post().send(&letter("ann@example.org", "Hi", "x")).await.unwrap_err();
        assert!(matches!(unsent, Unsent::Later(_)), "{unsent}");
    }

    #[test]
    fn a_wrong_address_of_a_server_is_refused_without_being_repeated() {
        for url in ["", "example.org", "http://user:secret@example.org", "smtp://"] {
            let error = Post::new(url, "talk@example.org").unwrap_err();
            assert!(!error.to_string().contains("secret"));
        }
        assert_eq!(Post::new("smtp://localhost", "nobody").unwrap_err(), BadMail::From);
    }
}
