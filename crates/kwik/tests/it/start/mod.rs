//! What keeps a program from starting, with a line that says what to do.

mod declarations;
mod settings;
