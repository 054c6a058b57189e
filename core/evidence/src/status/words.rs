//! What the status page says, in English and in German, side by side.

use crate::verdict::Verdict;

/// A language of the status page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// German.
    German,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// Its tag (BCP 47).
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// What it calls itself.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    pub(super) const fn other(self) -> Self {
        match self {
            Self::English => Self::German,
            Self::German => Self::English,
        }
    }
}

/// The words of one language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words(pub(super) Language);

macro_rules! words {
    ($($name:ident: $en:literal, $de:literal;)*) => {
        impl Words {
            $(pub(super) const fn $name(self) -> &'static str {
                match self.0 {
                    Language::English => $en,
                    Language::German => $de,
                }
            })*
        }
    };
}

words! {
    again: "Load again", "Neu laden";
    works_now: "What works now", "Was gerade geht";
    not_measured: "not measured", "nicht gemessen";
    works: "works", "geht";
    does_not_work: "does not work", "geht nicht";
    now: "Now", "Jetzt";
    nothing_open: "No conversation is open.", "Kein Gespräch ist offen.";
    no_finding_yet: "The finding begins with the first whole minute.", "Der Befund beginnt mit der ersten ganzen Minute.";
    finding_so_far: "Finding so far, from the operator's own records: ", "Befund bisher, aus den Aufzeichnungen des Betreibers: ";
    spoke_for: "What spoke for it in the last minute, by the figures of the record and with the points of each:",
        "Was in der letzten Minute dafür sprach, mit den Zahlen der Aufzeichnung und ihren Punkten:";
    gives_up: "There is more than the machine or the line can do at once, so these are given up for now, and the sound is not:",
        "Es ist mehr, als Rechner oder Leitung auf einmal schaffen. Deshalb fällt vorerst weg, und der Ton nicht:";
    gate_did: "What the gate did in the last minute", "Was der Einlass in der letzten Minute tat";
    evidence: "Evidence", "Belege";
    past: "Past openings", "Frühere Eröffnungen";
    none_yet: "None yet.", "Noch keine.";
    not_announced: "not announced", "nicht angekündigt";
    never: "never", "nie";
    contact: "Contact", "Kontakt";
    nobody: "The operator of this server has named no contact.", "Der Betreiber dieses Servers hat keinen Kontakt genannt.";
    plot_says: "Line: listeners at the end of each minute. Bars: connections that came in it.",
        "Linie: Zuhörende am Ende jeder Minute. Balken: Verbindungen, die in ihr kamen.";
    definition: "A finding is computed from published figures with published weights, and says what they speak for, not what is true: \
        they are the operator's own unless a witness, a receipt or an outside probe stands beside them. Patient visitors that listen \
        as people do and are none cannot be told from people. \"hustings evidence export\" makes a bundle, \"hustings verify\" checks it \
        offline.",
        "Ein Befund wird aus veröffentlichten Zahlen mit veröffentlichten Gewichten berechnet und sagt, wofür sie sprechen, nicht was wahr \
        ist: Es sind die des Betreibers, solange kein Zeuge, kein Beleg und keine Probe von außen daneben steht. Geduldige Besucher, die \
        wie Menschen zuhören und keine sind, lassen sich von Menschen nicht unterscheiden. „hustings evidence export“ macht ein Bündel, \
        „hustings verify“ prüft es ohne Netz.";
}

impl Words {
    const fn is_german(self) -> bool {
        matches!(self.0, Language::German)
    }

    pub(super) fn as_of(self, time: &str) -> String {
        if self.is_german() {
            return format!("Stand <time>{time}</time> (UTC), aus den Aufzeichnungen des Betreibers.");
        }
        format!("As of <time>{time}</time> (UTC), from the operator's own records.")
    }

    pub(super) fn beyond(self, elsewhere: &str) -> String {
        let (line, instead) = if self.is_german() {
            (
                "Die Leitung dieses Servers ist voll oder gestört. Das kann kein Server aufhalten; der Betreiber ruft seinen Anbieter an.",
                "Bis dahin ist es hier zu hören: ",
            )
        } else {
            (
                "The line of this server is full or disturbed. No server can stop that; the operator calls the provider.",
                "Until then it can be heard here: ",
            )
        };
        match (elsewhere.is_empty(), elsewhere.starts_with("http")) {
            (true, _) => line.to_owned(),
            (false, true) => format!("{line} {instead}<a href=\"{elsewhere}\">{elsewhere}</a>"),
            (false, false) => format!("{line} {instead}{elsewhere}"),
        }
    }

    pub(super) fn worked(self, percent: i64) -> String {
        if self.is_german() {
            return format!("ging in {percent} von 100 Sekunden");
        }
        format!("worked in {percent} of 100 seconds")
    }

    pub(super) fn starts(self, starts: &str, moved_from: Option<&str>) -> String {
        match (self.is_german(), moved_from) {
            (true, None) => format!("Beginn <time>{starts}</time> (UTC)."),
            (true, Some(was)) => format!("Beginn <time>{starts}</time> (UTC), und nicht <time>{was}</time>."),
            (false, None) => format!("It starts at <time>{starts}</time> (UTC)."),
            (false, Some(was)) => format!("It starts at <time>{starts}</time> (UTC), and not at <time>{was}</time>."),
        }
    }

    pub(super) fn delay(self, words: &str) -> String {
        if self.is_german() {
            return format!("Die Gesprächsleitung sagt: {words}");
        }
        format!("The host says: {words}")
    }

    pub(super) fn room(self, listening: i64, waiting: i64, refused: i64) -> String {
        if self.is_german() {
            return format!("{listening} hören zu, {waiting} warten, {refused} sollten wiederkommen.");
        }
        format!("{listening} listen, {waiting} wait, {refused} were told to come again.")
    }

    pub(super) fn log(self, records: u64) -> String {
        if self.is_german() {
            return format!(
                "{records} Aufzeichnungen, eine für jede Minute eines Abends und einige daneben, in <a href=\"/evidence/checkpoint\">einem \
                 Protokoll, das alle aufbewahren können</a>. Was darin steht, lässt sich später nicht ändern, ohne dass es sieht, wer \
                 einen Kontrollpunkt aufbewahrt hat."
            );
        }
        format!(
            "{records} records, one for each minute of an evening and some beside, in <a href=\"/evidence/checkpoint\">a log that anybody \
             can keep</a>. What is in it cannot be changed later without its being seen by whoever has kept a checkpoint."
        )
    }

    pub(super) fn no_records(self, why: &str) -> String {
        if self.is_german() {
            return format!("Es wird nichts aufgezeichnet: {why}");
        }
        format!("No records are written: {why}")
    }

    pub(super) fn witnesses(self, signed: usize, configured: usize) -> String {
        match (configured, self.is_german()) {
            (0, false) => "No witness is configured: everything here rests on the operator alone.".to_owned(),
            (0, true) => "Kein Zeuge ist eingetragen: Alles hier beruht allein auf dem Betreiber.".to_owned(),
            (_, false) => {
                format!("{signed} of {configured} witnesses have cosigned the last checkpoint that they were shown.")
            }
            (_, true) => format!(
                "{signed} von {configured} Zeugen haben den letzten Kontrollpunkt mitgezeichnet, der ihnen gezeigt wurde."
            ),
        }
    }

    pub(super) fn probes(self, reached: i64, all: i64) -> String {
        if self.is_german() {
            return format!(
                "In der letzten Minute: {reached} von {all} Proben von außen haben diesen Server erreicht."
            );
        }
        format!("In the last minute {reached} of {all} outside probes have reached this server.")
    }

    pub(super) const fn past_heads(self) -> [&'static str; 7] {
        match self.0 {
            Language::English => {
                ["Conversation", "Announced", "Live from", "Came in", "Listened, at most", "Waited, at most", "Finding"]
            }
            Language::German => [
                "Gespräch",
                "Angekündigt",
                "Live ab",
                "Hereingekommen",
                "Zugehört, höchstens",
                "Gewartet, höchstens",
                "Befund",
            ],
        }
    }

    /// A word of the records, as people read it; what is not known stays as it is.
    pub(super) fn name(self, word: &str) -> String {
        const NAMES: [(&str, &str); 28] = [
            ("pages", "Seiten"),
            ("stage", "Bühne"),
            ("audience", "Publikum"),
            ("lobby", "Vorraum"),
            ("live", "live"),
            ("held", "Pause"),
            ("ended", "beendet"),
            ("crowd", "Andrang"),
            ("attack", "Angriff"),
            ("both", "beides"),
            ("own fault", "eigener Fehler"),
            ("upstream", "Netz davor"),
            ("not enough evidence", "zu wenig Belege"),
            ("none yet", "noch keiner"),
            ("let in", "eingelassen"),
            ("let in at a cheaper tier", "auf einem sparsameren Weg eingelassen"),
            ("given a place in the queue", "einen Platz in der Schlange gegeben"),
            ("told to come again", "gebeten wiederzukommen"),
            ("reactions are sampled", "Reaktionen werden in Stichproben gezählt"),
            ("the counter is told less often", "der Zähler wird seltener erneuert"),
            ("fewer lines of the chat are shown", "vom Chat werden weniger Zeilen gezeigt"),
            (
                "newcomers hear a lower bitrate, then everybody",
                "wer neu kommt, dann alle, hören eine niedrigere Bitrate",
            ),
            ("newcomers get a cheaper way to hear", "wer neu kommt, hört auf einem sparsameren Weg"),
            ("newcomers wait", "Neue warten"),
            ("given a challenge", "eine Rechenaufgabe gegeben"),
            ("dropped by limits of a source or network", "nach Grenzen für eine Quelle oder ein Netz abgewiesen"),
            ("challenges solved", "Rechenaufgaben gelöst"),
            ("scheduled", "angekündigt"),
        ];
        let german = NAMES.iter().find(|(english, _)| *english == word).filter(|_| self.is_german());
        german.map_or(word, |(_, german)| german).to_owned()
    }

    pub(super) const fn sentence(self, verdict: Verdict) -> &'static str {
        match (verdict, self.is_german()) {
            (Verdict::Crowd, false) => "People came, and what they did is what people do who want to listen.",
            (Verdict::Crowd, true) => "Menschen kamen, und was sie taten, tun Menschen, die zuhören wollen.",
            (Verdict::Attack, false) => "Much of what came did not try to listen, or misused what this server speaks.",
            (Verdict::Attack, true) => {
                "Vieles, was kam, wollte nicht zuhören oder missbrauchte, was dieser Server spricht."
            }
            (Verdict::Both, false) => "People came to listen, and much else came that did not.",
            (Verdict::Both, true) => "Menschen kamen, um zuzuhören, und vieles kam, das nicht zuhören wollte.",
            (Verdict::OwnFault, false) => "This server itself failed, at a load that should not have made it fail.",
            (Verdict::OwnFault, true) => "Dieser Server selbst versagte, bei einer Last, bei der er das nicht durfte.",
            (Verdict::Upstream, false) => "The network between this server and its listeners failed.",
            (Verdict::Upstream, true) => "Das Netz zwischen diesem Server und den Zuhörenden versagte.",
            (Verdict::NotEnoughEvidence, false) => "Too few came, or too little went wrong, to tell.",
            (Verdict::NotEnoughEvidence, true) => "Zu wenige kamen, oder zu wenig ging schief, um es zu sagen.",
        }
    }
}
