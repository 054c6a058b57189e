//! The link: all that passes between the stage plane and the audience plane, and the doors that shells knock at.
//!
//! Shells do not import each other. What one needs of another is a type or a trait here: [`down`] and [`up`] are the
//! messages between the planes, [`hall`] is what the audience plane keeps of them, [`stage`] and [`desk`] are the doors
//! of the stage and of the records, [`token`] is how a bearer of a token is recognised.

pub mod desk;
pub mod down;
pub mod hall;
pub mod peer;
pub mod stage;
pub mod token;
pub mod up;
