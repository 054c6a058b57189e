//! `[gate]` and `[line]`: what an operator says that the machine and its line carry.

use hustings_gate::Wanted;

use super::ConfigError;
use super::raw::{RawGate, RawLine, Whole};

/// The slowest line that carries a stage and one listener.
const LINE_MIN: u64 = 1_000_000;

/// Reads both sections.
pub(super) fn wanted(gate: &RawGate, line: &RawLine) -> Result<Wanted, ConfigError> {
    let positive = |key: &str, given: &Option<Whole>| match given {
        None => Ok(None),
        Some(given) => match given.number().filter(|n: &u64| *n > 0) {
            Some(n) => Ok(Some(n)),
            None => invalid(key, "a whole number from 1 on is needed"),
        },
    };
    Ok(Wanted {
        listeners: positive("gate.listeners", &gate.listeners)?,
        joins_per_second: positive("gate.joins_per_second", &gate.joins_per_second)?.map(|n| n as f64),
        line_bits: line.rate.as_deref().map(rate).transpose()?,
    })
}

/// A rate such as `40 Mbit/s`, `1Gbit/s` or `250000 kbit/s`.
fn rate(text: &str) -> Result<u64, ConfigError> {
    let bad = || format!("{text:?} is not a rate, such as \"100 Mbit/s\" or \"10 Gbit/s\"");
    let trimmed = text.trim();
    let split = trimmed.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(trimmed.len());
    let (digits, unit) = trimmed.split_at(split);
    let factor = match unit.trim().trim_end_matches("/s").to_ascii_lowercase().as_str() {
        "bit" => 1.0,
        "kbit" => 1e3,
        "mbit" => 1e6,
        "gbit" => 1e9,
        _ => return invalid("line.rate", &bad()),
    };
    match digits.parse::<f64>().ok().map(|n| n * factor).filter(|bits| bits.is_finite() && *bits < 1e15) {
        Some(bits) if bits >= LINE_MIN as f64 => Ok(bits as u64),
        Some(_) => invalid("line.rate", "a line of less than 1 Mbit/s carries no stage"),
        None => invalid("line.rate", &bad()),
    }
}

fn invalid<T>(key: &str, reason: &str) -> Result<T, ConfigError> {
    Err(ConfigError::Invalid { place: key.to_owned(), reason: reason.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_written_as_people_write_them() {
        assert_eq!(rate("40 Mbit/s").unwrap(), 40_000_000);
        assert_eq!(rate("1.5Gbit").unwrap(), 1_500_000_000);
        for bad in ["", "40", "fast", "40 MB/s", "-1 Mbit/s", "1 bit/s", "1e3 Mbit/s"] {
            assert!(rate(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_number_of_people_is_a_number() {
        let gate = |listeners| RawGate { listeners: Some(listeners), joins_per_second: None };
        let read = |gate: &RawGate| wanted(gate, &RawLine::default()).map(|wanted| wanted.listeners);
        assert_eq!(read(&gate(Whole::Text(" 500 ".into()))).unwrap(), Some(500));
        assert!(read(&gate(Whole::Number(-1))).is_err() && read(&gate(Whole::Number(0))).is_err());
    }
}
