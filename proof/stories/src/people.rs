//! People of a story: accounts that are signed in, and their API keys.

use serde_json::{Value, json};

use crate::Server;

/// Somebody with an account.
#[derive(Debug, Clone)]
pub struct Somebody {
    /// Their account's id.
    pub id: String,
    /// The cookie of their session, as a header says it.
    pub cookie: String,
}

impl Server {
    /// Makes an account of that site role and signs its owner in.
    ///
    /// # Panics
    /// When the command or the sign-in fails.
    pub async fn somebody(&self, handle: &str, role: &str) -> Somebody {
        let made = self.command(&["account", "create", handle, "--role", role, "--json"]).await.ok();
        let made: Value = serde_json::from_str(&made.stdout).expect("it prints JSON");
        let link = made["link"].as_str().expect("a link");
        let secret = link.rsplit_once('=').expect("a link has a secret").1;
        let signed_in = self.http().post(self.url("/api/v1/sign-in/link")).json(&json!({ "secret": secret }));
        let signed_in = signed_in.send().await.expect("an answer");
        let cookie = signed_in.headers()["set-cookie"].to_str().expect("a cookie").split(';').next().expect("it");
        Somebody { id: made["account"]["id"].as_str().expect("an id").to_owned(), cookie: cookie.to_owned() }
    }

    /// An API key of theirs for these scopes.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn api_key(&self, of: &Somebody, scopes: &[&str]) -> String {
        let wanted = json!({ "name": "a story", "scopes": scopes });
        let request = self.http().post(self.url("/api/v1/me/keys")).header("cookie", &of.cookie).json(&wanted);
        let made: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        made["secret"].as_str().unwrap_or_else(|| panic!("no key: {made}")).to_owned()
    }
}
