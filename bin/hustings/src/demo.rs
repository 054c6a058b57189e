//! `hustings demo`: a server in a fresh temporary folder whose conversation is already live, with two recorded voices that
//! speak through real WebRTC, as guests would.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hustings_client::{Sound, SpeakOptions, decode_file, encode, speak};
use hustings_link::desk::{NewConversation, NewToken};
use hustings_link::stage::{Commander, StageCommand};
use hustings_vocab::{Role, Slug};

use crate::args::Demo;
use crate::commands::interrupted;
use crate::config::{Config, Raw};
use crate::failure::Failure;
use crate::house::{Audience, House};

/// The voices, with the names that they are shown under; see `voices/README.md` for their origin.
const VOICES: [(&str, &str, &[u8]); 2] = [
    ("first", "First voice", include_bytes!("../voices/first.ogg")),
    ("second", "Second voice", include_bytes!("../voices/second.ogg")),
];
const BITRATE: u32 = 96_000;

/// Runs the demo until it is interrupted.
pub(crate) async fn run(args: Demo) -> Result<(), Failure> {
    let folder = Folder::make()?;
    let mut raw = Raw { data: Some(folder.0.join("data")), listen: Some(args.listen.to_string()), ..Raw::default() };
    raw.public.origin = None;
    let config = Config::resolve(raw, None).map_err(Failure::usage)?;
    let house = House::open(&config, Audience::of(&config)).await?;
    let slug: Slug = "demo".parse()?;
    let desk = house.desk();
    let title = Some("Two voices, live".to_owned());
    desk.create(NewConversation { slug: slug.clone(), title, starts_ms: None }).await?;
    let page = format!("{}/c/{slug}", house.origin());
    let (first, second) = (folder.sound(VOICES[0])?, folder.sound(VOICES[1])?);
    for ((seat, name, _), sound) in VOICES.into_iter().zip([first, second]) {
        let new = NewToken {
            role: Role::Speaker,
            seat: Some(seat.parse()?),
            name: Some(name.into()),
            expires_s: Some(365 * 24 * 3600),
        };
        let token = desk.issue(slug.clone(), new).await?;
        tokio::spawn(keep_speaking(page.clone(), token, sound));
    }
    desk.command(slug.clone(), Commander::site(), StageCommand::Start).await?;
    let host = NewToken { role: Role::Host, seat: None, name: Some("Host".into()), expires_s: None };
    let host = desk.issue(slug, host).await?;
    crate::say(&format!("players  {page}/live.ogg  {page}/hls/index.m3u8"));
    crate::say(&format!("on stage {page}#t={host}"));
    crate::say(&format!("private  http://{}", house.bound.private_listen));
    crate::say("");
    crate::say(&page);
    interrupted().await;
    house.drain(Duration::from_secs(5)).await;
    Ok(())
}

/// Speaks for ever; a lost line is taken up again.
async fn keep_speaking(page: String, token: String, sound: Sound) {
    loop {
        let mut options = SpeakOptions::new(&page, sound.clone());
        options.token = Some(token.clone());
        options.repeat = true;
        if let Err(error) = speak(options, std::future::pending()).await {
            tracing::warn!(%error, "a demo voice lost its line");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// A folder that goes when the demo ends.
struct Folder(PathBuf);

impl Folder {
    fn make() -> Result<Self, Failure> {
        let path = std::env::temp_dir().join(format!("hustings-demo-{:016x}", rand::random::<u64>()));
        std::fs::create_dir(&path)?;
        Ok(Self(path))
    }

    /// A voice as packets, encoded once.
    fn sound(&self, (seat, _, bytes): (&str, &str, &[u8])) -> Result<Sound, Failure> {
        let path = self.0.join(format!("{seat}.ogg"));
        std::fs::write(&path, bytes)?;
        let pcm: Arc<[f32]> = decode_file(&path)?;
        Ok(Sound::Packets(encode(&pcm, BITRATE)?))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing in it is of use to anybody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
