//! The command line, as `--help` shows it.

mod doctor;
mod rehearse;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use hustings_vocab::{Handle, Role, SeatId, SiteRole, Slug};

use crate::config;

pub(crate) use doctor::Doctor;
pub(crate) use rehearse::{Coming, KneeOf, Rehearse};

/// Live talk that opens on time.
#[derive(Debug, Parser)]
#[command(name = "hustings", version, about, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve conversations until SIGTERM.
    #[command(after_help = config::KEYS)]
    Serve(Serve),
    /// Serve a conversation that is already live, with two recorded voices, in a fresh temporary data folder.
    Demo(Demo),
    /// Plan, start and end conversations.
    Conversation(Conversation),
    /// Make accounts, suspend and reinstate them.
    Account(Account),
    /// Save the records into one file; works while the server runs.
    Backup(Backup),
    /// Restore a backup, for a server that does not run.
    Restore(Restore),
    /// Print who may do what: every operation of the API, and whose it is.
    Rights,
    /// Print the description of the API (OpenAPI 3.1).
    Openapi,
    /// Print a token for a conversation; works while the server runs.
    Token(Token),
    /// Speak: send an audio file over WHIP in real time.
    Speak(Speak),
    /// Listen, and say how it was.
    Listen(Listen),
    /// Evidence of what happened.
    Evidence(EvidenceArgs),
    /// Check an evidence bundle, offline.
    Verify(Verify),
    /// Be a witness to the evidence logs of others: cosign that each has one history.
    Witness(WitnessArgs),
    /// Probe a server from outside, and tell it what was seen, signed.
    Probe(ProbeArgs),
    /// Have the kernel drop networks that only flood: the helper with the privilege, and its verbs.
    Kernel(KernelArgs),
    /// Rehearse: play an audience of real clients, and say what the server carries.
    Rehearse(Box<Rehearse>),
    /// Say go or no-go before an event, with a remedy for each finding.
    #[command(after_help = config::KEYS)]
    Doctor(Doctor),
    /// Open one uploaded file; the server does this in a process of its own.
    #[command(hide = true)]
    Unpack(Unpack),
}

#[derive(Debug, Args)]
pub(crate) struct Unpack {
    /// What it is to be.
    #[arg(value_enum)]
    pub(crate) kind: UnpackKind,
    /// The file.
    pub(crate) from: PathBuf,
    /// Where what is kept of it is written.
    pub(crate) to: PathBuf,
}

/// What an uploaded file is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum UnpackKind {
    /// A clip.
    Sound,
    /// A cover.
    Picture,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Configuration file (TOML).
    #[arg(long)]
    pub(crate) config: Option<PathBuf>,
    /// Data folder.
    #[arg(long)]
    pub(crate) data: Option<PathBuf>,
    /// Address and port of pages and API.
    #[arg(long)]
    pub(crate) listen: Option<SocketAddr>,
    /// Host name that people open: obtains a certificate and serves HTTPS.
    #[arg(long, value_name = "NAME")]
    pub(crate) public: Option<String>,
    /// Which planes this process serves.
    #[arg(long, value_enum, default_value_t = ServeRole::All)]
    pub(crate) role: ServeRole,
    /// Number of an edge that a server has started; it ends with its parent.
    #[arg(long, hide = true)]
    pub(crate) number: Option<hustings_link::edge::EdgeNumber>,
    /// Threads of an edge; one for each core if absent.
    #[arg(long, hide = true)]
    pub(crate) threads: Option<std::num::NonZero<usize>>,
}

/// Which planes a process serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ServeRole {
    /// Stage and audience; the audience by edge processes that this one starts.
    All,
    /// The stage, and the socket that edges come to.
    Stage,
    /// One process of the audience, linked to the stage that uses the same data folder.
    Edge,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Address and port of pages and API.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
}

#[derive(Debug, Args)]
pub(crate) struct EvidenceArgs {
    #[command(subcommand)]
    pub(crate) action: EvidenceAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EvidenceAction {
    /// Write the bundle of a conversation, by which anybody can check what happened.
    Export {
        /// The conversation.
        slug: Slug,
        /// The file to write.
        file: PathBuf,
        /// Data folder of the server, running or not.
        #[arg(long, default_value = "data")]
        data: PathBuf,
    },
    /// Print the key that the log is signed with, for those who verify it.
    Key {
        /// Data folder of the server, running or not.
        #[arg(long, default_value = "data")]
        data: PathBuf,
    },
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exits with 0 if nothing is missing or altered, 1 if something is, 2 if the bundle cannot be read."
)]
pub(crate) struct Verify {
    /// The bundle.
    pub(crate) bundle: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// The log's key, from another place than the bundle.
    #[arg(long, value_name = "KEY")]
    pub(crate) key: Option<String>,
    /// The key of a witness that you trust.
    #[arg(long, value_name = "KEY")]
    pub(crate) witness: Vec<String>,
    /// A receipt of a listener, to be matched with the log.
    #[arg(long, value_name = "FILE")]
    pub(crate) receipt: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ProbeArgs {
    /// The origin of the server, such as `https://talk.example`.
    pub(crate) origin: String,
    /// Folder of this prober's key.
    #[arg(long, default_value = "probe")]
    pub(crate) data: PathBuf,
    /// Its name, such as probe.example; kept with its key.
    #[arg(long, default_value = "probe")]
    pub(crate) name: String,
    /// Between two probes.
    #[arg(long, value_name = "T", default_value = "15s", value_parser = crate::times::duration)]
    pub(crate) every: std::time::Duration,
    /// Probe once, print what was seen, and end; tells nobody.
    #[arg(long)]
    pub(crate) once: bool,
}

#[derive(Debug, Args)]
pub(crate) struct KernelArgs {
    /// The socket of the helper, which `guard.kernel` names in the server's configuration.
    #[arg(long, default_value = "/run/hustings-kernel.sock", global = true)]
    pub(crate) socket: PathBuf,
    #[command(subcommand)]
    pub(crate) action: KernelAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KernelAction {
    /// Be the helper, until SIGTERM. Takes CAP_NET_ADMIN and the program nft.
    Run {
        /// A network that is never dropped, such as that of a balancer.
        #[arg(long, value_name = "NETWORK")]
        never: Vec<hustings_vocab::network::Network>,
    },
    /// Drop a network.
    Add {
        /// A /24 of IPv4 or a /48 of IPv6.
        network: String,
        /// For how long.
        #[arg(default_value_t = hustings_vocab::limits::DROP_SECONDS)]
        seconds: u64,
    },
    /// Do not drop a network, and keep it out for ten minutes.
    Expire {
        /// A /24 of IPv4 or a /48 of IPv6.
        network: String,
    },
    /// Say what is dropped, and for how many seconds more.
    List,
}

#[derive(Debug, Args)]
pub(crate) struct WitnessArgs {
    /// Where logs ask.
    #[arg(long, default_value = "127.0.0.1:8090")]
    pub(crate) listen: SocketAddr,
    /// Folder of its key and of what it has seen.
    #[arg(long, default_value = "witness")]
    pub(crate) data: PathBuf,
    /// Its name, such as witness.example; kept with its key.
    #[arg(long, default_value = "witness")]
    pub(crate) name: String,
    /// The key of a log to follow.
    #[arg(long, value_name = "KEY", required = true)]
    pub(crate) log: Vec<String>,
}

/// Which server a command speaks to.
#[derive(Debug, Args)]
pub(crate) struct Target {
    /// Data folder of a server on this machine, running or not.
    #[arg(long, default_value = "data", conflicts_with = "url")]
    pub(crate) data: PathBuf,
    /// Database of a server that does not run, where it is not in its data folder.
    #[arg(long, value_name = "URL", env = "HUSTINGS_STORE_URL", hide_env_values = true)]
    pub(crate) store: Option<String>,
    /// Address of a running server.
    #[arg(long)]
    pub(crate) url: Option<String>,
    /// Token of the conversation's host, for --url.
    #[arg(long, env = "HUSTINGS_TOKEN", hide_env_values = true, requires = "url")]
    pub(crate) token: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Conversation {
    #[command(subcommand)]
    pub(crate) action: Action,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Make a conversation. Without --starts its lobby opens at once.
    Create {
        /// Its name in its address /c/SLUG: a-z, 0-9 and -.
        slug: Slug,
        /// Its title.
        #[arg(long)]
        title: Option<String>,
        /// When it starts, such as 2026-12-01T20:00:00Z or +15m.
        #[arg(long, value_name = "TIME")]
        starts: Option<String>,
        #[command(flatten)]
        target: Target,
    },
    /// List conversations.
    List {
        #[command(flatten)]
        target: Target,
    },
    /// Go live.
    Start(One),
    /// Take a break.
    Hold(One),
    /// Come back from a break.
    Resume(One),
    /// End it.
    End(One),
    /// Call it off before it began.
    Cancel(One),
}

#[derive(Debug, Args)]
pub(crate) struct One {
    /// The conversation.
    pub(crate) slug: Slug,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, Args)]
pub(crate) struct Account {
    #[command(subcommand)]
    pub(crate) action: AccountAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountAction {
    /// Make an account, and print a link that signs its owner in once.
    Create {
        /// What its owner signs in as: a-z, 0-9 and -.
        handle: Handle,
        /// The name that others read; the handle if absent.
        #[arg(long)]
        name: Option<String>,
        /// Where its owner gets mail.
        #[arg(long)]
        email: Option<String>,
        /// What it may do on the site: member, host, moderator or operator.
        #[arg(long, default_value = "member", value_parser = site_role)]
        role: SiteRole,
        #[command(flatten)]
        records: Records,
    },
    /// List accounts.
    List {
        /// Only those whose handles begin so.
        #[arg(long)]
        prefix: Option<Handle>,
        #[command(flatten)]
        records: Records,
    },
    /// Suspend an account: it is signed out everywhere and leaves every stage.
    Suspend {
        /// Whose.
        handle: Handle,
        /// Why, in words that its owner may read.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        records: Records,
    },
    /// Take a suspension back.
    Reinstate {
        /// Whose.
        handle: Handle,
        /// Why.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        records: Records,
    },
    /// Take password and sessions away, and print a link that signs the owner in once.
    Reset {
        /// Whose.
        handle: Handle,
        #[command(flatten)]
        records: Records,
    },
}

/// Which records a command is about.
#[derive(Debug, Args)]
pub(crate) struct Records {
    /// Data folder of a server on this machine, running or not.
    #[arg(long, default_value = "data")]
    pub(crate) data: PathBuf,
    /// Database of a server that does not run, where it is not in its data folder.
    #[arg(long, value_name = "URL", env = "HUSTINGS_STORE_URL", hide_env_values = true)]
    pub(crate) store: Option<String>,
    /// Where people open the pages, for the link of a server that does not run.
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) origin: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The file to make: a tar file compressed with gzip. It holds keys: keep it as you keep them.
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) place: Database,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The backup.
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) place: Database,
    /// Put records that are there already aside, under hidden names beside the restored ones.
    #[arg(long)]
    pub(crate) force: bool,
}

/// Where records are, for who saves and restores them whole.
#[derive(Debug, Args)]
pub(crate) struct Database {
    /// Data folder.
    #[arg(long, default_value = "data")]
    pub(crate) data: PathBuf,
    /// Database, where it is not in the data folder.
    #[arg(long, value_name = "URL", env = "HUSTINGS_STORE_URL", hide_env_values = true)]
    pub(crate) store: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Token {
    /// The conversation.
    pub(crate) slug: Slug,
    /// The role: host, speaker, producer or listener.
    #[arg(long, value_parser = role)]
    pub(crate) role: Role,
    /// How long it is valid, such as 30m, 12h or 7d.
    #[arg(long, value_name = "T", default_value = "24h", value_parser = crate::times::duration)]
    pub(crate) expires: std::time::Duration,
    /// The seat; two tokens of one seat are one person. Random if absent.
    #[arg(long)]
    pub(crate) seat: Option<SeatId>,
    /// The name to show.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Data folder of the server.
    #[arg(long, default_value = "data")]
    pub(crate) data: PathBuf,
    /// Database of a server that does not run, where it is not in its data folder.
    #[arg(long, value_name = "URL", env = "HUSTINGS_STORE_URL", hide_env_values = true)]
    pub(crate) store: Option<String>,
    /// Print the link to open in a browser instead, with this origin.
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) link: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Speak {
    /// Address of the conversation, such as http://127.0.0.1:8080/c/demo; or, to test a stage with many speakers, a file
    /// with a link of a speaker on each line, as `hustings token --link` prints it.
    pub(crate) url: String,
    /// Audio file: WAV, FLAC, MP3, Ogg or M4A.
    pub(crate) file: PathBuf,
    /// Token of a speaker or host.
    #[arg(long, env = "HUSTINGS_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
    /// Start again at the end of the file.
    #[arg(long = "loop")]
    pub(crate) repeat: bool,
    /// Write what the speaker hears to this WAV file.
    #[arg(long)]
    pub(crate) output: Option<PathBuf>,
    /// PEM file of certificates to trust beside the public ones.
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Option<PathBuf>,
    /// Use ICE-TCP only, as behind a firewall that drops UDP.
    #[arg(long)]
    pub(crate) tcp: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Listen {
    /// Address of the conversation.
    pub(crate) url: String,
    /// How to receive it.
    #[arg(long, value_enum, default_value_t = ListenTier::Stream)]
    pub(crate) tier: ListenTier,
    /// How long to listen.
    #[arg(long, default_value_t = 10.0)]
    pub(crate) seconds: f64,
    /// Rendition to ask for.
    #[arg(long)]
    pub(crate) rendition: Option<hustings_vocab::Rendition>,
    /// Write what was heard: WAV, or the received bytes for any other ending.
    #[arg(long)]
    pub(crate) output: Option<PathBuf>,
    /// PEM file of certificates to trust beside the public ones.
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Option<PathBuf>,
    /// How many listeners; with more than one the report is a list.
    #[arg(long, default_value_t = 1)]
    pub(crate) listeners: usize,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// How to receive the program sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListenTier {
    /// One long HTTP response.
    Stream,
    /// LL-HLS.
    Hls,
    /// WebRTC.
    Whep,
}

fn site_role(text: &str) -> Result<SiteRole, String> {
    SiteRole::named(text).ok_or_else(|| "the roles are member, host, moderator and operator".into())
}

fn role(text: &str) -> Result<Role, String> {
    match text {
        "host" => Ok(Role::Host),
        "speaker" => Ok(Role::Speaker),
        "cohost" => Ok(Role::CoHost),
        "producer" => Ok(Role::Producer),
        "listener" => Ok(Role::Listener),
        _ => Err("the roles are host, speaker, producer and listener".into()),
    }
}
