//! What is heard beside the voices: a clip that somebody plays, and what the lobby sounds of.
//!
//! Sound comes ready made, in ticks, from a thread that reads ahead into a bounded queue; a tick takes what is there and never
//! waits. A queue that has run dry is silence until it has something again; one that was closed is the end. Gains move
//! linearly within ticks, so that nothing clicks. Absent: files and their formats.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};

use hustings_mix::{Frame, Heard, Mixer, dbov};
use hustings_vocab::TICK_SAMPLES;
use hustings_vocab::event::Playing;

/// Ticks of sound in the order in which they are played.
pub type Feed = Receiver<Box<Frame>>;

/// A clip to play.
#[derive(Debug)]
pub struct Clip {
    /// What everybody is told of it.
    pub playing: Playing,
    /// Its sound.
    pub feed: Feed,
}

/// What a lobby sounds of.
#[derive(Debug)]
pub enum LobbySound {
    /// This, over and over.
    Loop(Arc<[f32]>),
    /// What comes, until it ends.
    Feed(Feed),
}

/// Ticks of the fade when a clip is stopped: 200 ms.
const STOP_TICKS: f32 = 10.0;
/// Ticks in which the lobby's sound goes and comes: 300 ms.
const LOBBY_TICKS: f32 = 15.0;
/// Keys of clips among the voices, whose keys are sessions and begin at 1.
const KEYS_FROM: u64 = 1 << 63;
/// Half a step of 16 bits: less is silence.
const SILENCE_PEAK: f32 = 1.0 / 65_536.0;

/// A gain on its way.
#[derive(Debug, Clone, Copy)]
struct Ramp {
    at: f32,
    per_tick: f32,
}

impl Ramp {
    /// One tick further towards open or closed.
    fn pass(&mut self, frame: &mut Frame, open: bool) {
        let goal = if open { 1.0 } else { 0.0 };
        let next = self.at + (goal - self.at).clamp(-self.per_tick, self.per_tick);
        if self.at == 1.0 && next == 1.0 {
            return;
        }
        let step = (next - self.at) / TICK_SAMPLES as f32;
        for (n, sample) in frame.iter_mut().enumerate() {
            *sample *= step.mul_add(n as f32, self.at);
        }
        self.at = next;
    }
}

/// A clip that is played, or that fades out.
#[derive(Debug)]
struct Deck {
    key: u64,
    clip: Clip,
    gain: Ramp,
    stopping: bool,
    over: bool,
}

impl Deck {
    fn tick(&mut self, frame: &mut Frame) -> Heard {
        match self.clip.feed.try_recv() {
            Ok(made) => *frame = *made,
            Err(gone) => {
                frame.fill(0.0);
                self.over |= gone == TryRecvError::Disconnected;
            }
        }
        self.gain.pass(frame, !self.stopping);
        self.over |= self.stopping && self.gain.at == 0.0;
        let contributes = frame.iter().any(|sample| sample.abs() > SILENCE_PEAK);
        Heard { dbov: dbov(frame), contributes, concealed: false }
    }
}

/// Everything that is heard of one conversation beside its voices.
#[derive(Debug)]
pub(crate) struct Decks {
    decks: Vec<Deck>,
    next_key: u64,
    /// Their sum in this tick, for an audience that does not hear the stage.
    sum: Frame,
    direct: Ramp,
    lobby: Option<(LobbySound, usize)>,
    lobby_gain: Ramp,
}

impl Default for Decks {
    fn default() -> Self {
        Self {
            decks: Vec::new(),
            next_key: KEYS_FROM,
            sum: [0.0; TICK_SAMPLES],
            direct: Ramp { at: 1.0, per_tick: 1.0 },
            lobby: None,
            lobby_gain: Ramp { at: 0.0, per_tick: 1.0 / LOBBY_TICKS },
        }
    }
}

impl Decks {
    /// Plays a clip in place of the one that is played.
    pub(crate) fn play(&mut self, clip: Clip) {
        self.stop();
        // Of those that fade out the newest is enough.
        self.decks.drain(..self.decks.len().saturating_sub(1));
        let gain = Ramp { at: 1.0, per_tick: 1.0 / STOP_TICKS };
        self.decks.push(Deck { key: self.next_key, clip, gain, stopping: false, over: false });
        self.next_key += 1;
    }

    /// Lets the clip fade out.
    pub(crate) fn stop(&mut self) {
        self.decks.iter_mut().for_each(|deck| deck.stopping = true);
    }

    /// What the lobby sounds of from now on.
    pub(crate) fn set_lobby(&mut self, sound: Option<LobbySound>) {
        // What sounded until now ends at once, which is heard by those who wait as a cut; it is soft.
        self.lobby = sound.map(|sound| (sound, 0));
        self.lobby_gain.at = 0.0;
    }

    /// What is played.
    pub(crate) fn playing(&self) -> Option<&Playing> {
        self.decks.iter().find(|deck| !deck.stopping && !deck.over).map(|deck| &deck.clip.playing)
    }

    /// Puts this tick of the clips among the voices, and tells the level of each. True when one has ended.
    pub(crate) fn hear(&mut self, mixer: &mut Mixer, mut level: impl FnMut(&Playing, u8)) -> bool {
        self.sum.fill(0.0);
        for deck in &mut self.decks {
            let sum = &mut self.sum;
            let heard = mixer.hear(deck.key, |frame| {
                let heard = deck.tick(frame);
                sum.iter_mut().zip(frame.iter()).for_each(|(to, from)| *to += from);
                heard
            });
            level(&deck.clip.playing, heard.dbov);
        }
        let before = self.decks.len();
        self.decks.retain(|deck| !deck.over);
        self.decks.len() < before
    }

    /// Adds what the audience hears beside the stage: clips while it does not hear that, and in the lobby its sound.
    pub(crate) fn add(&mut self, program: &mut Frame, on_air: bool, in_lobby: bool) {
        let (mut sum, was) = (self.sum, self.direct.at);
        self.direct.pass(&mut sum, !on_air);
        if was > 0.0 || self.direct.at > 0.0 {
            program.iter_mut().zip(sum).for_each(|(to, from)| *to = (*to + from).clamp(-1.0, 1.0));
        }
        let open = in_lobby && self.decks.is_empty();
        if self.lobby.is_none() || (!open && self.lobby_gain.at == 0.0) {
            // A lobby is over once.
            self.lobby.take_if(|_| !in_lobby);
            return;
        }
        let mut frame = [0.0; TICK_SAMPLES];
        if !self.lobby_tick(&mut frame) {
            self.lobby = None;
        }
        self.lobby_gain.pass(&mut frame, open);
        program.iter_mut().zip(frame).for_each(|(to, from)| *to = (*to + from).clamp(-1.0, 1.0));
    }

    /// One tick of the lobby's sound; false when there is no more.
    fn lobby_tick(&mut self, frame: &mut Frame) -> bool {
        match &mut self.lobby {
            Some((LobbySound::Loop(sound), at)) if !sound.is_empty() => {
                for sample in frame.iter_mut() {
                    *sample = sound[*at];
                    *at = (*at + 1) % sound.len();
                }
                true
            }
            Some((LobbySound::Feed(feed), _)) => match feed.try_recv() {
                Ok(made) => {
                    *frame = *made;
                    true
                }
                Err(gone) => gone == TryRecvError::Empty,
            },
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{SyncSender, sync_channel};

    use super::*;

    fn clip(name: &str) -> (SyncSender<Box<Frame>>, Clip) {
        let (send, feed) = sync_channel(64);
        let playing = Playing { seat: format!("clip-{name}").parse().unwrap(), title: name.into(), length_ms: 1000 };
        (send, Clip { playing, feed })
    }

    fn tick(decks: &mut Decks, mixer: &mut Mixer, on_air: bool, in_lobby: bool) -> (f32, f32) {
        decks.hear(mixer, |_, _| {});
        mixer.mix();
        let mut program = [0.0; TICK_SAMPLES];
        decks.add(&mut program, on_air, in_lobby);
        (program[0], program[TICK_SAMPLES - 1])
    }

    #[test]
    fn a_clip_reaches_an_audience_that_does_not_hear_the_stage_and_fades_when_it_is_stopped() {
        let (mut decks, mut mixer) = (Decks::default(), Mixer::new());
        let (send, clip) = clip("one");
        for _ in 0..40 {
            send.send(Box::new([0.5; TICK_SAMPLES])).unwrap();
        }
        decks.play(clip);
        assert_eq!(tick(&mut decks, &mut mixer, false, false), (0.5, 0.5));
        assert_eq!(decks.playing().unwrap().title, "one");
        // On air it is in the mix, and not twice; between the two it is faded over.
        let (first, last) = tick(&mut decks, &mut mixer, true, false);
        assert!(first == 0.5 && last < 0.01, "{first} {last}");
        assert_eq!(tick(&mut decks, &mut mixer, true, false), (0.0, 0.0));
        decks.stop();
        assert!(decks.playing().is_none());
        tick(&mut decks, &mut mixer, false, false);
        let (first, last) = tick(&mut decks, &mut mixer, false, false);
        assert!(last < first && first < 0.5, "{first} {last}");
        for _ in 0..STOP_TICKS as usize {
            tick(&mut decks, &mut mixer, false, false);
        }
        assert!(decks.decks.is_empty() && send.send(Box::new([0.0; TICK_SAMPLES])).is_err(), "its reader is told");
    }

    #[test]
    fn a_reader_that_is_late_is_silence_and_one_that_is_gone_is_the_end() {
        let (mut decks, mut mixer) = (Decks::default(), Mixer::new());
        let (send, clip) = clip("late");
        decks.play(clip);
        assert_eq!(tick(&mut decks, &mut mixer, false, false), (0.0, 0.0));
        assert!(decks.playing().is_some());
        drop(send);
        assert!(decks.hear(&mut mixer, |_, _| {}));
        assert!(decks.playing().is_none());
    }

    #[test]
    fn the_lobby_sounds_until_the_start_and_fades_within_300_ms() {
        let (mut decks, mut mixer) = (Decks::default(), Mixer::new());
        decks.set_lobby(Some(LobbySound::Loop(vec![0.1; 5000].into())));
        for _ in 0..LOBBY_TICKS as usize + 1 {
            tick(&mut decks, &mut mixer, false, true);
        }
        assert_eq!(tick(&mut decks, &mut mixer, false, true), (0.1, 0.1));
        for n in 0..LOBBY_TICKS as usize + 1 {
            let (first, _) = tick(&mut decks, &mut mixer, true, false);
            assert!(n == 0 || first < 0.1);
        }
        assert_eq!(tick(&mut decks, &mut mixer, true, false), (0.0, 0.0));
        assert!(decks.lobby.is_none(), "its reader is told");
    }
}
