//! `hustings speak`: a person's voice from a file, over the line that a browser would use.

use hustings_client::{Route, Sound, SpeakOptions, decode_file, speak};

use crate::args::Speak;
use crate::failure::Failure;

/// Runs the command, until the file ends or the command is interrupted.
pub(crate) async fn run(args: Speak) -> Result<(), Failure> {
    let sound = Sound::Pcm(decode_file(&args.file)?);
    let mut options = SpeakOptions::new(args.url, sound);
    options.token = args.token;
    options.repeat = args.repeat;
    options.output = args.output;
    if args.tcp {
        options.route = Route::Tcp;
    }
    let report = speak(options, super::interrupted()).await?;
    crate::say(&serde_json::to_string(&report)?);
    Ok(())
}
