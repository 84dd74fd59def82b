//! What the derive says of how entities belong together.

use kwik_domain::{Entity, OnDelete};

#[derive(Clone, Debug, Entity)]
struct Buyer {
    #[entity(key)]
    id: i64,
    #[entity(search, pattern = "[A-Z]+", example = "ABC")]
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

#[test]
fn parts_are_read_with_the_whole() {
    let body = br#"{ "buyer_id": 1, "lines": [{ "id": 7 }, { "purchase_id": 9, "id": null }], "buyer": {} }"#;
    let create: PurchaseCreate = kwik_domain::entity::parse_json(Purchase::META, body).expect("a purchase");
    assert_eq!(create.lines.len(), 2);
    let update: PurchaseUpdate =
        kwik_domain::entity::parse_json(Purchase::META, br#"{ "lines": [{ "id": 7 }, {}] }"#).expect("a change");
    let keys: Vec<_> = update.lines.expect("lines").iter().map(|line| line.key).collect();
    assert_eq!(keys, [Some(7), None]);
}

#[test]
fn errors_in_parts_say_where_they_are() {
    let body = br#"{ "buyer_id": 1, "lines": [{}, { "id": "x", "size": 1 }, 5] }"#;
    let parsed = kwik_domain::entity::parse_json::<PurchaseCreate>(Purchase::META, body);
    let Err(kwik_domain::Error::Invalid(errors)) = parsed else { panic!("{parsed:?}") };
    let places: Vec<_> = errors.iter().map(|e| (e.within.clone(), e.field.as_ref(), e.item, e.issue.code)).collect();
    let second = vec![("lines", 1)];
    assert_eq!(
        places,
        [(second.clone(), "id", None, "type"), (second, "size", None, "unknown"), (vec![], "lines", Some(2), "type"),]
    );
}

#[test]
fn parts_are_shown_to_whoever_writes_them() {
    struct Names(Vec<&'static str>);
    impl kwik_domain::ChildVisitor<Purchase> for Names {
        fn child<C: Entity>(&mut self, access: kwik_domain::ChildAccess<Purchase, C>) {
            let create = PurchaseCreate { buyer_id: 1, lines: vec![PurchaseLineCreate { purchase_id: 0 }] };
            let mut line = (access.created)(&create)[0].clone();
            (access.adopt)(&mut line, 5);
            let mut values = Vec::new();
            kwik_domain::Input::changes(&line, &mut values);
            assert_eq!(values, [(1, kwik_domain::ValueRef::Int(5))]);
            self.0.push(C::META.name);
        }
    }
    let mut names = Names(Vec::new());
    Purchase::children(&mut names);
    assert_eq!(names.0, ["PurchaseLine"]);
    let create = PurchaseCreate { buyer_id: 4, lines: vec![] };
    assert_eq!(Purchase::change_to(&create, kwik_domain::FieldSet::ALL).buyer_id, Some(4));
    assert_eq!(Purchase::change_to(&create, kwik_domain::FieldSet::NONE).buyer_id, None);
    let mut kept = create.clone();
    Purchase { id: 1, buyer_id: 9 }.keep(&mut kept, kwik_domain::FieldSet::NONE.with(1));
    assert_eq!(kept.buyer_id, 9);
}
