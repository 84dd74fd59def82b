//! Keys that whoever creates a row gives, of one field and of several.

use kwik_domain::{Entity, FieldError, Fields, Input, KeySource, KeyType, ValueRef, entity::parse_json};

#[derive(Clone, Debug, PartialEq, Entity)]
struct Country {
    #[entity(key, given, length(2..=2))]
    code: String,
    name: String,
}

#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(validate = Stock::validate)]
struct Stock {
    /// Where it lies.
    #[entity(key, range(1..))]
    store: i32,
    #[entity(key)]
    product: i64,
    pieces: i64,
}

impl Stock {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        if i64::from(self.store) == self.product {
            Err(vec![FieldError::new("product", "must differ")])
        } else {
            Ok(())
        }
    }
}

#[derive(Clone, Debug, PartialEq, Entity)]
struct Legacy {
    #[entity(key, given)]
    number: i64,
}

#[test]
fn the_key_is_given_on_create_and_never_changed() {
    let create: StockCreate =
        parse_json(Stock::META, br#"{ "store": 3, "product": 7, "pieces": 2 }"#).expect("a stock");
    assert_eq!((create.store, create.product), (3, 7));
    assert_eq!(Stock::given_key(&create), Some((3, 7)));
    let draft = Stock::draft((4, 8), &create);
    assert_eq!(draft, Stock { store: 4, product: 8, pieces: 2 });
    assert_eq!(draft.key(), (4, 8));
    assert_eq!(draft.key().values().to_text(), "4,8");
    let mut changes = Vec::new();
    create.changes(&mut changes);
    assert_eq!(changes, [(0, ValueRef::Int(3)), (1, ValueRef::Int(7)), (2, ValueRef::Int(2))]);
    let update: StockUpdate = parse_json(Stock::META, br#"{ "store": 9, "pieces": 1 }"#).expect("a change");
    let mut changes = Vec::new();
    update.changes(&mut changes);
    assert_eq!(changes, [(2, ValueRef::Int(1))], "a key that is sent back is ignored");
    assert_eq!(Stock::change_to(&create, kwik_domain::FieldSet::ALL).pieces, Some(2));
}

#[test]
fn the_metadata_tell_of_the_key() {
    let of = |meta: &kwik_domain::EntityMeta| (meta.keys, meta.key_source(), meta.first_given());
    assert_eq!(of(Stock::META), (2, KeySource::Given, 0));
    assert_eq!(of(Country::META), (1, KeySource::Given, 0));
    assert_eq!(of(Legacy::META), (1, KeySource::Given, 0));
    let names: Vec<_> = Stock::META.key_fields().iter().map(|field| field.name).collect();
    assert_eq!(names, ["store", "product"]);
    assert!(Stock::META.fields[0].min.is_some() && Stock::META.fields[1].create_only);
    assert_eq!(Stock::META.check(), Ok(()));
    const { assert!(Stock::VALIDATES) };
}

#[test]
fn keys_of_one_field_are_plain() {
    let create: CountryCreate = parse_json(Country::META, br#"{ "code": "de", "name": "x" }"#).expect("a country");
    assert_eq!(Country::given_key(&create), Some("de".to_owned()));
    assert_eq!(Country::draft("at".to_owned(), &create).get(0), ValueRef::Text("at"));
    assert!(parse_json::<CountryCreate>(Country::META, br#"{ "code": "d", "name": "x" }"#).is_err());
    assert!(parse_json::<CountryCreate>(Country::META, br#"{ "name": "x" }"#).is_err());
    assert_eq!(Legacy::given_key(&LegacyCreate { number: 5 }), Some(5));
    let LegacyUpdate {} = LegacyUpdate::default();
}

#[test]
fn conditions_name_every_field_of_the_key() {
    assert_eq!(Stock::META.key_filter("3,7"), Ok(Stock::STORE.eq(3) & Stock::PRODUCT.eq(7)));
    assert_eq!(Country::META.key_filter("de"), Ok(Country::CODE.eq("de")));
    for text in ["3", "3,7,1", "3,x", "", "4294967296,1"] {
        assert!(Stock::META.key_filter(text).is_err(), "{text:?}");
    }
}
