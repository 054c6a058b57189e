//! What the operations on accounts refuse with, for the description: the statuses that several have in common.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

fn problems(all: &[(u16, &str)]) -> BTreeMap<String, RefOr<Response>> {
    let one = |(status, text): &(u16, &str)| {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response = ResponseBuilder::new().description(*text).content("application/problem+json", content).build();
        (status.to_string(), RefOr::T(response))
    };
    all.iter().map(one).collect()
}

macro_rules! refusals {
    ($(#[$doc:meta])* $name:ident, $($status:literal $text:literal),*) => {
        $(#[$doc])*
        pub(crate) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                problems(&[(500, "The records cannot be reached"), $(($status, $text)),*])
            }
        }
    };
}

refusals!(
    /// Of who signs in.
    SigningIn,
    400 "The body is not JSON",
    401 "Whoever asks is not who they say, or is suspended; it is not said which",
    403 "Another site asks",
    408 "The body did not come",
    413 "The body is too long",
    415 "The body is called something else than JSON",
    422 "A field is missing, unknown or wrong",
    429 "Too many have failed; Retry-After says when to try again",
    503 "Too many sign in at this moment; Retry-After says when to try again"
);
refusals!(
    /// Of who reads.
    Reading,
    400 "The query is not understood",
    401 "Not signed in",
    403 "Not allowed to",
    404 "There is none"
);
refusals!(
    /// Of who changes something by a body.
    Changing,
    400 "The body is not JSON",
    401 "Not signed in",
    403 "Not allowed to",
    404 "There is none",
    408 "The body did not come",
    409 "The state does not allow it",
    413 "The body is too long",
    415 "The body is called something else than JSON",
    422 "A field is missing, unknown or wrong",
    429 "Too many have failed; Retry-After says when to try again",
    503 "Too many passwords are checked at this moment"
);
refusals!(
    /// Of who ends or removes something.
    Removing,
    401 "Not signed in",
    403 "Not allowed to",
    404 "There is none",
    409 "The state does not allow it"
);
