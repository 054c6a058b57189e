//! How somebody shows who they are: passwords, passkeys, secrets of links and sessions, and how often they may fail.
//!
//! [`Passwords`] hashes on threads of its own, some at once. [`Passkeys`] asks and checks (WebAuthn), and keeps the questions that
//! wait for an answer. [`oidc`] sends somebody to their organisation and reads what they come back with. [`Throttle`] makes guessing slow; time is an argument. Deliberately absent: records, and HTTP.

pub mod oidc;
mod passkeys;
mod passwords;
mod secret;
mod throttle;

pub use passkeys::{Asked, PasskeyError, Passkeys, Registered};
pub use passwords::{Checked, Passwords, Unhashed};
pub use secret::{id, secret};
pub use throttle::Throttle;
