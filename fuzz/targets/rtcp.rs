//! What a WebRTC listener sends back: any bytes as SRTCP, and any bytes as RTCP under a good key.
#![no_main]

use hustings_whep::{Heard, Master, Opener, Profile, Sealer, hear};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let profile = Profile::ALL[usize::from(*first) % Profile::ALL.len()];
    let (key, salt) = ([7; 32], [8; 14]);
    let master = Master { profile, key: &key[..profile.key_bytes()], salt: &salt[..profile.salt_bytes()] };
    let mut opener = Opener::new(&master);
    assert!(opener.rtcp(&mut rest.to_vec()).is_err(), "a key was guessed");

    let ssrc = rest.get(8..12).map_or(0, |b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]));
    if let Ok(Heard { missing, report, .. }) = hear(rest, ssrc) {
        assert!(missing.len() <= 68);
        assert!(report.is_none_or(|r| (-(1 << 23)..1 << 23).contains(&r.lost)));
    }
    // A sealer's packets come from its own SSRC; what it seals is opened once, as it was.
    let mut sealed = rest.to_vec();
    if rest.len() >= 8 {
        let sender = u32::from_be_bytes([rest[4], rest[5], rest[6], rest[7]]);
        assert!(Sealer::new(&master, sender).rtcp(&mut sealed));
        let copy = sealed.clone();
        assert_eq!(opener.rtcp(&mut sealed), Ok(rest));
        assert!(opener.rtcp(&mut copy.clone()).is_err(), "it came twice");
    }
});
