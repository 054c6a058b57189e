//! From which networks this process is offended, and from which it is listened to: for the kernel, where it may be told.
//!
//! Off unless somebody asks ([`begin`]); then one lock for each offence and for each new listener, and at most [`OFFENDERS_MAX`]
//! networks between two looks, which come once a second.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use hustings_guard::offenders::Met;
use hustings_vocab::limits::OFFENDERS_MAX;
use hustings_vocab::network::neighbourhood;

static ON: AtomicBool = AtomicBool::new(false);
static MET: Mutex<BTreeMap<IpAddr, (u32, bool)>> = Mutex::new(BTreeMap::new());

/// Somebody will take what is met from here.
pub fn begin() {
    ON.store(true, Relaxed);
}

/// A connection or request from this address did nothing but harm. It was made: its address is not forged.
pub fn offend(from: IpAddr) {
    note(from, |met| met.0 = met.0.saturating_add(1));
}

/// Somebody listens from this address, or has shown a ticket or token that holds.
pub fn spare(from: IpAddr) {
    note(from, |met| met.1 = true);
}

fn note(from: IpAddr, change: impl FnOnce(&mut (u32, bool))) {
    if !ON.load(Relaxed) {
        return;
    }
    let network = neighbourhood(from.to_canonical());
    let mut met = MET.lock().unwrap_or_else(PoisonError::into_inner);
    if met.len() < OFFENDERS_MAX || met.contains_key(&network) {
        change(met.entry(network).or_default());
    }
}

/// What was met since this was last asked.
pub fn take() -> Vec<Met> {
    let met = std::mem::take(&mut *MET.lock().unwrap_or_else(PoisonError::into_inner));
    met.into_iter().map(|(network, (offences, good))| Met { network, offences, good }).collect()
}
