//! Who gets which answer from the operations of the shop.

use super::shop::app;
use kwik_testkit::{AccessMatrix, database::Engine};

#[tokio::test]
async fn every_operation_of_the_shop_answers_as_the_file_says() {
    let matrix = AccessMatrix::start(Engine::Sqlite, app).await;
    matrix.compare(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/own/access_matrix.txt")).await;
}
