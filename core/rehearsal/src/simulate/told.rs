//! A simulation in words: each line says what it is.

use super::Simulated;
use crate::Percentiles;
use crate::plot::number;

impl Simulated {
    /// Some lines for people. Every one of them is about a model, and the first and the last say so.
    #[must_use]
    pub fn in_words(&self) -> Vec<String> {
        let giga = |bits: f64| format!("{:.1} Gbit/s", bits / 1e9);
        let seconds = |p: Option<Percentiles>| {
            p.map_or_else(
                || "nobody".to_owned(),
                |p| format!("{:.1} / {:.1} / {:.1} s (50 / 95 of 100, longest)", p.p50 / 1e3, p.p95 / 1e3, p.max / 1e3),
            )
        };
        let needs = &self.needs;
        let mut lines = vec![
            format!(
                "simulated, no server was asked: {} listeners within {} s on {} nodes of {} each, every node as {} was measured",
                number(self.listeners as f64),
                number(self.ramp_seconds),
                self.nodes,
                giga(self.node_line_bits as f64),
                self.model_of,
            ),
            format!(
                "simulated: {} let in at once, {} after waiting, {} still waiting, {} refused; {} heard at the same time",
                number(self.at_once as f64),
                number(self.after_waiting as f64),
                number(self.still_waiting as f64),
                number(self.refused as f64),
                number(self.hearing_max as f64),
            ),
            format!("simulated: all of those who came in waited {}", seconds(self.waited_ms)),
            format!("simulated: those who had to wait and came in waited {}", seconds(self.queue_ms)),
            format!("simulated: first audio after being let in {}", seconds(self.first_audio_ms)),
            format!(
                "simulated: the line of all nodes {} at most, of the busiest {}; {} glitch seconds of {}; {} polls in the busiest second",
                giga(self.line_bits_max),
                giga(self.node_line_bits_max),
                number(self.glitch_seconds as f64),
                number(self.listener_seconds as f64),
                number(self.polls_per_second_max as f64),
            ),
            format!(
                "needed by this model so that nobody waits: {} nodes ({} for those who listen, {} for those who come, {} for the line), \
                 and {} of line at full bitrate",
                needs.nodes,
                needs.nodes_for_listeners,
                needs.nodes_for_joins,
                needs.nodes_for_line,
                giga(needs.line_bits),
            ),
        ];
        if let Some(failure) = &self.failure {
            let again = match failure.again_ms {
                Some(again) => format!("those who heard again did so after {}", seconds(Some(again))),
                None => "none of them heard again".to_owned(),
            };
            lines.push(format!(
                "simulated: a node died after {} s; {} were cut off; {again}; {} were still silent at the end",
                number(failure.at_seconds),
                number(failure.cut_off as f64),
                number(failure.silent as f64),
            ));
        }
        lines.push("these figures are simulated: they are as true as the model, and not a test of anything".to_owned());
        lines
    }
}
