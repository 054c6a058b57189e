//! Logs go to standard error: for servers from `info`, for commands from `warn`, or as `RUST_LOG` says. An edge process
//! writes to the same, each line with its number.

use std::io::IsTerminal;
use std::sync::OnceLock;

use hustings_link::edge::EdgeNumber;
use tracing::{Event, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::{Format, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

static FILTER: OnceLock<String> = OnceLock::new();

/// What is logged, in the syntax of `RUST_LOG`, for the processes that this one starts.
pub(crate) fn filter() -> &'static str {
    FILTER.get().map_or("info", String::as_str)
}

/// Begins to log.
pub(crate) fn begin(serving: bool, edge: Option<EdgeNumber>) {
    let default = if serving { "info,str0m=warn,is=warn,dimpl=error" } else { "warn,str0m=error,is=error,dimpl=error" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let _ = FILTER.set(filter.to_string());
    let ansi = std::io::stderr().is_terminal();
    let format = Numbered { edge, format: Format::default().with_ansi(ansi) };
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    subscriber.with_ansi(ansi).event_format(format).init();
}

/// The usual line, after the number of the edge that says it.
struct Numbered {
    edge: Option<EdgeNumber>,
    format: Format,
}

impl<S, N> FormatEvent<S, N> for Numbered
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> std::fmt::Result {
        if let Some(edge) = self.edge {
            write!(writer, "edge {edge}: ")?;
        }
        self.format.format_event(context, writer, event)
    }
}
