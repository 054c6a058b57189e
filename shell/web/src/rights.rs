//! Who may do what: one table, which enforces and documents.
//!
//! Each operation of the API is a row. The router asks the table before a handler runs (`who::enforce`), so a
//! handler cannot forget it, and an operation without a row is answered to nobody. What depends on more than a standing (a
//! conversation that is for the invited alone, one's own message) is the handler's to decide.

use hustings_vocab::{Role, SiteRole};

use crate::scopes::{Needs, needs};
use Standing::{Anybody, CoHost, Host, Listener, Member, Moderator, Operator, Planner, Producer, Speaker};

/// What somebody is to the site or to the conversation that they ask about. A person has several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Whoever asks, known or not.
    Anybody,
    /// Has a listener's token of this conversation.
    Listener,
    /// Is heard in this conversation.
    Speaker,
    /// Is on its stage without being heard.
    Producer,
    /// Runs it with the host.
    CoHost,
    /// Runs it.
    Host,
    /// Is signed in.
    Member,
    /// Is signed in and may plan conversations.
    Planner,
    /// Is signed in and decides on reports.
    Moderator,
    /// Is signed in and runs the site, or came over the control socket.
    Operator,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 10] =
        [Anybody, Listener, Speaker, Producer, CoHost, Host, Member, Planner, Moderator, Operator];

    /// Its name in the printed table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Anybody => "anybody",
            Listener => "listener",
            Speaker => "speaker",
            Producer => "producer",
            CoHost => "co-host",
            Host => "host",
            Member => "member",
            Planner => "planner",
            Moderator => "moderator",
            Operator => "operator",
        }
    }

    /// What a role in this conversation is.
    #[must_use]
    pub const fn of_role(role: Role) -> Self {
        match role {
            Role::Host => Host,
            Role::CoHost => CoHost,
            Role::Speaker => Speaker,
            Role::Producer => Producer,
            Role::Listener => Listener,
        }
    }

    /// What a role on the site is; it is what lesser ones are, too.
    #[must_use]
    pub const fn of_site_role(role: SiteRole) -> &'static [Self] {
        match role {
            SiteRole::Member => &[Member],
            SiteRole::Host => &[Member, Planner],
            SiteRole::Moderator => &[Member, Planner, Moderator],
            SiteRole::Operator => &[Member, Planner, Moderator, Operator],
        }
    }
}

/// One operation, and who may do it.
#[derive(Debug)]
pub struct Right {
    /// Its method.
    pub method: &'static str,
    /// Its path, as in the description.
    pub path: &'static str,
    /// Whoever has one of these.
    pub may: &'static [Standing],
    /// What others can do instead; empty where there is nothing.
    pub instead: &'static str,
}

const fn right(method: &'static str, path: &'static str, may: &'static [Standing]) -> Right {
    Right { method, path, may, instead: "" }
}

const fn takes_part(path: &'static str) -> Right {
    Right { instead: "taking part needs a name: ask for a seat first", ..right("POST", path, TAKES_PART) }
}

const ANYBODY: &[Standing] = &[Anybody];
const RUNS: &[Standing] = &[CoHost, Host, Operator];
const ON_STAGE: &[Standing] = &[Speaker, Producer, CoHost, Host];
const TAKES_PART: &[Standing] = &[Listener, Speaker, Producer, CoHost, Host, Member, Operator];
const PRODUCES: &[Standing] = &[Producer, CoHost, Host, Operator];
const LOOKS_AFTER: &[Standing] = &[CoHost, Host, Moderator, Operator];
const PLANS: &[Standing] = &[Planner, Operator];
const MEMBER: &[Standing] = &[Member];
const OPERATOR: &[Standing] = &[Operator];
const JUDGES: &[Standing] = &[Moderator, Operator];

/// The table. Where a path names a conversation, roles are those in it.
pub const RIGHTS: &[Right] = &[
    right("GET", "/api/openapi.json", ANYBODY),
    right("GET", "/api/v1/conversations", ANYBODY),
    Right {
        instead: "planning conversations needs an account that may; ask the operator of this site, \
                  or use \"hustings conversation create SLUG\" on the server",
        ..right("POST", "/api/v1/conversations", PLANS)
    },
    right("GET", "/api/v1/conversations/{slug}", ANYBODY),
    right("GET", "/api/v1/status", ANYBODY),
    // Coming in. What is for the invited is refused to the others by the handler.
    right("POST", "/c/{slug}/tickets", ANYBODY),
    right("POST", "/c/{slug}/tickets/goodbye", ANYBODY),
    right("GET", "/c/{slug}/tickets/claim", ANYBODY),
    right("GET", "/c/{slug}/queue.json", ANYBODY),
    right("GET", "/c/{slug}/lottery.json", ANYBODY),
    right("POST", "/api/v1/conversations/{slug}/start", RUNS),
    right("POST", "/api/v1/conversations/{slug}/hold", RUNS),
    right("POST", "/api/v1/conversations/{slug}/resume", RUNS),
    right("POST", "/api/v1/conversations/{slug}/end", RUNS),
    right("POST", "/api/v1/conversations/{slug}/cancel", &[Host, Operator]),
    right("POST", "/api/v1/conversations/{slug}/tokens", RUNS),
    right("POST", "/api/v1/conversations/{slug}/tickets", RUNS),
    right("POST", "/api/v1/conversations/{slug}/seats", ANYBODY),
    right("POST", "/api/v1/conversations/{slug}/stage", RUNS),
    right("GET", "/api/v1/conversations/{slug}/room", RUNS),
    // Schedule and invitations.
    right("PATCH", "/api/v1/conversations/{slug}", RUNS),
    right("POST", "/api/v1/conversations/{slug}/open", RUNS),
    right("GET", "/api/v1/conversations/{slug}/invitations", RUNS),
    right("POST", "/api/v1/conversations/{slug}/invitations", RUNS),
    right("POST", "/api/v1/conversations/{slug}/invitations/{id}/revoke", RUNS),
    right("POST", "/api/v1/conversations/{slug}/invitations/accept", ANYBODY),
    right("GET", "/api/v1/me/conversations", PLANS),
    right("POST", "/api/v1/conversations/{slug}/stage/me", ON_STAGE),
    right("POST", "/api/v1/conversations/{slug}/stage/hand", &[Listener, Speaker, Producer, CoHost, Host, Member]),
    right("POST", "/api/v1/conversations/{slug}/stage/seats/{seat}", &[CoHost, Host, Moderator, Operator]),
    // Clips, words to those on stage, the cover.
    right("GET", "/api/v1/conversations/{slug}/clips", PRODUCES),
    right("POST", "/api/v1/conversations/{slug}/clips", PRODUCES),
    right("PATCH", "/api/v1/conversations/{slug}/clips/{id}", PRODUCES),
    right("DELETE", "/api/v1/conversations/{slug}/clips/{id}", PRODUCES),
    right("POST", "/api/v1/conversations/{slug}/clips/{id}/play", PRODUCES),
    right("POST", "/api/v1/conversations/{slug}/clips/stop", PRODUCES),
    right("PUT", "/api/v1/conversations/{slug}/lobby-sound", PRODUCES),
    right("POST", "/api/v1/conversations/{slug}/stage/seats/{seat}/cue", PRODUCES),
    right("GET", "/api/v1/conversations/{slug}/stage/cue", ON_STAGE),
    right("PUT", "/api/v1/conversations/{slug}/cover", RUNS),
    right("DELETE", "/api/v1/conversations/{slug}/cover", RUNS),
    right("POST", "/api/v1/sign-in/link", ANYBODY),
    right("POST", "/api/v1/sign-in/mail", ANYBODY),
    right("POST", "/api/v1/sign-in/password", ANYBODY),
    right("POST", "/api/v1/sign-in/passkey/question", ANYBODY),
    right("POST", "/api/v1/sign-in/passkey", ANYBODY),
    right("POST", "/api/v1/sign-in/oidc", ANYBODY),
    right("GET", "/api/v1/sign-in/oidc/callback", ANYBODY),
    right("POST", "/api/v1/sign-out", ANYBODY),
    right("GET", "/api/v1/me", ANYBODY),
    right("GET", "/api/v1/me/sessions", MEMBER),
    right("DELETE", "/api/v1/me/sessions", MEMBER),
    right("DELETE", "/api/v1/me/sessions/{session}", MEMBER),
    right("GET", "/api/v1/me/passkeys", MEMBER),
    right("POST", "/api/v1/me/passkeys", MEMBER),
    right("POST", "/api/v1/me/passkeys/question", MEMBER),
    right("PUT", "/api/v1/me/passkeys/{passkey}", MEMBER),
    right("DELETE", "/api/v1/me/passkeys/{passkey}", MEMBER),
    right("GET", "/api/v1/me/identities", MEMBER),
    right("POST", "/api/v1/me/identities", MEMBER),
    right("DELETE", "/api/v1/me/identities/{identity}", MEMBER),
    right("PUT", "/api/v1/me/password", MEMBER),
    right("PUT", "/api/v1/me/profile", MEMBER),
    // Programs of others.
    right("GET", "/api/v1/me/keys", MEMBER),
    right("POST", "/api/v1/me/keys", MEMBER),
    right("DELETE", "/api/v1/me/keys/{key}", MEMBER),
    right("GET", "/api/v1/webhooks", MEMBER),
    right("POST", "/api/v1/webhooks", MEMBER),
    right("POST", "/api/v1/webhooks/site", OPERATOR),
    right("GET", "/api/v1/webhooks/{webhook}", MEMBER),
    right("DELETE", "/api/v1/webhooks/{webhook}", MEMBER),
    right("POST", "/api/v1/webhooks/{webhook}/test", MEMBER),
    right("GET", "/api/v1/webhooks/{webhook}/deliveries", MEMBER),
    right("POST", "/api/v1/webhooks/{webhook}/deliveries/{delivery}", MEMBER),
    right("GET", "/api/v1/accounts", OPERATOR),
    right("POST", "/api/v1/accounts", OPERATOR),
    right("GET", "/api/v1/accounts/{account}", OPERATOR),
    right("POST", "/api/v1/accounts/{account}/role", OPERATOR),
    right("POST", "/api/v1/accounts/{account}/suspend", OPERATOR),
    right("POST", "/api/v1/accounts/{account}/reinstate", OPERATOR),
    right("POST", "/api/v1/accounts/{account}/reset", OPERATOR),
    right("POST", "/api/v1/rehearsals", OPERATOR),
    right("GET", "/api/v1/audit", OPERATOR),
    right("GET", "/api/v1/audit.ndjson", OPERATOR),
    right("GET", "/api/v1/audit/verified", OPERATOR),
    right("GET", "/api/v1/conversations/{slug}/floor", ANYBODY),
    right("POST", "/api/v1/conversations/{slug}/floor", RUNS),
    takes_part("/api/v1/conversations/{slug}/reactions"),
    takes_part("/api/v1/conversations/{slug}/chat"),
    right("POST", "/api/v1/conversations/{slug}/chat/{id}/state", LOOKS_AFTER),
    takes_part("/api/v1/conversations/{slug}/questions"),
    takes_part("/api/v1/conversations/{slug}/questions/{id}/vote"),
    right("POST", "/api/v1/conversations/{slug}/questions/{id}/state", LOOKS_AFTER),
    right("POST", "/api/v1/conversations/{slug}/polls", RUNS),
    takes_part("/api/v1/conversations/{slug}/polls/{id}/vote"),
    right("POST", "/api/v1/conversations/{slug}/polls/{id}/close", RUNS),
    right("POST", "/api/v1/conversations/{slug}/pinned", RUNS),
    // Cases.
    right("POST", "/api/v1/conversations/{slug}/reports", ANYBODY),
    right("GET", "/api/v1/cases", JUDGES),
    right("GET", "/api/v1/cases/{case}", JUDGES),
    right("GET", "/api/v1/cases/{case}/tracks/{track}", JUDGES),
    right("POST", "/api/v1/cases/{case}/acts", JUDGES),
    right("POST", "/api/v1/cases/{case}/ruling", JUDGES),
    right("POST", "/api/v1/cases/{case}/appeal/decision", JUDGES),
    right("GET", "/api/v1/me/rulings", MEMBER),
    right("POST", "/api/v1/me/rulings/{case}/appeal", MEMBER),
    right("POST", "/api/v1/rulings/read", ANYBODY),
    right("POST", "/api/v1/rulings/appeal", ANYBODY),
    right("GET", "/api/v1/me/blocked", MEMBER),
    right("PUT", "/api/v1/me/blocked", MEMBER),
];

/// The row of an operation.
#[must_use]
pub fn of(method: &str, path: &str) -> Option<&'static Right> {
    // HEAD is GET without its body (RFC 9110, section 9.3.2).
    let method = if method == "HEAD" { "GET" } else { method };
    RIGHTS.iter().find(|right| right.method == method && right.path == path)
}

/// The table as Markdown. Its last column is the scope that an API key needs beside the right; where there is none, no key may.
#[must_use]
pub fn table() -> String {
    let head: Vec<_> = Standing::ALL.iter().map(|s| s.name()).collect();
    let mut text = format!("| operation | {} | key |\n|---|{}---|\n", head.join(" | "), "---|".repeat(head.len()));
    for right in RIGHTS {
        let anybody = right.may.contains(&Anybody);
        let cells = Standing::ALL.iter().map(|s| if anybody || right.may.contains(s) { " × |" } else { "  |" });
        let key = match needs(right.method, right.path) {
            Needs::Nothing => "any",
            Needs::Scope(scope) => scope.name(),
            Needs::Session => "",
        };
        text.push_str(&format!("| `{} {}` |{} {key} |\n", right.method, right.path, cells.collect::<String>()));
    }
    text
}
