//! What an API key may do: each operation of the table of rights, and the scope that names it.
//!
//! A scope narrows and never widens: who asks by a key must have the right, as whoever is signed in, and the scope. An
//! operation that no rule here knows is for no key, so a new one is closed until somebody decides. For no key at all are signing
//! in, sessions, passkeys, passwords, keys, and whatever gives an account or its role away: a key that could do that could make
//! itself all others.

use hustings_vocab::{Role, Scope};

/// What a key needs for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: any key will do.
    Nothing,
    /// This scope.
    Scope(Scope),
    /// No key may do it.
    Session,
}

/// What a key needs for an operation of the table.
#[must_use]
pub fn needs(method: &str, path: &str) -> Needs {
    use Scope::{ConversationsRead, ConversationsWrite, Floor, Invitations, PeopleRead, PeopleWrite, Stage, Webhooks};
    if matches!(path, "/api/openapi.json" | "/api/v1/status") {
        return Needs::Nothing;
    }
    if path.starts_with("/c/{slug}/") {
        return Needs::Scope(ConversationsRead);
    }
    let reads = matches!(method, "GET" | "HEAD");
    let parts: Vec<_> = path.strip_prefix("/api/v1/").unwrap_or_default().split('/').collect();
    let scope = match parts.as_slice() {
        ["conversations"] | ["conversations", _] if reads => ConversationsRead,
        ["me"] | ["me", "conversations"] if reads => ConversationsRead,
        ["conversations"] | ["conversations", _] | ["conversations", _, "open" | "cancel"] => ConversationsWrite,
        ["conversations", _, "invitations" | "tokens", ..] => Invitations,
        ["conversations", _, "start" | "hold" | "resume" | "end" | "stage", ..] => Stage,
        ["conversations", _, "seats" | "floor" | "reactions" | "chat" | "questions" | "polls" | "pinned", ..] => Floor,
        ["webhooks", ..] => Webhooks,
        ["accounts"] | ["accounts", _] | ["audit" | "audit.ndjson", ..] if reads => PeopleRead,
        ["accounts", _, "suspend" | "reinstate"] => PeopleWrite,
        _ => return Needs::Session,
    };
    Needs::Scope(scope)
}

/// What is needed beside [`Scope::Invitations`] to invite somebody as this: what they could then do.
#[must_use]
pub const fn to_invite(role: Role) -> &'static [Scope] {
    if role.runs_the_conversation() {
        &[Scope::ConversationsRead, Scope::ConversationsWrite, Scope::Stage, Scope::Floor]
    } else {
        &[]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rights::RIGHTS;

    #[test]
    fn every_scope_is_for_something_and_what_gives_accounts_away_for_none() {
        for scope in Scope::ALL {
            let found = RIGHTS.iter().find(|r| needs(r.method, r.path) == Needs::Scope(scope));
            assert!(found.is_some(), "{scope} allows nothing");
        }
        for (method, path) in [
            ("POST", "/api/v1/me/keys"),
            ("GET", "/api/v1/me/sessions"),
            ("PUT", "/api/v1/me/password"),
            ("POST", "/api/v1/me/passkeys"),
            ("POST", "/api/v1/sign-in/link"),
            ("POST", "/api/v1/sign-out"),
            ("POST", "/api/v1/accounts"),
            ("POST", "/api/v1/accounts/{account}/role"),
            ("POST", "/api/v1/accounts/{account}/reset"),
            ("POST", "/api/v1/something/new"),
        ] {
            assert_eq!(needs(method, path), Needs::Session, "{method} {path}");
        }
    }
}
