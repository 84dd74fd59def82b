//! What every [`Clock`] and every [`Random`] must do.

use kwik_domain::{Clock, Random};
use std::collections::HashSet;

/// Moments are whole microseconds, of this century, and do not run backwards while nobody sets the
/// clock.
pub fn moments_are_whole_microseconds(clock: &dyn Clock) {
    let mut before = clock.now();
    assert!(before.timestamp() > 1_700_000_000, "{before} is long ago");
    for _ in 0..1000 {
        let now = clock.now();
        assert_eq!(now.timestamp_subsec_nanos() % 1000, 0, "{now} is not cut to microseconds");
        assert!(now >= before, "{now} comes after {before}");
        before = now;
    }
}

/// No bytes come twice, and every bit takes both values about equally often.
pub fn bytes_cannot_be_foreseen(random: &dyn Random) {
    const DRAWS: u32 = 4096;
    let mut seen = HashSet::new();
    let mut ones = [0u32; 128];
    for _ in 0..DRAWS {
        let bytes = random.bytes();
        assert!(seen.insert(bytes), "the same bytes came twice");
        for (bit, count) in ones.iter_mut().enumerate() {
            *count += u32::from(bytes[bit / 8] >> (bit % 8) & 1);
        }
    }
    for (bit, count) in ones.iter().enumerate() {
        // Eight standard deviations (32 each) from the half: never, unless the bit is not random.
        assert!(count.abs_diff(DRAWS / 2) < 256, "bit {bit} was one in {count} of {DRAWS} draws");
    }
}
