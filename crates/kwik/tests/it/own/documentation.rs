//! The page shows the code of these tests and no other.

use std::{fs, path::Path};

/// The text without what indents its lines.
fn flat(text: &str) -> String {
    text.lines().map(|line| line.trim().to_owned() + "\n").collect()
}

#[test]
fn the_page_shows_code_that_is_tested() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = ["around", "embedding", "overridden", "ports", "routes", "seeds", "settings", "shop"];
    let source: String =
        files.map(|name| flat(&fs::read_to_string(here.join(format!("tests/it/own/{name}.rs"))).unwrap())).concat();
    let page = fs::read_to_string(here.join("../../docs/extending.md")).unwrap();
    let blocks: Vec<_> = page.split("```rust\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() >= 12, "{}", blocks.len());
    for block in blocks {
        assert!(source.contains(&flat(block)), "is not tested code any more:\n{block}");
    }
}
