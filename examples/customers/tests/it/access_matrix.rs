//! Who gets which answer from the operations of the customers interface.

use crate::people::app;
use kwik_testkit::{AccessMatrix, database::Engine};

#[tokio::test]
async fn every_operation_answers_every_principal_as_the_file_says() {
    let matrix = AccessMatrix::start(Engine::Sqlite, app).await;
    matrix.compare(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/access_matrix.txt")).await;
}
