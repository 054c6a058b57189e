//! The link: all that passes between the stage plane and the audience plane, and the doors that shells knock at.
//!
//! Shells do not import each other. What one needs of another is a type or a trait here: [`down`] and [`up`] are the
//! messages between the planes, [`hall`] is what the audience plane keeps of them, [`stage`] and [`desk`] are the doors
//! of the stage and of the records, [`token`] is how a bearer of a token is recognised, [`people`] how
//! somebody who is signed in is, [`accounts`] how somebody signs in, [`plans`] is the door of those who plan,
//! [`room`] what those who run a conversation see, [`production`] what is prepared for it and used while it runs,
//! [`floor`] how the audience takes part, [`cases`] how reports are made and judged, [`api_keys`] and [`webhooks`] how
//! programs of others ask and are told, [`gatekeeper`] how the audience asks to come in, [`entrance`] what every process
//! knows of that, [`evidence`] what is told of the evening, [`arrivals`] are those who come to this process, without their
//! addresses, [`misuse`] what is done amiss there, and [`offences`] from
//! which networks, where the kernel may be told. Where the audience plane is made
//! of several processes, [`edge`] is what passes over the socket of one, [`wire`] how that is written as bytes,
//! [`socket`] how bytes and a descriptor pass, [`wishes`] and [`books`] are how the stage sums up what they all say.

pub mod accounts;
pub mod api_keys;
pub mod arrivals;
pub mod books;
pub mod cases;
pub mod desk;
pub mod down;
pub mod edge;
pub mod entrance;
pub mod evidence;
pub mod floor;
pub mod gatekeeper;
pub mod hall;
pub mod misuse;
pub mod offences;
pub mod peer;
pub mod people;
pub mod plans;
pub mod production;
pub mod room;
pub mod socket;
pub mod sources;
pub mod stage;
pub mod token;
pub mod up;
pub mod webhooks;
pub mod wire;
pub mod wishes;
