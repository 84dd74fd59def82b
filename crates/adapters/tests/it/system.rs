//! The conformance suites of the ports `Clock` and `Random`.

use kwik_adapters::system::{SystemClock, SystemRandom};
use kwik_testkit::conformance::clock_random;

#[test]
fn moments_are_whole_microseconds() {
    clock_random::moments_are_whole_microseconds(&SystemClock);
}

#[test]
fn bytes_cannot_be_foreseen() {
    clock_random::bytes_cannot_be_foreseen(&SystemRandom);
}
