//! How somebody shows who they are: passwords, passkeys, secrets of links and sessions, and how often they may fail.
//!
//! [`Passwords`] hashes on threads of its own, some at once. [`Passkeys`] asks and checks (WebAuthn), and keeps the questions that
//! wait for an answer. [`Throttle`] makes guessing slow; time is an argument. Deliberately absent: records, and HTTP.

mod passkeys;
mod passwords;
mod secret;
mod throttle;

pub use passkeys::{Asked, PasskeyError, Passkeys, Registered};
pub use passwords::{Checked, Passwords, Unhashed};
pub use secret::{id, secret};
pub use throttle::Throttle;
