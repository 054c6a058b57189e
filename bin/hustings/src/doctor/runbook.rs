//! What is prepared for what no server can stop: a line that is full. The doctor says what is missing, and writes the page that
//! somebody has in hand.

use super::Finding;
use crate::config::Config;

const ABOUT: &str = "runbook";

pub(super) fn look(config: &Config) -> Vec<Finding> {
    // A server that only this machine can reach has no line that others could fill.
    if config.listen.ip().is_loopback() && config.origin.is_none() {
        return Vec::new();
    }
    let mut found = Vec::new();
    if config.runbook.provider.is_empty() {
        found.push(Finding::mind(
            ABOUT,
            "nobody is named who could be called when the line is full",
            "set runbook.provider to the provider's number for attacks and your customer number",
        ));
    }
    if config.runbook.elsewhere.is_empty() {
        found.push(Finding::mind(
            ABOUT,
            "there is no other address at which the audience could listen",
            "put a CDN before /c/*/hls/, rehearse with it, and set runbook.elsewhere to its address",
        ));
    }
    if is_told(config) {
        found.push(Finding::mind(
            ABOUT,
            "the stage is at the address that everybody knows: an attack on the pages reaches those who speak",
            "give [stage] an address of its own that no page names, best on another line, and advertise that",
        ));
    }
    if config.contact.is_empty() {
        found.push(Finding::mind(ABOUT, "the status page names no contact", "set evidence.contact"));
    }
    if found.is_empty() {
        found.push(Finding::go(ABOUT, "a provider, another way to listen and an address of the stage are prepared"));
    }
    found
}

/// Whether the stage is where the pages are.
fn is_told(config: &Config) -> bool {
    config.advertise.is_empty() || config.advertise.contains(&config.listen.ip())
}

/// The page.
pub(super) fn text(config: &Config) -> String {
    let or = |text: &str, missing: &str| if text.is_empty() { missing.to_owned() } else { text.to_owned() };
    let provider = or(&config.runbook.provider, "**MISSING**: set runbook.provider");
    let elsewhere = or(&config.runbook.elsewhere, "**MISSING**: set runbook.elsewhere to a CDN's address");
    let origin = config.origin.clone().unwrap_or_else(|| format!("http://{}", config.listen));
    let line = config
        .gate
        .line_bits
        .map_or_else(|| "**MISSING**: set line.rate".to_owned(), |bits| format!("{} Mbit/s", bits / 1_000_000));
    let stage = if is_told(config) {
        "the same address as the pages (**give it one of its own**)".to_owned()
    } else {
        config.advertise.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    let (pages, audience, audience_udp) = (config.listen, config.audience_listen, config.audience_udp);
    let (stage_udp, stage_tcp) = (config.stage_udp, config.stage_tcp);
    format!(
        "# When the line is full\n\n\
         Made by `hustings doctor --runbook` from the configuration. Print it: when it is needed this machine may not answer.\n\n\
         ## Is it that?\n\n\
         - {origin}/status says so at its top; the line carries {line}.\n\
         - If the page does not load from a phone, it is that or the machine: look at the machine over another way first.\n\
         - If it is the machine, or a flood that the server holds against (`hustings verify` and /status name it), nothing here is needed.\n\n\
         ## 1. Call the provider\n\n\
         - {provider}\n\
         - Say: \"We are flooded at {pages} (TCP), {audience} (TCP), UDP {audience_udp} and {stage_udp}, since TIME, with N Mbit/s or packets a \
         second (from /status). Please filter upstream, not the whole address.\"\n\n\
         ## 2. Move the audience to the CDN\n\n\
         - Announce: {elsewhere}\n\
         - Close the audience's listener to everybody but the CDN in the firewall: TCP {audience}, UDP {audience_udp}. Listeners are then 2 to 6 s \
         behind, and the line carries one copy.\n\n\
         ## 3. Keep the stage apart\n\n\
         - The stage is at: {stage} (UDP {stage_udp}, TCP {stage_tcp}). No page, post or mail names it.\n\
         - If it is attacked, too: change the address, restart, send those on stage new links.\n\n\
         ## 4. Say what is known\n\n\
         - The status page and the contact on it: {contact}. Say nothing about attackers before the finding does.\n",
        contact = or(&config.contact, "**MISSING**: set evidence.contact"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Raw;

    fn config(text: &str) -> Config {
        Config::resolve(Raw::from_table(Raw::parse(text, "test").unwrap()).unwrap(), None).unwrap()
    }

    #[test]
    fn what_is_missing_is_said_and_written() {
        let bare = config(
            "listen = \"127.0.0.1:8080\"\npublic.origin = \"https://talk.example\"\npublic.tls_terminated_by = \"haproxy\"\n",
        );
        assert_eq!(look(&bare).len(), 4);
        assert!(text(&bare).contains("**MISSING**") && text(&bare).contains("https://talk.example/status"));
        let ready = config(
            "listen = \"127.0.0.1:8080\"\npublic.origin = \"https://talk.example\"\npublic.tls_terminated_by = \"haproxy\"\n\
             stage.advertise = [\"203.0.113.9\"]\nline.rate = \"1 Gbit/s\"\nrunbook.provider = \"+00 1\"\n\
             runbook.elsewhere = \"https://cdn.example\"\nevidence.contact = \"ops@talk.example\"\n",
        );
        assert_eq!(look(&ready).len(), 1);
        assert!(!text(&ready).contains("MISSING") && text(&ready).contains("1000 Mbit/s"));
    }
}
