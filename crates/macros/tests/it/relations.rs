//! What the derive says of how entities belong together.

use kwik_domain::{Entity, OnDelete};

#[derive(Clone, Debug, Entity)]
struct Buyer {
    #[entity(key)]
    id: i64,
    #[entity(search, pattern = "[A-Z]+")]
    code: String,
    #[entity(url)]
    site: Option<String>,
    /// Rings are fine.
    #[entity(references = Purchase, on_delete = "set_null", relation = "latest")]
    latest_purchase: Option<i64>,
}

#[derive(Clone, Debug, Entity)]
#[entity(children(lines = PurchaseLine::PURCHASE_ID))]
struct Purchase {
    #[entity(key)]
    id: i64,
    #[entity(references = Buyer)]
    buyer_id: i64,
}

#[derive(Clone, Debug, Entity)]
struct PurchaseLine {
    #[entity(key)]
    id: i64,
    #[entity(references = Purchase, on_delete = "cascade")]
    purchase_id: i64,
}

#[derive(Clone, Debug, Entity)]
#[entity(view = "SELECT id FROM buyers")]
struct BuyerKey {
    #[entity(key)]
    id: i64,
}

#[test]
fn references_name_the_row_and_the_entity() {
    let references: Vec<_> = Buyer::META.references().collect();
    let [(3, latest)] = references.as_slice() else { panic!("{references:?}") };
    assert_eq!((latest.name, latest.target().name, latest.on_delete), ("latest", "Purchase", OnDelete::SetNull));
    let (_, buyer) = Purchase::META.references().next().expect("a reference");
    assert_eq!((buyer.name, buyer.target().name, buyer.on_delete), ("buyer", "Buyer", OnDelete::Restrict));
    assert!(Purchase::META.fields[1].indexed, "what is referred to is looked for from there");
}

#[test]
fn children_and_views_are_in_the_metadata() {
    let [lines] = Purchase::META.children else { panic!("no children") };
    assert_eq!((lines.name, lines.target().name, lines.field), ("lines", "PurchaseLine", 1));
    assert!(BuyerKey::META.view.is_some_and(|view| view.sqlite == "SELECT id FROM buyers"));
    assert!(!BuyerKey::META.audited && !BuyerKey::META.versioned);
    assert_eq!(BuyerKey::META.permission_names(), ["buyer_keys_read"]);
    assert!(Buyer::META.fields[1].search && Buyer::META.fields[1].pattern == Some("[A-Z]+"));
}
