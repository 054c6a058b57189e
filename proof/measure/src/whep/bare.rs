//! The floor of WebRTC fan-out: a loop that encrypts a packet for each listener and sends it, 50 times a second, and nothing else.
//!
//! The packets go to as many addresses as the crowd of [`super::Whep`] has, and are thrown away by another thread, on another
//! core if one is named. It is spread over the 20 ms as the server's are. What counts is the sending thread's own time.

use std::io::{self, IoSlice};
use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hustings_vocab::MediaTime;
use hustings_whep::{Master, Profile, Reel, Sealer, Track};
use rustix::net::{MMsgHdr, SendAncillaryBuffer, SendFlags, SocketAddrAny, sendmmsg};
use rustix::thread::{CpuSet, sched_setaffinity};
use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;

use super::sockets::Sockets;

const FRAME: Duration = Duration::from_millis(20);
/// Parts of a frame that packets are spread over.
const STEPS: usize = 20;

/// What the loop took.
#[derive(Debug, Clone, Serialize)]
pub struct BareSrtp {
    /// Listeners that it sent to.
    pub listeners: usize,
    /// Packets that the socket took.
    pub packets: u64,
    /// Packets that came to the other thread.
    pub arrived: u64,
    /// Seconds of processor time of the sending thread, user and system.
    pub cpu_seconds: f64,
    /// Microseconds of it for a packet.
    pub us_per_packet: f64,
}

/// Sends to so many listeners for so long, `bytes` of payload in a packet.
///
/// # Errors
/// What the system says.
pub fn bare(
    listeners: usize,
    bytes: usize,
    hold: Duration,
    profile: Profile,
    cores: Option<(usize, usize)>,
) -> io::Result<BareSrtp> {
    let mut sockets = Sockets::bind(8, 99)?;
    let mut reel = Reel::new(0);
    let mut places = Vec::with_capacity(listeners);
    for index in 0..listeners {
        let key = [index as u8 ^ 0x5a; 32];
        let salt = [(index >> 8) as u8; 14];
        let master = Master { profile, key: &key[..profile.key_bytes()], salt: &salt[..profile.salt_bytes()] };
        let track = Track::new(Sealer::new(&master, index as u32), 111, 0, &reel);
        places.push((Box::new(track), SocketAddrAny::from(sockets.place(index)?)));
    }
    let (over, arrived) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let draining = {
        let (over, arrived) = (over.clone(), arrived.clone());
        std::thread::Builder::new().name("drain".into()).spawn(move || {
            pin(cores.map(|(_, drain)| drain))?;
            while !over.load(Relaxed) {
                std::thread::sleep(super::NAP);
                for socket in 0..sockets.len() {
                    sockets.receive(socket, |_| {
                        arrived.fetch_add(1, Relaxed);
                    })?;
                }
            }
            io::Result::Ok(())
        })?
    };
    pin(cores.map(|(send, _)| send))?;
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    let mut room = vec![0; 512 * (bytes + 32)];
    let per_step = listeners.div_ceil(STEPS);
    let (mut packets, begun, cpu) = (0, Instant::now(), thread_cpu());
    for frame in 0_u64.. {
        if begun.elapsed() >= hold {
            break;
        }
        reel.push(MediaTime(frame * 960), Bytes::from(vec![0x55; bytes]));
        for (step, places) in places.chunks(per_step.max(1)).enumerate() {
            let due = begun + FRAME * frame as u32 + FRAME * step as u32 / STEPS as u32;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            for places in places.chunks(512) {
                packets += send(&socket, &reel, frame, places, &mut room)?;
            }
        }
    }
    let cpu_seconds = thread_cpu() - cpu;
    std::thread::sleep(Duration::from_millis(100));
    over.store(true, Relaxed);
    if let Ok(drained) = draining.join() {
        drained?;
    }
    let us_per_packet = cpu_seconds * 1e6 / (packets.max(1)) as f64;
    Ok(BareSrtp { listeners, packets, arrived: arrived.load(Relaxed), cpu_seconds, us_per_packet })
}

fn send(
    socket: &UdpSocket,
    reel: &Reel,
    frame: u64,
    places: &[(Box<Track>, SocketAddrAny)],
    room: &mut [u8],
) -> io::Result<u64> {
    let Some(frame) = reel.frame(frame) else { return Ok(0) };
    let (mut ends, mut used) = (Vec::with_capacity(places.len()), 0);
    for (track, to) in places {
        used += track.write(frame, &mut room[used..]).unwrap_or(0);
        ends.push((used, to));
    }
    let mut from = 0;
    let slices: Vec<_> =
        ends.iter().map(|(end, _)| IoSlice::new(&room[std::mem::replace(&mut from, *end)..*end])).collect();
    let mut controls: Vec<_> = slices.iter().map(|_| SendAncillaryBuffer::default()).collect();
    let mut headers: Vec<_> = ends
        .iter()
        .zip(&slices)
        .zip(&mut controls)
        .map(|(((_, to), slice), control)| MMsgHdr::new_with_addr(to, std::slice::from_ref(slice), control))
        .collect();
    Ok(sendmmsg(socket, &mut headers, SendFlags::empty())? as u64)
}

fn pin(core: Option<usize>) -> io::Result<()> {
    let Some(core) = core else { return Ok(()) };
    let mut set = CpuSet::new();
    set.set(core);
    Ok(sched_setaffinity(None, &set)?)
}

fn thread_cpu() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}
