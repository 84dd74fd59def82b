//! kwik
