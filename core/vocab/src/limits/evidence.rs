//! Maxima of the evidence: sketches, records, the log, bundles and witnesses.

/// Bytes that all sketches of one node may take together, as promised.
pub const SKETCHES_BYTES_MAX: usize = 1024 * 1024;
/// Sources below which counts are told in steps of [`COARSE_STEP`], and no row of a prefix is told at all.
pub const SOURCES_TOLD_MIN: u64 = 50;
/// Steps of counts where few are present.
pub const COARSE_STEP: i64 = 5;
/// Heavy prefixes that a sketch follows.
pub const HEAVY_KEPT_MAX: usize = 32;
/// Rows of prefixes in one record.
pub const ROWS_MAX: usize = 8;
/// Bytes of one record: an entry of the log has its length in 16 bits (C2SP tlog-tiles).
pub const RECORD_BYTES_MAX: usize = 65_535;
/// Depth of lists and maps in a record: ours have four.
pub const RECORD_DEPTH_MAX: usize = 12;
/// Bytes of one signed note: a checkpoint of 200 bytes with 64 signatures of 250.
pub const NOTE_BYTES_MAX: usize = 32 * 1024;
/// Signatures on one note: the log's own, and those of witnesses.
pub const NOTE_SIGNATURES_MAX: usize = 64;
/// Characters of a key's name.
pub const KEY_NAME_CHARS_MAX: usize = 200;
/// Records of one log: a hundred years of an hour a day. Their hashes take 70 MB.
pub const LOG_RECORDS_MAX: u64 = 2_200_000;
/// Files of one bundle: the hashes of a log of the greatest length in tiles of 256 (8,594), records of a conversation of a
/// month (169 bundles), and a thousand checkpoints.
pub const BUNDLE_FILES_MAX: usize = 10_000;
/// Bytes of one bundle: hashes of the longest log (70 MB), and 43,200 records of 3 kB.
pub const BUNDLE_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Checkpoints with cosignatures that a log keeps, the newest, and that a bundle holds.
pub const CHECKPOINTS_KEPT_MAX: usize = 1000;
/// Minutes of one conversation that a verifier reads: a month.
pub const MINUTES_MAX: usize = 44_640;
/// Bytes of a request to a witness: a note, and 63 hashes of a proof.
pub const WITNESS_BODY_BYTES_MAX: usize = NOTE_BYTES_MAX + 64 * 64;
/// Hashes of a consistency proof: two for each level of a tree of 2^63.
pub const PROOF_HASHES_MAX: usize = 63;
/// Probers that a server knows.
pub const PROBERS_MAX: usize = 64;
/// Characters of the origin by which a prober calls.
pub const PROBE_ORIGIN_CHARS_MAX: usize = 200;
/// Seconds after which a probe is too old to be written down: an evening during which nobody got through.
pub const PROBE_AGE_SECONDS_MAX: i64 = 6 * 3600;
/// Probes that wait for the end of the minute: those that 64 probers kept for an hour.
pub const PROBES_WAITING_MAX: usize = 4096;
/// Probes that a prober keeps for a server that it does not reach.
pub const PROBES_KEPT_MAX: usize = 1024;
/// Witnesses of one log.
pub const WITNESSES_MAX: usize = 16;
/// Logs that one witness follows.
pub const WITNESSED_LOGS_MAX: usize = 256;
/// Receipts of listeners in one minute: the arrivals of a crowd of 5,000 a second. Later ones are for the next minute.
pub const RECEIPTS_A_MINUTE_MAX: usize = 300_000;
/// Seconds for which a source may be known in memory, as promised.
pub const SOURCES_SECONDS_MAX: u64 = 600;
/// Seconds by which the clocks of a log and its witnesses may differ.
pub const WITNESS_SKEW_SECONDS_MAX: i64 = 300;
/// Problems that a verifier names one by one.
pub const PROBLEMS_MAX: usize = 1000;
