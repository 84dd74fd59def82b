//! The program itself, as a process: it is killed amid its work, there are two of it, it runs in production.

mod crash;
mod harness;
mod production;
mod seed;
mod two_instances;
