//! The built pages and their files, embedded in the binary.
//!
//! Every file has a route of its own, so there is no path to walk out of. Files are compressed once, when the server
//! starts; pages are not, because they are small and made for each request. Deliberately absent: byte ranges (no file is
//! long), and reading from the disk.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use http::HeaderMap;
use rust_embed::{Embed, EmbeddedFile};

mod file;

use file::StaticFile;
pub(crate) use file::{has, tag};

use crate::escape::html;
use crate::languages::{self, Language};
use crate::missing;
use crate::security;
use crate::template::Template;

#[derive(Embed)]
#[folder = "../../ui/dist"]
struct Dist;

/// What stands in for a page that was not built.
const BARE: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
     <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title><!--title--></title><!--meta--><!--boot-->\
     </head><body><h1><!--title--></h1><!--noscript--><p>The pages were not built into this server: run \"make ui\" and \
     build it again.</p></body></html>";

/// The pages, and the files that they load.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) index: Template,
    pub(crate) conversation: Template,
    pub(crate) account: Template,
    pub(crate) people: Template,
    pub(crate) offline: Template,
    pub(crate) cases: Template,
    pub(crate) plan: Template,
    /// The style sheets of the first page, for pages that are not built.
    styles: String,
    files: Vec<(String, Arc<StaticFile>)>,
}

impl Default for Site {
    /// A site without pages.
    fn default() -> Self {
        Self::of(Vec::new())
    }
}

impl Site {
    /// What was built when the server was, in these languages beside the built-in ones.
    pub(crate) fn embedded(languages: &[Language]) -> Self {
        let read = |name: Cow<'static, str>| Some((name.to_string(), Dist::get(&name)?));
        Self::speaking(Dist::iter().filter_map(read).map(|(name, EmbeddedFile { data, .. })| (name, data)), languages)
    }

    /// A site of these files, named by their paths from its root.
    pub(crate) fn of(files: impl IntoIterator<Item = (String, Cow<'static, [u8]>)>) -> Self {
        Self::speaking(files, &[])
    }

    fn speaking(files: impl IntoIterator<Item = (String, Cow<'static, [u8]>)>, languages: &[Language]) -> Self {
        let given = languages.iter().map(|l| (format!("languages/{}.json", l.name()), Cow::Owned(l.file())));
        let files = files.into_iter().chain(given);
        let meta = format!("<!--meta-->{}", languages::meta(languages));
        let (pages, files): (Vec<_>, Vec<_>) = files.partition(|(name, _)| name.ends_with(".html"));
        let page = |wanted: &str| {
            let found = pages.iter().find(|(name, _)| name == wanted);
            found.map_or(BARE.into(), |(_, bytes)| String::from_utf8_lossy(bytes)).replacen("<!--meta-->", &meta, 1)
        };
        let index = page("index.html");
        // What could be read as a pattern by the router is not a name that the build makes.
        let plain = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b));
        Self {
            styles: styles(&index),
            index: Template::new(&index),
            conversation: Template::new(&page("conversation.html")),
            account: Template::new(&page("account.html")),
            people: Template::new(&page("people.html")),
            offline: Template::new(&page("offline.html")),
            cases: Template::new(&page("cases.html")),
            plan: Template::new(&page("plan.html")),
            files: files
                .into_iter()
                .filter(|(name, _)| plain(name))
                .map(|(name, bytes)| (format!("/{name}"), Arc::new(StaticFile::new(&name, bytes))))
                .collect(),
        }
    }

    /// A route for each file. Any site may load them: the player is made to be embedded.
    pub(crate) fn routes(&self) -> Router {
        let route = |router: Router, (path, file): &(String, Arc<StaticFile>)| {
            let file = file.clone();
            router.route(path, get(move |headers: HeaderMap| async move { file.answer(&headers) }))
        };
        let routes = self.files.iter().fold(Router::new(), route);
        routes.method_not_allowed_fallback(missing::method).layer(security::cors())
    }

    /// A page of one sentence and a way home.
    pub(crate) fn plain(&self, sentence: &str) -> String {
        let mut letters = sentence.chars();
        let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
        let sentence = first + letters.as_str();
        let (styles, sentence) = (&self.styles, html(&sentence));
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
             content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">\
             <title>Hustings</title>{styles}</head><body><div id=\"page\"><header class=\"masthead\">\
             <a class=\"wordmark\" href=\"/\">Hustings</a></header><main><div class=\"bill\"><h1>{sentence}</h1>\
             <p class=\"help\"><a href=\"/\">What is on</a></p></div></main></div></body></html>"
        )
    }
}

/// Everything that the pages say, in English, as the build has written it down.
pub(crate) fn english() -> Option<Cow<'static, [u8]>> {
    Dist::get("languages/en.json").map(|file| file.data)
}

/// The `<link rel="stylesheet" …>` elements of a page.
fn styles(page: &str) -> String {
    let starts = page.match_indices("<link rel=\"stylesheet\"").map(|(at, _)| &page[at..]);
    starts.filter_map(|rest| Some(&rest[..=rest.find('>')?])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_embedded_is_whole() {
        let site = Site::embedded(&[]);
        let holes = crate::template::Holes { title: "T1tle", boot: "B00t", meta: "", noscript: "N0" };
        for page in [&site.index, &site.conversation, &site.account, &site.people, &site.offline, &site.cases] {
            let text = page.fill(&holes);
            assert!(["T1tle", "B00t", "N0"].iter().all(|filled| text.contains(filled)), "{text}");
        }
    }

    #[test]
    fn a_plain_page_looks_like_the_others() {
        let index = b"<head><link rel=\"stylesheet\" crossorigin href=\"/assets/a.css\"><link rel=\"icon\" href=\"x\">";
        let site = Site::of([("index.html".to_owned(), Cow::Borrowed(&index[..]))]);
        let page = site.plain("a < b");
        assert!(page.contains("<link rel=\"stylesheet\" crossorigin href=\"/assets/a.css\"></head>"), "{page}");
        assert!(page.contains("A &lt; b"), "{page}");
    }
}
