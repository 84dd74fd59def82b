//! The command `seed`, before the first start of the server.

use super::harness::{Folder, KEY, PASSWORD, at, empty, printed};
use kwik_testkit::on_each_engine;

on_each_engine! {
    async fn it_says_what_it_made_and_what_was_there(engine) {
        let (folder, database) = (Folder::new(), empty(engine).await);
        let settings = [at(database.url()), KEY, PASSWORD];
        let first = printed(&folder, &settings, &["seed"]);
        for line in ["categories 1: made", "products 1: made", "products 2: made", "product_categories 1,1: made", "customers 1: made"] {
            assert!(first.contains(line), "{line} in {first}");
        }
        let second = printed(&folder, &settings, &["seed"]);
        assert!(second.contains("customers 1: there") && !second.contains("made"), "{second}");
        assert!(second.ends_with("all first rows are there\n"), "{second}");
    }
}
