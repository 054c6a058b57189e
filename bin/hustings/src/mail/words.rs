//! The words of letters, in English and German.
//!
//! A letter says who writes, what has happened and what can be done, in sentences; nothing in it must be pressed by who did not
//! expect it.

use hustings_vocab::limits;

/// What a letter is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum About<'a> {
    /// A new account, and the link that signs its owner in once.
    Welcome {
        handle: &'a str,
        link: &'a str,
    },
    /// Password and sessions were taken away, and the link that signs the owner in once.
    Reset {
        handle: &'a str,
        link: &'a str,
    },
    /// Somebody asked for a link to sign in.
    SignIn {
        link: &'a str,
    },
    Suspended {
        handle: &'a str,
        reason: &'a str,
    },
    Reinstated {
        handle: &'a str,
        reason: &'a str,
    },
    Invited {
        title: &'a str,
        when: &'a str,
        link: &'a str,
    },
    Moved {
        title: &'a str,
        from: &'a str,
        when: &'a str,
        link: &'a str,
    },
    CalledOff {
        title: &'a str,
        when: &'a str,
        reason: &'a str,
        link: &'a str,
    },
}

/// The language of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    German,
}

impl Language {
    pub(crate) const fn of(german: bool) -> Self {
        if german { Self::German } else { Self::English }
    }

    /// Subject and text.
    pub(crate) fn letter(self, about: &About<'_>) -> (String, String) {
        let (subject, text) = match self {
            Self::English => english(about),
            Self::German => german(about),
        };
        (subject, format!("{text}\n"))
    }
}

fn english(about: &About<'_>) -> (String, String) {
    let hours = limits::SIGN_IN_LINK_HOURS;
    let minutes = limits::MAIL_LINK_HOLDS_MINUTES;
    match about {
        About::Welcome { handle, link } => (
            "Your account".into(),
            format!(
                "There is an account for you, {handle}. This link signs you in once, within {hours} hours:\n\n{link}"
            ),
        ),
        About::Reset { handle, link } => (
            "Sign in again".into(),
            format!(
                "An operator has taken back the password and the sessions of your account {handle}. This link signs you in \
                 once, within {hours} hours:\n\n{link}"
            ),
        ),
        About::SignIn { link } => (
            "Your link to sign in".into(),
            format!(
                "This link signs you in once, within {minutes} minutes:\n\n{link}\n\nIf you did not ask for it, do nothing."
            ),
        ),
        About::Suspended { handle, reason } => (
            "Your account is suspended".into(),
            format!("Your account {handle} is suspended. The reason:\n\n{reason}\n\nYou are signed out everywhere."),
        ),
        About::Reinstated { handle, reason } => (
            "Your account is reinstated".into(),
            format!("Your account {handle} is reinstated, and you can sign in again. The reason:\n\n{reason}"),
        ),
        About::Invited { title, when, link } => (
            format!("You are invited to speak: {title}"),
            format!(
                "You are invited to speak in \"{title}\"{}.\n\nThis link is yours. Open it to test your microphone, and \
                 again when it begins:\n\n{link}",
                after(", ", when)
            ),
        ),
        About::Moved { title, from, when, link } => {
            (format!("Moved: {title}"), format!("\"{title}\" was moved{} to {when}.\n\n{link}", after(" from ", from)))
        }
        About::CalledOff { title, when, reason, link } => (
            format!("Called off: {title}"),
            format!(
                "\"{title}\"{} was called off.{}\n\n{link}",
                after(", ", when),
                after("\n\nThe host says: ", reason)
            ),
        ),
    }
}

fn german(about: &About<'_>) -> (String, String) {
    let hours = limits::SIGN_IN_LINK_HOURS;
    let minutes = limits::MAIL_LINK_HOLDS_MINUTES;
    match about {
        About::Welcome { handle, link } => (
            "Dein Konto".into(),
            format!(
                "Es gibt ein Konto für dich, {handle}. Dieser Link meldet dich einmal an, innerhalb von {hours} Stunden:\n\n{link}"
            ),
        ),
        About::Reset { handle, link } => (
            "Melde dich neu an".into(),
            format!(
                "Passwort und Sitzungen deines Kontos {handle} wurden zurückgenommen. Dieser Link meldet dich einmal an, \
                 innerhalb von {hours} Stunden:\n\n{link}"
            ),
        ),
        About::SignIn { link } => (
            "Dein Link zum Anmelden".into(),
            format!(
                "Dieser Link meldet dich einmal an, innerhalb von {minutes} Minuten:\n\n{link}\n\nWenn du ihn nicht \
                 verlangt hast, tu nichts."
            ),
        ),
        About::Suspended { handle, reason } => (
            "Dein Konto ist gesperrt".into(),
            format!("Dein Konto {handle} ist gesperrt. Der Grund:\n\n{reason}\n\nDu bist überall abgemeldet."),
        ),
        About::Reinstated { handle, reason } => (
            "Dein Konto ist wieder offen".into(),
            format!(
                "Die Sperre deines Kontos {handle} ist aufgehoben, du kannst dich wieder anmelden. Der Grund:\n\n{reason}"
            ),
        ),
        About::Invited { title, when, link } => (
            format!("Du bist eingeladen mitzureden: {title}"),
            format!(
                "Du bist eingeladen, bei „{title}“ mitzureden{}.\n\nDieser Link gehört dir. Öffne ihn, um dein Mikrofon zu \
                 prüfen, und wieder, wenn es beginnt:\n\n{link}",
                after(", ", when)
            ),
        ),
        About::Moved { title, from, when, link } => (
            format!("Verschoben: {title}"),
            format!("„{title}“ wurde verschoben{} auf {when}.\n\n{link}", after(" von ", from)),
        ),
        About::CalledOff { title, when, reason, link } => (
            format!("Abgesagt: {title}"),
            format!(
                "„{title}“{} ist abgesagt.{}\n\n{link}",
                after(", ", when),
                after("\n\nDie Gesprächsleitung sagt: ", reason)
            ),
        ),
    }
}

fn after(before: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{before}{text}") }
}
