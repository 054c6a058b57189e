//! Which address a session's sound goes to, when ICE is slower than the network.
//!
//! str0m sends to the nominated pair, and keeps it for 15 s after its last check, so a client that moved to another
//! network and is heard from there would wait. This remembers from where a session was last heard, among addresses
//! that the gate has validated, and goes there when the nominated one has fallen behind.

use std::time::{Duration, Instant};

use crate::gate::Source;

/// Addresses remembered; a client has one, and two while it moves.
const PATHS_MAX: usize = 4;

/// From where a session was heard.
#[derive(Debug, Default)]
pub(crate) struct Paths(Vec<(Source, Instant)>);

impl Paths {
    /// Something authentic came from there.
    pub(crate) fn heard(&mut self, from: Source, at: Instant) {
        if let Some(path) = self.0.iter_mut().find(|(source, _)| *source == from) {
            path.1 = at;
            return;
        }
        if self.0.len() == PATHS_MAX {
            let oldest = (0..PATHS_MAX).min_by_key(|i| self.0[*i].1).unwrap_or(0);
            self.0.swap_remove(oldest);
        }
        self.0.push((from, at));
    }

    /// Where to send instead of the nominated address, if that has fallen behind by `patience`.
    pub(crate) fn better_than(&self, nominated: &Source, patience: Duration) -> Option<Source> {
        let (freshest, heard) = self.0.iter().max_by_key(|(_, heard)| *heard)?;
        let (_, before) = self.0.iter().find(|(source, _)| source == nominated)?;
        (freshest != nominated && heard.saturating_duration_since(*before) > patience).then_some(*freshest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::Transport;

    #[test]
    fn sound_follows_a_client_that_is_heard_from_elsewhere() {
        let at = |port: u16| Source {
            transport: Transport::Udp,
            local: "127.0.0.1:1".parse().unwrap(),
            remote: ([127, 0, 0, 1], port).into(),
        };
        let (start, second) = (Instant::now(), Duration::from_secs(1));
        let mut paths = Paths::default();
        assert_eq!(paths.better_than(&at(1), second), None);
        paths.heard(at(1), start);
        paths.heard(at(2), start + second);
        assert_eq!(paths.better_than(&at(1), second), None, "not before it has fallen behind");
        paths.heard(at(2), start + second * 2);
        assert_eq!(paths.better_than(&at(1), second), Some(at(2)));
        assert_eq!(paths.better_than(&at(3), second), None, "an address never heard from is only just nominated");
    }
}
