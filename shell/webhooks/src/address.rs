//! The address of a webhook, as somebody writes it down: a URL that could be the public's.
//!
//! What is a number is judged at once, in whatever form it is written (the URL standard reads `0x7f.1` as 127.0.0.1, and so does
//! this); what is a name is judged when it is resolved, at each try.

use std::net::IpAddr;

use hustings_vocab::limits;
use url::{Host, Url};

use crate::network;

/// Why an address is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// It is none.
    #[error("a webhook's address is a URL, such as https://talk.example/told; this is none ({0})")]
    NoUrl(String),
    /// It is too long.
    #[error("a webhook's address has at most {} bytes", limits::WEBHOOK_URL_BYTES_MAX)]
    Long,
    /// It is not protected on its way.
    #[error("a webhook's address begins with https://")]
    NotHttps,
    /// It holds what belongs elsewhere.
    #[error("a webhook's address has no {0} in it")]
    Holds(&'static str),
    /// It is not the public's.
    #[error("a webhook's address is one that the public can reach; {0} is {1}")]
    Reserved(String, &'static str),
}

/// Reads an address. With `private`, plain HTTP and addresses that are not the public's are allowed, too.
///
/// # Errors
/// [`BadAddress`].
pub fn address(text: &str, private: bool) -> Result<Url, BadAddress> {
    if text.len() > limits::WEBHOOK_URL_BYTES_MAX {
        return Err(BadAddress::Long);
    }
    let url = Url::parse(text).map_err(|e| BadAddress::NoUrl(e.to_string()))?;
    if url.scheme() != "https" && !(private && url.scheme() == "http") {
        return Err(BadAddress::NotHttps);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(BadAddress::Holds("name or password"));
    }
    if url.fragment().is_some() {
        return Err(BadAddress::Holds("fragment"));
    }
    if url.as_str().len() > limits::WEBHOOK_URL_BYTES_MAX {
        return Err(BadAddress::Long);
    }
    if let Some((whom, what)) = not_public(&url).filter(|_| !private) {
        return Err(BadAddress::Reserved(whom, what));
    }
    if url.host().is_none() {
        return Err(BadAddress::NoUrl("it names no host".into()));
    }
    Ok(url)
}

/// The host of a URL and what it is, if that can be seen to be not the public's.
pub(crate) fn not_public(url: &Url) -> Option<(String, &'static str)> {
    let addr: IpAddr = match url.host()? {
        Host::Ipv4(four) => four.into(),
        Host::Ipv6(six) => six.into(),
        Host::Domain(name) if is_local(name) => {
            return Some((name.to_owned(), "a name of this machine or this network"));
        }
        Host::Domain(_) => return None,
    };
    network::reserved(addr).map(|what| (addr.to_string(), what))
}

/// Names that lead nowhere but here (RFC 6761, RFC 6762, RFC 8375).
fn is_local(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let last = name.rsplit('.').next().unwrap_or_default();
    matches!(last, "localhost" | "local" | "internal" | "invalid" | "test") || name.ends_with(".home.arpa")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_no_publics_is_refused_in_every_form() {
        for text in [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[fd00::1]/",
            "https://169.254.169.254/latest",
            "https://localhost/",
            "https://LOCALHOST./",
            "https://printer.local/",
            "https://metadata.google.internal/",
            "http://talk.example/",
            "ftp://talk.example/",
            "gopher://talk.example",
            "https://",
            "talk.example",
            "",
            "https://ann:secret@talk.example/",
            "https://talk.example/#there",
            "https://１２７.0.0.1/",
            "javascript:alert(1)",
        ] {
            assert!(address(text, false).is_err(), "{text}");
        }
        assert!(address(&format!("https://talk.example/{}", "a".repeat(2000)), false).is_err());
        for text in ["https://talk.example/told?by=hustings", "https://1.1.1.1:8443/", "https://[2606:4700::1111]/"] {
            assert!(address(text, false).is_ok(), "{text}");
        }
        assert!(address("http://127.0.0.1:9/x", true).is_ok(), "where the configuration allows it");
        assert!(address("ftp://127.0.0.1:9/x", true).is_err());
    }
}
