//! Entities of every kind: what goes in comes out, on both engines, and nothing else does.

mod constraints;
mod cross_field;
mod everything;
mod round_trip;
mod secrets;
mod strictness;
mod unique;
