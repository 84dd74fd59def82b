//! The page about relations shows this example's code and no other.

use std::{fs, path::Path};

/// The text without what indents its lines.
fn flat(text: &str) -> String {
    text.lines().map(|line| line.trim().to_owned() + "\n").collect()
}

#[test]
fn the_page_shows_the_code_as_it_is() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = ["lib", "customer", "invoice", "order", "product"];
    let source: String =
        files.map(|name| flat(&fs::read_to_string(here.join(format!("src/{name}.rs"))).unwrap())).concat();
    let page = fs::read_to_string(here.join("../../docs/relations.md")).unwrap();
    let blocks: Vec<_> = page.split("```rust\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() >= 7, "{}", blocks.len());
    for block in blocks {
        assert!(source.contains(&flat(block)), "is not the example's code any more:\n{block}");
    }
}
