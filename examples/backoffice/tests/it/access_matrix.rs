//! Who gets which answer from the operations of the back office.

use crate::shop::{ACCOUNTANT, CLERK};
use kwik_testkit::{AccessMatrix, database::Engine};

#[tokio::test]
async fn every_operation_answers_every_principal_as_the_file_says() {
    let matrix = AccessMatrix::start(Engine::Sqlite, backoffice::app).await;
    let matrix = matrix
        .principal("a clerk", async |app| app.with_permissions(&CLERK).await)
        .principal("an accountant", async |app| app.with_permissions(&ACCOUNTANT).await);
    matrix.compare(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/access_matrix.txt")).await;
}
