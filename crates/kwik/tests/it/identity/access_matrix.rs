//! Who gets which answer from the operations that every app has.

use kwik::App;
use kwik_testkit::{AccessMatrix, on_each_engine};

on_each_engine! {
    async fn every_operation_answers_every_principal_as_the_file_says(engine) {
        let matrix = AccessMatrix::start(engine, App::new).await;
        matrix.compare(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/identity/access_matrix.txt")).await;
    }
}
