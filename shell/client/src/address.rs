//! The address of a conversation, from whatever link to it a person has at hand.

use core::fmt;
use core::str::FromStr;

use hustings_vocab::Slug;
use reqwest::Url;

use crate::ClientError;

/// `http(s)://HOST/c/SLUG`, from which every other address follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    page: Url,
    token: Option<String>,
}

impl Address {
    /// The token that was part of the link (`#t=…`, as pages have it, or `token=…`).
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// An address below the page, such as `whip` or `hls/index.m3u8`, perhaps with a query.
    #[must_use]
    pub fn below(&self, path: &str) -> Url {
        let mut url = self.page.clone();
        let (path, query) = path.split_once('?').map_or((path, None), |(p, q)| (p, Some(q)));
        url.set_path(&format!("{}/{path}", self.page.path()));
        url.set_query(query);
        url
    }
}

impl FromStr for Address {
    type Err = ClientError;

    /// Takes the page's address, any address below it, and links with a token.
    fn from_str(text: &str) -> Result<Self, ClientError> {
        let bad = || ClientError::Address(text.to_owned());
        let mut page = Url::parse(text.trim()).map_err(|_| bad())?;
        if !matches!(page.scheme(), "http" | "https") {
            return Err(bad());
        }
        let mut segments = page.path_segments().ok_or_else(bad)?;
        let (c, slug) = (segments.next(), segments.next().unwrap_or_default());
        let slug: Slug = if c == Some("c") { slug.parse().map_err(|_| bad())? } else { return Err(bad()) };
        let token = |pair: &str| pair.strip_prefix("t=").or_else(|| pair.strip_prefix("token=")).map(str::to_owned);
        let of = |pairs: &str| pairs.split('&').find_map(token);
        let token = page.fragment().and_then(of).or_else(|| page.query().and_then(of));
        page.set_path(&format!("/c/{}", slug.as_str()));
        page.set_query(None);
        page.set_fragment(None);
        Ok(Self { page, token })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.page.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_and_everything_below_it_name_the_same_conversation() {
        for text in [
            "http://127.0.0.1:8080/c/demo",
            "http://127.0.0.1:8080/c/demo/",
            "http://127.0.0.1:8080/c/demo/whip",
            " http://127.0.0.1:8080/c/demo/hls/index.m3u8?x=1 ",
        ] {
            let a: Address = text.parse().unwrap();
            assert_eq!(a.to_string(), "http://127.0.0.1:8080/c/demo");
            assert_eq!(a.below("live.mp4?burst=0").as_str(), "http://127.0.0.1:8080/c/demo/live.mp4?burst=0");
        }
    }

    #[test]
    fn a_link_brings_its_token() {
        for text in ["https://talk.example/c/demo#t=abc", "https://talk.example/c/demo?x=1&token=abc"] {
            let a: Address = text.parse().unwrap();
            assert_eq!(a.token(), Some("abc"));
            assert_eq!(a.to_string(), "https://talk.example/c/demo");
        }
    }

    #[test]
    fn what_is_no_conversation_is_refused() {
        for text in ["", "demo", "http://", "http://h/", "http://h/c/", "http://h/c/A B", "ftp://h/c/demo", "data:,x"] {
            assert!(matches!(text.parse::<Address>(), Err(ClientError::Address(_))), "{text:?}");
        }
    }
}
