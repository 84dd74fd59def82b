//! The program itself, as a process: it starts, serves, stops, and finds its data again.
