//! What outlives the process: the records of conversations, and the keys that tokens are signed with.
//!
//! [`Store`] is a database, SQLite in the data folder or PostgreSQL where one is named, written by the server alone and never
//! on the path of sound. One set of queries and migrations serves both. [`Keys`] are files, so that the command line can issue a
//! token while the server runs, without asking it. Deliberately absent: a clock for anything that is written (time is an
//! argument), a cache of records, and who may do what, which is the API's to decide.

pub mod accounts;
mod api_keys;
pub mod archive;
pub mod audit;
mod backup;
mod case_acts;
mod cases;
mod conversations;
mod error;
mod floor;
mod folder;
mod grants;
mod hosts;
mod identities;
mod invitations;
pub mod keys;
mod links;
mod mail;
mod migrations;
mod openings;
mod passkeys;
mod pin_files;
mod plans;
mod production;
mod restore;
mod row;
mod sessions;
mod store;
mod tables;
mod webhooks;

pub use accounts::{Account, NewAccount, Suspension};
pub use api_keys::ApiKey;
pub use archive::ArchiveError;
pub use audit::{By, Entry};
pub use backup::{Saving, backup};
pub use cases::{NewCase, NewReport, SaidLine};
pub use conversations::{Record, State};
pub use error::{FolderError, StoreError};
pub use identities::IdentityRecord;
pub use invitations::{InvitationRecord, NewInvitationRecord, Seated, Secret};
pub use keys::{KeyError, Keys};
pub use links::Purpose;
pub use mail::MailRecord;
pub use passkeys::PasskeyRecord;
pub use pin_files::PinFiles;
pub use plans::{NewRecord, Saved};
pub use restore::{Present, Restoring, restore};
pub use sessions::{NewSession, SessionRecord};
pub use store::Store;
pub use webhooks::{Delivery, Due, Fate, Owner, Told, Webhook};
