//! Names that could collide with what the derive writes, and shapes at the edge.

use kwik_domain::{Entity, FieldType, Fields, Input, ValueRef};

/// Fields named like everything that the generated code uses.
#[derive(Clone, Debug, PartialEq, Entity)]
struct Collision {
    #[entity(key)]
    key: i64,
    meta: i64,
    reader: String,
    row: String,
    index: i32,
    out: Option<String>,
    value: bool,
    create: bool,
    update: f64,
    errors: bool,
    f: i32,
    fields: String,
    r#fn: String,
}

/// Nothing but a key, no system fields.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(unaudited, unversioned)]
pub(crate) struct Box {
    #[entity(key)]
    pub(crate) id: i64,
}

/// Types that hide the prelude's do not confuse the derive.
mod shadow {
    #![allow(dead_code)]
    pub(crate) struct Option;
    pub(crate) struct Some;
    pub(crate) struct None;
    pub(crate) struct Ok;
    pub(crate) struct Result;
    pub(crate) struct Vec;
    pub(crate) struct Clone;
    pub(crate) struct Default;
    pub(crate) struct Self_;

    #[derive(::core::clone::Clone, Debug, kwik_domain::Entity)]
    pub(crate) struct Shadowed {
        #[entity(key)]
        pub(crate) id: i64,
        #[entity(length(1..), validate = super::anything)]
        pub(crate) name: ::std::string::String,
    }

    #[derive(::core::clone::Clone, Debug, kwik_domain::FieldType)]
    pub(crate) enum Shade {
        None,
        Some,
    }

    #[derive(::core::clone::Clone, Debug, kwik_domain::FieldType)]
    #[field(validate = super::anything)]
    pub(crate) struct Shadow(pub(crate) ::std::string::String);
}

#[expect(clippy::unnecessary_wraps, reason = "it is a validation function")]
fn anything(_: &str) -> Result<(), String> {
    Ok(())
}

/// A type alias hides that it is an option; the derive does not look.
type Maybe = Option<String>;

#[derive(Clone, Debug, PartialEq, Entity)]
struct Person {
    #[entity(key)]
    id: i64,
    nickname: Maybe,
    size: Size,
}

#[derive(Clone, Debug, PartialEq, FieldType)]
enum Size {
    Small,
    ExtraLarge,
}

#[test]
fn fields_may_have_any_name() {
    let meta = <Collision as Entity>::META;
    assert_eq!((meta.collection, meta.fields[12].name), ("collisions", "fn"));
    assert_eq!(Collision::META.index(), 1, "the handle of the field `meta`");
    assert_eq!(Collision::FN.index(), 12);
    let body = br#"{"meta":1,"reader":"a","row":"b","index":2,"value":true,"create":true,
        "update":1.5,"errors":true,"f":-3,"fields":"c","fn":"d"}"#;
    let create: CollisionCreate = kwik_domain::entity::parse_json(meta, body).unwrap();
    let row = Collision::draft(1, &create);
    assert_eq!((row.get(2), row.get(12)), (ValueRef::Text("a"), ValueRef::Text("d")));
}

#[test]
fn an_entity_of_nothing_but_a_key() {
    let meta = <Box as Entity>::META;
    assert_eq!((meta.plural, meta.collection, meta.fields.len()), ("Boxes", "boxes", 1));
    let mut row = Box::draft(4, &BoxCreate {});
    row.apply(&BoxUpdate {});
    let mut out = Vec::new();
    BoxCreate {}.changes(&mut out);
    assert!(out.is_empty() && row.id == 4);
}

#[test]
fn an_alias_of_an_option_is_an_option() {
    let meta = Person::META;
    assert_eq!((meta.plural, meta.collection), ("People", "people"));
    assert!(meta.fields[1].nullable);
    assert_eq!(meta.fields[2].variants, [Size::Small.name(), Size::ExtraLarge.name()]);
    let update = PersonUpdate { nickname: Some(None), ..PersonUpdate::default() };
    assert_eq!(update.size, None);
}

#[test]
fn nothing_of_the_prelude_is_needed() {
    assert_eq!(shadow::Shadowed::META.collection, "shadoweds");
    let shade = <shadow::Shade as FieldType>::VARIANTS;
    assert_eq!(shade, ["none", "some"]);
    assert_eq!(FieldType::value(&shadow::Shadow("x".into())), ValueRef::Text("x"));
}
