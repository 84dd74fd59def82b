//! Every change leaves exactly one record, whoever else changes the row at the same time, with and
//! without a rule that makes the change part of a larger unit of work.

mod chain;
mod counter;
mod rules;
