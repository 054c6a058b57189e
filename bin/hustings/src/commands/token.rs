//! `hustings token`: signs with the key in the data folder, so it works whether or not the server runs.

use hustings_link::desk::NewToken;
use hustings_store::Keys;

use crate::args::Token;
use crate::failure::Failure;
use crate::times::now_ms;

/// Runs the command.
pub(crate) async fn run(args: Token) -> Result<(), Failure> {
    super::conversation::known(&args.slug, &args.data, args.store.as_deref()).await?;
    let keys = Keys::open(&args.data)?;
    let new = NewToken { role: args.role, seat: args.seat, name: args.name, expires_s: Some(args.expires.as_secs()) };
    let claims = crate::desk::claims(args.slug.clone(), new, now_ms() / 1000)?;
    let token = keys.issue(&claims);
    match args.link {
        // In the fragment, so that it never reaches a server's log.
        Some(origin) => crate::say(&format!("{}/c/{}#t={token}", origin.trim_end_matches('/'), args.slug)),
        None => crate::say(&token),
    }
    Ok(())
}
