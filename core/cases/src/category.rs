//! What a report is about, what is decided, and where a case is in its life.

use serde::{Deserialize, Serialize};

macro_rules! named {
    ($(#[$doc:meta])* $kind:ident { $($(#[$each:meta])* $variant:ident = $name:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum $kind { $($(#[$each])* $variant),* }

        impl $kind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its name, as it is written everywhere.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The one of that name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == name)
            }
        }
    };
}

named! {
    /// What a report is about, the most urgent first: cases are listed by it, then by age. How many reported is told beside a
    /// case and orders nothing, because a crowd can be called together.
    Category {
        /// Somebody may come to harm: threats, calls for violence, self-harm.
        Danger = "danger",
        /// A child is abused, or spoken of so.
        Minors = "minors",
        /// Against people for what they are.
        Hate = "hate",
        /// Against one person.
        Harassment = "harassment",
        /// Somebody's address, number or secret is told.
        Privacy = "privacy",
        /// Somebody pretends to be somebody else, or sells what is none.
        Deception = "deception",
        /// Advertising, noise, the same again and again.
        Spam = "spam",
        /// Something else; the sentence says what.
        Other = "other",
    }
}

impl Category {
    /// Its place in the list: the most urgent is 0.
    #[must_use]
    pub const fn urgency(self) -> u8 {
        self as u8
    }
}

named! {
    /// What a moderator rules.
    Decision {
        /// Nothing was wrong.
        NoViolation = "no_violation",
        /// It was, and a warning is enough.
        Warning = "warning",
        /// The message stays hidden.
        Hidden = "hidden",
        /// Whoever it was stays off the stage of this conversation.
        Removed = "removed",
        /// The account may do nothing, for a time or until it is reinstated.
        Suspended = "suspended",
    }
}

named! {
    /// Where a case is in its life.
    State {
        /// Nobody has ruled.
        Open = "open",
        /// Ruled; the affected account may appeal.
        Ruled = "ruled",
        /// Appealed, and not decided.
        Appealed = "appealed",
        /// The appeal is decided, or was not made in time.
        Closed = "closed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_harm_somebody_comes_first_and_every_name_comes_back() {
        assert_eq!(Category::ALL.iter().map(|c| c.urgency()).collect::<Vec<_>>(), (0..8).collect::<Vec<_>>());
        assert_eq!(Category::Danger.urgency(), 0);
        for one in Category::ALL {
            assert_eq!(Category::named(one.name()), Some(*one));
        }
        for one in Decision::ALL {
            assert_eq!(Decision::named(one.name()), Some(*one));
        }
        for one in State::ALL {
            assert_eq!(State::named(one.name()), Some(*one));
        }
        assert_eq!(Category::named("majority"), None);
    }
}
