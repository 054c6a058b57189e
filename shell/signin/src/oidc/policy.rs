//! What follows from an identity: whose account it is, or why it is nobody's. Pure: the records are asked before.
//!
//! An account is somebody's at a provider because its owner has linked them while signed in, or because the provider is believed
//! about mail addresses (`trust_email`) and has verified this one. Everything else would let whoever can write an address into a
//! provider's directory take an account over.

use hustings_vocab::{AccountId, Handle, SiteRole, limits};

use super::{Back, Purpose};

/// What the records know about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accounts {
    /// The account that the identity is linked to, and whether it is suspended.
    pub linked: Option<(AccountId, bool)>,
    /// The account of the identity's mail address, and whether it is suspended.
    pub same_email: Option<(AccountId, bool)>,
    /// Who is signed in in the browser that came back.
    pub signed_in: Option<AccountId>,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is this account's: it is signed in to.
    SignIn(AccountId),
    /// It becomes this account's, which is signed in to.
    LinkAndSignIn(AccountId),
    /// It becomes this account's, whose owner is signed in.
    Link(AccountId),
    /// It is this account's already.
    IsLinked,
    /// An account is made for it.
    Create(SiteRole),
    /// The provider has not seen that the mail address is theirs.
    Unverified,
    /// The mail address is of no domain that may come in.
    OtherDomain,
    /// There is an account of that mail address: its owner signs in to it and links them.
    LinkFirst,
    /// It is another account's.
    Taken,
    /// Whoever wanted to link them is not signed in any more.
    SignInAgain,
    /// There is no account for it, and none is made.
    NoAccount,
    /// The account is suspended.
    Suspended,
}

/// What is to be done with somebody who came back.
#[must_use]
pub fn judge(back: &Back, known: &Accounts) -> Verdict {
    let Back { who, provider, purpose, .. } = back;
    let email = who.email.as_deref().filter(|_| who.email_verified);
    if !provider.domains.is_empty() {
        let Some(email) = email else { return Verdict::Unverified };
        let domain = email.rsplit('@').next().unwrap_or_default();
        if !provider.domains.iter().any(|one| one.eq_ignore_ascii_case(domain)) {
            return Verdict::OtherDomain;
        }
    }
    if let Purpose::Link(account) = purpose {
        return match &known.linked {
            _ if known.signed_in.as_ref() != Some(account) => Verdict::SignInAgain,
            Some((of, _)) if of == account => Verdict::IsLinked,
            Some(_) => Verdict::Taken,
            None => Verdict::Link(account.clone()),
        };
    }
    match (&known.linked, &known.same_email) {
        (Some((_, true)), _) => Verdict::Suspended,
        (Some((account, false)), _) => Verdict::SignIn(account.clone()),
        (None, _) if email.is_none() => Verdict::Unverified,
        (None, Some(_)) if !provider.trust_email => Verdict::LinkFirst,
        (None, Some((_, true))) => Verdict::Suspended,
        (None, Some((account, false))) => Verdict::LinkAndSignIn(account.clone()),
        (None, None) => provider.creates.map_or(Verdict::NoAccount, Verdict::Create),
    }
}

/// Handles for an account that is made for somebody, the first that is free being theirs.
pub fn handles(back: &Back) -> impl Iterator<Item = Handle> {
    let of_mail = back.who.email.as_deref().and_then(|email| email.split('@').next());
    let said = back.who.preferred.as_deref().or(of_mail).unwrap_or("member");
    let said = said.split('@').next().unwrap_or_default().to_lowercase();
    let word: String = said.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let word = word.trim_matches('-').chars().take(limits::HANDLE_CHARS_MAX - 4).collect::<String>();
    let word = if word.is_empty() { "member".to_owned() } else { word };
    let tries = (1..=999).map(move |n| if n == 1 { word.clone() } else { format!("{word}-{n}") });
    tries.filter_map(|text| text.parse().ok())
}

/// A path of this site to go to afterwards, if it is one.
#[must_use]
pub fn own_path(next: &str) -> Option<&str> {
    let one_slash = next.starts_with('/') && !next.starts_with("//");
    let plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    (one_slash && plain && next.len() <= 512).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::super::{Identity, Provider};
    use super::*;

    fn account(n: u64) -> AccountId {
        format!("{n:016x}").parse().unwrap()
    }

    fn back(change: impl FnOnce(&mut Back)) -> Back {
        let provider = Provider {
            id: "acme".into(),
            name: "Acme".into(),
            issuer: "https://id.example".into(),
            client_id: "hustings".into(),
            client_secret: None,
            domains: Vec::new(),
            trust_email: false,
            creates: None,
            allow_private: false,
        };
        let who = Identity {
            issuer: "https://id.example".into(),
            subject: "1".into(),
            email: Some("ann@acme.example".into()),
            email_verified: true,
            ..Identity::default()
        };
        let mut back = Back { who, provider, purpose: Purpose::SignIn, next: None };
        change(&mut back);
        back
    }

    #[test]
    fn an_address_alone_takes_no_account_over() {
        let known = Accounts { same_email: Some((account(1), false)), ..Accounts::default() };
        assert_eq!(judge(&back(|_| ()), &known), Verdict::LinkFirst);
        assert_eq!(judge(&back(|b| b.who.email_verified = false), &known), Verdict::Unverified);
        let trusted = |b: &mut Back| b.provider.trust_email = true;
        assert_eq!(judge(&back(trusted), &known), Verdict::LinkAndSignIn(account(1)));
        let unverified = |b: &mut Back| (b.provider.trust_email, b.who.email_verified) = (true, false);
        assert_eq!(judge(&back(unverified), &known), Verdict::Unverified);
        let suspended = Accounts { same_email: Some((account(1), true)), ..Accounts::default() };
        assert_eq!(judge(&back(trusted), &suspended), Verdict::Suspended);
    }

    #[test]
    fn who_is_linked_signs_in_unless_suspended_or_out_of_the_domain() {
        let known = |suspended| Accounts { linked: Some((account(1), suspended)), ..Accounts::default() };
        assert_eq!(judge(&back(|b| b.who.email = None), &known(false)), Verdict::SignIn(account(1)));
        assert_eq!(judge(&back(|_| ()), &known(true)), Verdict::Suspended);
        let of = |domain: &str| back(|b| b.provider.domains = vec![domain.into()]);
        assert_eq!(judge(&of("Acme.Example"), &known(false)), Verdict::SignIn(account(1)));
        assert_eq!(judge(&of("cme.example"), &known(false)), Verdict::OtherDomain);
        let unverified = back(|b| (b.provider.domains, b.who.email_verified) = (vec!["acme.example".into()], false));
        assert_eq!(judge(&unverified, &known(false)), Verdict::Unverified);
    }

    #[test]
    fn accounts_are_made_where_that_is_said() {
        assert_eq!(judge(&back(|_| ()), &Accounts::default()), Verdict::NoAccount);
        let host = back(|b| b.provider.creates = Some(SiteRole::Host));
        assert_eq!(judge(&host, &Accounts::default()), Verdict::Create(SiteRole::Host));
        let nameless = back(|b| (b.provider.creates, b.who.email) = (Some(SiteRole::Host), None));
        assert_eq!(judge(&nameless, &Accounts::default()), Verdict::Unverified);
    }

    #[test]
    fn whoever_links_is_who_asked_for_it() {
        let link = back(|b| b.purpose = Purpose::Link(account(1)));
        let known = |linked: Option<u64>, signed_in: Option<u64>| Accounts {
            linked: linked.map(|n| (account(n), false)),
            signed_in: signed_in.map(account),
            ..Accounts::default()
        };
        assert_eq!(judge(&link, &known(None, Some(1))), Verdict::Link(account(1)));
        assert_eq!(judge(&link, &known(Some(1), Some(1))), Verdict::IsLinked);
        assert_eq!(judge(&link, &known(Some(2), Some(1))), Verdict::Taken);
        assert_eq!(judge(&link, &known(None, Some(2))), Verdict::SignInAgain);
        assert_eq!(judge(&link, &known(None, None)), Verdict::SignInAgain);
    }

    #[test]
    fn a_handle_is_made_of_whatever_they_are_called() {
        let first = |preferred: Option<&str>, email: Option<&str>| {
            let back = back(|b| (b.who.preferred, b.who.email) = (preferred.map(Into::into), email.map(Into::into)));
            handles(&back).take(2).map(|handle| handle.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(first(Some("Ann.Lee"), None), ["ann-lee", "ann-lee-2"]);
        assert_eq!(first(None, Some("bo@acme.example")), ["bo", "bo-2"]);
        assert_eq!(first(Some("ångström@x"), None)[0], "ngstr-m");
        assert_eq!(first(Some("\u{202e}"), None)[0], "member");
        assert!(first(Some(&"x".repeat(500)), None)[1].len() <= limits::HANDLE_CHARS_MAX);
    }

    #[test]
    fn afterwards_one_is_on_this_site() {
        for good in ["/", "/plan", "/c/evening?x=1#y"] {
            assert_eq!(own_path(good), Some(good));
        }
        for bad in
            ["", "plan", "//evil.example", "/\\evil.example", "/a\r\nset-cookie: x", "https://evil.example", "/ä"]
        {
            assert_eq!(own_path(bad), None, "{bad}");
        }
        assert_eq!(own_path(&format!("/{}", "a".repeat(600))), None);
    }
}
