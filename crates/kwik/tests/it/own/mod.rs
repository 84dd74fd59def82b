//! What a program adds and replaces. The page `docs/extending.md` shows this code and no other.

mod access_matrix;
mod around;
mod documentation;
mod embedding;
mod explained;
mod offers;
mod overridden;
mod ports;
mod routes;
mod seeds;
mod settings;
mod shop;
mod wrong_offers;
