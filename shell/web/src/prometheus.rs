//! Metrics in the text format of Prometheus (version 0.0.4): names, help, escaping, and nothing else.
//!
//! There is no registry. Whoever has the numbers writes them when they are asked for, so that nothing is counted twice
//! and nothing is kept for a reader that may never come.

use std::fmt::Write;

/// How a metric behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// Buckets, a sum and a count.
    Histogram,
}

/// A document in the making.
#[derive(Debug, Default)]
pub struct Text {
    out: String,
}

impl Text {
    /// An empty document.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins a metric. Its samples follow at once, before the next one begins.
    pub fn metric(&mut self, name: &str, kind: Kind, help: &str) -> &mut Self {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let help = help.replace('\\', "\\\\").replace('\n', "\\n");
        let _ = writeln!(self.out, "# HELP {name} {help}\n# TYPE {name} {kind}");
        self
    }

    /// Adds a sample: a name, labels, and a number.
    pub fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: f64) -> &mut Self {
        self.out.push_str(name);
        let mut before = '{';
        for (label, text) in labels {
            let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = write!(self.out, "{before}{label}=\"{text}\"");
            before = ',';
        }
        if !labels.is_empty() {
            self.out.push('}');
        }
        let _ = match value {
            f64::INFINITY => writeln!(self.out, " +Inf"),
            f64::NEG_INFINITY => writeln!(self.out, " -Inf"),
            value => writeln!(self.out, " {value}"),
        };
        self
    }

    /// The document.
    #[must_use]
    pub fn finish(self) -> String {
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_back_line_by_line() {
        let mut text = Text::new();
        text.metric("a_total", Kind::Counter, "Two\nlines \\ here.")
            .sample("a_total", &[], 3.0)
            .sample("a_total", &[("why", "a \"b\"\\\n"), ("who", "x")], 0.25)
            .metric("b", Kind::Gauge, "")
            .sample("b", &[], f64::INFINITY)
            .sample("b", &[], f64::NAN);
        assert_eq!(
            text.finish(),
            "# HELP a_total Two\\nlines \\\\ here.\n# TYPE a_total counter\na_total 3\n\
             a_total{why=\"a \\\"b\\\"\\\\\\n\",who=\"x\"} 0.25\n# HELP b \n# TYPE b gauge\nb +Inf\nb NaN\n"
        );
    }
}
