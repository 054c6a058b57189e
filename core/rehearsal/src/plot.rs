//! Lines over time as SVG, drawn with the page's own colours so that they are right on light and on dark.
//!
//! Each line has a dash of its own too, for who does not see the colours. Deliberately absent: a library, scripts.

use core::fmt::Write;

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 170.0;
const LEFT: f64 = 76.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 24.0;

/// One line: its name, and a value for each second, where there is one.
pub(crate) struct Line<'a> {
    pub(crate) name: &'a str,
    pub(crate) values: Vec<Option<f64>>,
}

/// A figure of lines over seconds.
pub(crate) fn figure(title: &str, unit: &str, lines: &[Line<'_>]) -> String {
    let seconds = lines.iter().map(|l| l.values.len()).max().unwrap_or(0);
    let known = lines.iter().flat_map(|l| l.values.iter().flatten()).copied();
    let ceiling = rounded_up(known.fold(0.0, f64::max));
    let x = |n: f64| LEFT + (WIDTH - LEFT - RIGHT) * n / (seconds.max(2) - 1) as f64;
    let y = |v: f64| TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - v / ceiling);
    let mut out = String::new();
    let names: Vec<_> = lines.iter().map(|l| escaped(l.name)).collect();
    let _ = write!(
        out,
        "<figure><figcaption>{} <span class=\"unit\">{}</span></figcaption>\n<svg role=\"img\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         aria-label=\"{}: {}; the figures are in the table of seconds\">\n",
        escaped(title),
        escaped(unit),
        escaped(title),
        names.join(", "),
    );
    for share in [0.0, 0.5, 1.0] {
        let (value, at) = (ceiling * share, y(ceiling * share));
        let _ = writeln!(
            out,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>",
            WIDTH - RIGHT
        );
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            LEFT - 6.0,
            at + 4.0,
            number(value)
        );
    }
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let second = (seconds.max(2) - 1) as f64 * share;
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{second:.0} s</text>",
            x(second),
            HEIGHT - 6.0
        );
    }
    for (n, line) in lines.iter().enumerate() {
        // Where values are missing the line is broken: nothing is drawn that was not measured.
        let mut drawn = String::new();
        let mut pen_down = false;
        for (second, value) in line.values.iter().enumerate() {
            if let Some(value) = value {
                let _ = write!(drawn, "{}{:.1} {:.1}", if pen_down { "L" } else { "M" }, x(second as f64), y(*value));
            }
            pen_down = value.is_some();
        }
        let _ = writeln!(out, "<path class=\"line l{}\" d=\"{drawn}\"/>", n % 5);
    }
    out.push_str("</svg>\n<ul class=\"legend\">");
    for (n, name) in names.iter().enumerate() {
        let _ = write!(
            out,
            "<li><svg aria-hidden=\"true\" viewBox=\"0 0 28 8\"><path class=\"line l{}\" d=\"M0 4L28 4\"/></svg>{name}</li>",
            n % 5
        );
    }
    out.push_str("</ul></figure>\n");
    out
}

/// The next 1, 1.5, 2, 3, 4, 5, 6 or 8 times a power of ten.
fn rounded_up(value: f64) -> f64 {
    if !(value.is_finite() && value > 0.0) {
        return 1.0;
    }
    let power = 10f64.powf(value.log10().floor());
    [1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0]
        .into_iter()
        .map(|m| m * power)
        .find(|v| *v >= value)
        .unwrap_or(10.0 * power)
}

/// A number as people read it: thousands apart, no more digits than it deserves.
pub(crate) fn number(value: f64) -> String {
    if value.abs() < 10.0 && value.fract().abs() > 1e-9 {
        return format!("{value:.2}");
    }
    if value.abs() < 100.0 && value.fract().abs() > 1e-9 {
        return format!("{value:.1}");
    }
    let digits = format!("{:.0}", value.abs());
    let mut out = String::from(if value < 0.0 { "-" } else { "" });
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Text that HTML takes as text.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_broken_where_nothing_was_measured() {
        let values = vec![Some(1.0), Some(2.0), None, Some(3.0)];
        let drawn = figure("A <title>", "ms", &[Line { name: "p99", values }]);
        assert_eq!(drawn.matches('M').count(), 3, "two strokes and the legend's: {drawn}");
        assert!(drawn.contains("A &lt;title&gt;") && !drawn.contains("<title>"));
        assert!(figure("Nothing", "", &[]).contains("</svg>"));
    }

    #[test]
    fn numbers_are_read_at_a_glance() {
        let read = [0.0, 0.25, 12.5, 999.0, 1000.0, 1_234_567.0, -4500.0].map(number);
        assert_eq!(read, ["0", "0.25", "12.5", "999", "1,000", "1,234,567", "-4,500"]);
        assert_eq!([0.0, 0.9, 12.0, 8500.0].map(rounded_up), [1.0, 1.0, 15.0, 10_000.0]);
    }
}
