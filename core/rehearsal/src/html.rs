//! The report as one page that needs nothing else: no script, no address of another file, right on light and on dark.
//!
//! Beside each plot stand its figures in a table, for who reads with a screen reader or wants to copy them. Long
//! rehearsals are thinned out in the table (the data has every second).

use core::fmt::Write;

use crate::plot::{Line, escaped, figure, number};
use crate::{Knee, Offered, Report, Second, TierSecond, TierSummary};

/// Rows of the table of seconds at most.
const ROWS_MAX: usize = 240;

const STYLE: &str = "
:root{color-scheme:light dark;--ink:#1c1c1e;--dim:#5b5b62;--paper:#fff;--rule:#d9d9de;--l0:#1f5fa8;--l1:#b4471f;--l2:#2f7d4f;--l3:#7a4fa0;--l4:#8a6d00}
@media(prefers-color-scheme:dark){:root{--ink:#ececf0;--dim:#a5a5ae;--paper:#16161a;--rule:#3a3a42;--l0:#7db4f0;--l1:#f0a07a;--l2:#7fd0a0;--l3:#c6a4ec;--l4:#e0c45a}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.15rem;margin-top:2rem}p.lead{color:var(--dim);margin-top:.25rem}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.85rem}.wide{overflow-x:auto}
th,td{text-align:right;padding:.2rem .6rem;border-bottom:1px solid var(--rule);white-space:nowrap}th:first-child,td:first-child{text-align:left}
figure{margin:1.25rem 0}figcaption{font-weight:600}.unit{font-weight:400;color:var(--dim)}
svg{width:100%;height:auto;font-size:12px;fill:var(--dim)}.grid{stroke:var(--rule)}
.line{fill:none;stroke-width:1.8}.l0{stroke:var(--l0)}.l1{stroke:var(--l1);stroke-dasharray:7 3}.l2{stroke:var(--l2);stroke-dasharray:2 3}.l3{stroke:var(--l3);stroke-dasharray:9 3 2 3}.l4{stroke:var(--l4);stroke-dasharray:14 4}
ul.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:0;margin:.25rem 0;font-size:.85rem}.legend svg{width:28px;height:8px;margin-right:.4rem}
.warn{border-left:4px solid var(--l1);padding:.25rem .75rem}
";

/// The whole page.
#[must_use]
pub fn page(report: &Report) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>Rehearsal of {}</title>\n<style>{STYLE}</style>\n<main>\n<h1>Rehearsal of {}</h1>\n<p class=\"lead\">{} with real \
         clients, by Hustings {} on {}. {}{}</p>\n",
        escaped(&report.url),
        escaped(&report.url),
        escaped(&capitalised(&report.kind)),
        escaped(&report.version),
        escaped(&report.machine),
        escaped(&report.asked),
        if report.stopped { " It was stopped before its end." } else { "" },
    );
    if report.limits.is_empty() {
        out.push_str("<p>The players were not the limit: what is shown is the server.</p>\n");
    }
    for limit in &report.limits {
        let _ = writeln!(
            out,
            "<p class=\"warn\">These may be figures of the players and not of the server: {}.</p>",
            escaped(limit)
        );
    }
    out.push_str("<h2>Who came, and what they met</h2>\n<div class=\"wide\" tabindex=\"0\">");
    sums(&mut out, report);
    out.push_str("</div>\n");
    report.knees.iter().for_each(|knee| steps(&mut out, knee));
    out.push_str("<h2>Over time</h2>\n");
    plots(&mut out, &report.seconds);
    out.push_str("<h2>Second by second</h2>\n<div class=\"wide\" tabindex=\"0\">");
    seconds(&mut out, &report.seconds);
    out.push_str("</div>\n<h2>What the words mean</h2>\n");
    out.push_str(WORDS);
    out.push_str("</main>\n</html>\n");
    out
}

const WORDS: &str = "<dl>
<dt>Offered</dt><dd>asked to listen, for the first time or again.</dd>
<dt>Admitted</dt><dd>the server answered and began to send sound.</dd>
<dt>Waiting</dt><dd>have a place in the queue; they hold no connection and ask again when the server said.</dd>
<dt>Refused</dt><dd>got another answer, or no connection.</dd>
<dt>Hearing</dt><dd>were admitted, have heard something, and are connected.</dd>
<dt>Glitch second</dt><dd>a second of one listener in which sound that was due had not arrived: media time is missing, or the player ran dry.</dd>
<dt>First audio</dt><dd>from the call of the connection that let a listener in to the first sound from a player that holds 200 ms (WebRTC 60 ms). True to 4 %.</dd>
</dl>
";

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn row(out: &mut String, tag: &str, cells: impl IntoIterator<Item = String>) {
    out.push_str("<tr>");
    for (n, cell) in cells.into_iter().enumerate() {
        let scope = if tag == "th" { " scope=\"col\"" } else { "" };
        let _ = if n == 0 && tag == "td" {
            write!(out, "<th scope=\"row\">{cell}</th>")
        } else {
            write!(out, "<{tag}{scope}>{cell}</{tag}>")
        };
    }
    out.push_str("</tr>\n");
}

fn sums(out: &mut String, report: &Report) {
    out.push_str("<table>\n<thead>");
    let head = [
        "tier",
        "offered",
        "admitted",
        "refused",
        "waiting at the end",
        "hearing at the end",
        "hearing at most",
        "lost",
        "glitch seconds",
        "share",
        "first audio p50 ms",
        "p95",
        "p99",
        "delay p50 ms",
        "p99",
        "waited p95 s",
    ];
    row(out, "th", head.map(str::to_owned));
    out.push_str("</thead>\n<tbody>\n");
    let ms = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), number);
    let one = |out: &mut String, t: &TierSummary| {
        let cells = [
            t.tier.map_or("all", crate::Tier::name).to_owned(),
            number(t.offered as f64),
            number(t.admitted as f64),
            number(t.refused as f64),
            number(t.waiting as f64),
            number(t.hearing as f64),
            number(t.hearing_max as f64),
            number(t.lost as f64),
            number(t.glitch_seconds as f64),
            format!("{:.3} %", t.glitch_share * 100.0),
            ms(t.first_audio_ms.map(|p| p.p50)),
            ms(t.first_audio_ms.map(|p| p.p95)),
            ms(t.first_audio_ms.map(|p| p.p99)),
            ms(t.delay_ms.map(|p| p.p50)),
            ms(t.delay_ms.map(|p| p.p99)),
            ms(t.waited_ms.map(|p| p.p95 / 1000.0)),
        ];
        row(out, "td", cells);
    };
    report.summary.tiers.iter().for_each(|t| one(out, t));
    one(out, &report.summary.all);
    out.push_str("</tbody></table>\n");
}

fn steps(out: &mut String, knee: &Knee) {
    let of = match knee.of {
        Offered::Listeners => "listeners",
        Offered::JoinsPerSecond => "joins a second",
    };
    let beyond = match knee.too_much {
        Some(bad) => format!("{} were too many", number(bad as f64)),
        None => "No level that was tried was too much: the knee lies beyond".to_owned(),
    };
    let _ = write!(
        out,
        "<h2>The knee: {}{} {of}</h2>\n<p>{beyond}. A level is carried if at least {:.0} % of those who came hear, 99 of 100 within \
         {} ms, and at most {:.2} % of all seconds have a glitch.</p>\n<div class=\"wide\" tabindex=\"0\"><table>\n<thead>",
        if knee.too_much.is_none() { "beyond " } else { "" },
        number(knee.at as f64),
        knee.bars.hearing_share * 100.0,
        number(knee.bars.first_audio_p99_ms),
        knee.bars.glitch_share * 100.0,
    );
    let head = [
        "tried",
        "carried",
        "offered",
        "hearing",
        "joins a second that led to sound",
        "first audio p99 ms",
        "glitch share",
        "server, of a core",
        "Mbit/s",
        "players were the limit",
    ];
    row(out, "th", head.map(str::to_owned));
    out.push_str("</thead>\n<tbody>\n");
    for step in &knee.steps {
        let yes = |it: bool| if it { "yes" } else { "no" }.to_owned();
        let cells = [
            number(step.level as f64),
            yes(step.good),
            number(step.offered as f64),
            number(step.hearing as f64),
            number(step.goodput_per_second),
            step.first_audio_p99_ms.map_or_else(|| "–".to_owned(), number),
            format!("{:.3} %", step.glitch_share * 100.0),
            step.server_cpu.map_or_else(|| "–".to_owned(), |c| format!("{c:.3}")),
            number(step.bits_per_second / 1e6),
            yes(step.limited),
        ];
        row(out, "td", cells);
    }
    out.push_str("</tbody></table></div>\n");
}

fn plots(out: &mut String, seconds: &[Second]) {
    let all: Vec<_> = seconds.iter().map(Second::all).collect();
    let each = |of: &dyn Fn(&TierSecond) -> Option<f64>| all.iter().map(of).collect::<Vec<_>>();
    let count = |of: fn(&TierSecond) -> u64| each(&|s| Some(of(s) as f64));
    let so_far = |of: fn(&TierSecond) -> u64| {
        let mut sum = 0;
        let add = |s: &TierSecond| {
            sum += of(s);
            Some(sum as f64)
        };
        all.iter().map(add).collect::<Vec<_>>()
    };
    let line = |name, values| Line { name, values };
    let people = [
        line("offered so far", so_far(|s| s.offered)),
        line("admitted so far", so_far(|s| s.admitted)),
        line("hearing", count(|s| s.hearing)),
        line("waiting", count(|s| s.waiting)),
        line("refused so far", so_far(|s| s.refused)),
    ];
    out.push_str(&figure("People", "", &people));
    let joins = [
        line("offered", count(|s| s.offered)),
        line("admitted", count(|s| s.admitted)),
        line("heard first sound", count(|s| s.first_audio_ms.count())),
        line("refused", count(|s| s.refused)),
        line("lost", count(|s| s.lost)),
    ];
    out.push_str(&figure("In each second", "people a second", &joins));
    let first = [
        line("p50", each(&|s| s.first_audio_ms.at(0.5))),
        line("p95", each(&|s| s.first_audio_ms.at(0.95))),
        line("p99", each(&|s| s.first_audio_ms.at(0.99))),
    ];
    out.push_str(&figure("First audio", "ms", &first));
    out.push_str(&figure(
        "Glitches",
        "listeners in whose second sound was missing",
        &[line("glitch seconds", count(|s| s.glitch_seconds))],
    ));
    out.push_str(&figure(
        "Line",
        "Mbit/s of sound and headers to all listeners",
        &[line("received", each(&|s| Some(s.bytes as f64 * 8.0 / 1e6)))],
    ));
    let own = |of: fn(&Second) -> Option<f64>| seconds.iter().map(of).collect::<Vec<_>>();
    let cpu = [
        line("players", own(|s| Some(s.own.cpu_seconds))),
        line("server's audience", own(|s| s.own.server_cpu_seconds)),
    ];
    out.push_str(&figure("Processor", "cores", &cpu));
}

fn seconds(out: &mut String, seconds: &[Second]) {
    let every = seconds.len().div_ceil(ROWS_MAX).max(1);
    if every > 1 {
        let _ = writeln!(out, "<p>Every {every}th second; the data (<code>--json</code>) has all of them.</p>");
    }
    out.push_str("<table>\n<thead>");
    let head = [
        "second",
        "offered",
        "admitted",
        "refused",
        "waiting",
        "hearing",
        "lost",
        "glitch seconds",
        "first audio p50 ms",
        "p95",
        "p99",
        "Mbit/s",
        "players, cores",
        "server, cores",
    ];
    row(out, "th", head.map(str::to_owned));
    out.push_str("</thead>\n<tbody>\n");
    for second in seconds.iter().step_by(every) {
        let s = second.all();
        let counts = [s.offered, s.admitted, s.refused, s.waiting, s.hearing, s.lost, s.glitch_seconds]
            .map(|n| number(n as f64));
        let first = [0.5, 0.95, 0.99].map(|share| s.first_audio_ms.at(share).map_or_else(|| "–".to_owned(), number));
        let rest = [
            number(s.bytes as f64 * 8.0 / 1e6),
            format!("{:.2}", second.own.cpu_seconds),
            second.own.server_cpu_seconds.map_or_else(|| "–".to_owned(), |c| format!("{c:.2}")),
        ];
        row(out, "td", [second.second.to_string()].into_iter().chain(counts).chain(first).chain(rest));
    }
    out.push_str("</tbody></table>\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bars, Step, Summary, Tier};

    #[test]
    fn the_page_stands_alone_and_tells_what_it_is() {
        let mut seconds: Vec<_> = (0..1000).map(|second| Second { second, ..Second::default() }).collect();
        seconds.iter_mut().for_each(|s| s.of_mut(Tier::Stream).offered = 3);
        let steps = vec![Step::of(Offered::Listeners, 3, &seconds[..5], &seconds[5..9], 2).judged(&Bars::default())];
        let report = Report {
            kind: "tested".to_owned(),
            url: "http://127.0.0.1:1/c/<x>".to_owned(),
            began_ms: 0,
            version: "0".to_owned(),
            machine: "a machine".to_owned(),
            asked: "3,000 listeners.".to_owned(),
            stopped: true,
            limits: vec!["it was busy".to_owned()],
            summary: Summary::of(&seconds),
            knees: vec![Knee { of: Offered::Listeners, at: 3, too_much: None, bars: Bars::default(), steps }],
            seconds,
        };
        let page = page(&report);
        for words in [
            "Tested with real clients",
            "It was stopped",
            "it was busy",
            "The knee: beyond 3 listeners",
            "3,000",
            "Every 5th second",
            "&lt;x&gt;",
        ] {
            assert!(page.contains(words), "{words}");
        }
        assert!(
            !page.contains("<script") && !page.contains("src=") && !page.contains("href="),
            "nothing else is needed"
        );
        assert_eq!(page.matches("<figure>").count(), page.matches("</figure>").count());
    }
}
