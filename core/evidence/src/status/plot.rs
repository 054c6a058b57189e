//! The funnel over time as SVG: bars for connections, a line for listeners, on an axis of minutes.

use super::Point;
use super::words::Words;

const WIDTH: i64 = 720;
const HEIGHT: i64 = 200;
const FOOT: i64 = 22;

/// The plot, and the same in a table for who does not see it.
pub(super) fn svg(points: &[Point], words: Words) -> String {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return String::new() };
    let most =
        points.iter().map(|p| p.connections.max(p.listening).max(p.first_audio)).max().unwrap_or_default().max(1);
    let span = (last.minute - first.minute + 1).max(1);
    let x = |minute: i64| (minute - first.minute) * WIDTH / span;
    let y = |n: i64| HEIGHT - n.clamp(0, most) * (HEIGHT - 12) / most;
    let wide = (WIDTH / span).clamp(1, 24);
    let bar = |p: &Point| {
        let (x, y) = (x(p.minute), y(p.connections));
        format!("<rect class=\"two\" x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{}\"/>", HEIGHT - y)
    };
    let bars: String = points.iter().map(bar).collect();
    let line: Vec<_> = points.iter().map(|p| format!("{},{}", x(p.minute) + wide / 2, y(p.listening))).collect();
    let clock = |minute: i64| format!("{:02}:{:02}", minute.rem_euclid(1440) / 60, minute.rem_euclid(60));
    let (begin, end, foot, line) = (clock(first.minute), clock(last.minute), HEIGHT + FOOT - 6, line.join(" "));
    format!(
        "<svg viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-label=\"From {begin} to {end} UTC: connections a minute, at most \
         {most} on this scale, and listeners, {} at the end\">{bars}<polyline class=\"one\" points=\"{line}\"/><line class=\"axis\" \
         x1=\"0\" y1=\"{HEIGHT}\" x2=\"{WIDTH}\" y2=\"{HEIGHT}\"/><text x=\"0\" y=\"{foot}\">{begin}</text><text x=\"{WIDTH}\" \
         y=\"{foot}\" text-anchor=\"end\">{end}</text><text x=\"0\" y=\"10\">{most}</text></svg><p class=\"quiet\">{}</p>",
        HEIGHT + FOOT,
        last.listening,
        words.plot_says(),
    )
}
