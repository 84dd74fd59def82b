//! What ends up in the metadata.

use crate::customer::Customer;
use crate::every_attribute::Article;
use kwik_domain::{Bound, Entity, EntityMeta, FieldMeta, Format, KeySource, Kind};

fn field(meta: &'static EntityMeta, name: &str) -> &'static FieldMeta {
    &meta.fields[meta.index_of(name).unwrap()]
}

#[test]
fn an_entity_without_attributes_gets_sensible_ones() {
    let meta = Customer::META;
    assert_eq!((meta.name, meta.plural, meta.collection), ("Customer", "Customers", "customers"));
    assert_eq!((meta.table, meta.doc), ("customers", "Somebody who buys."));
    assert!(meta.audited && meta.versioned && meta.grants_rights.is_none());
    assert_eq!((meta.own, meta.fields.len(), meta.max_limit), (5, 10, 1000));
    assert_eq!((meta.version(), meta.audit_columns()), (Some(5), Some(6)));
    assert_eq!(meta.fields[5].name, "version");
    assert_eq!(meta.fields[9].name, "last_modifier_user_id");
    assert_eq!(meta.key_source(), KeySource::Identity);
    assert_eq!(meta.check(), Ok(()));
}

#[test]
fn fields_say_what_their_attributes_say() {
    let limit = field(Customer::META, "credit_limit");
    assert_eq!((limit.kind, limit.default, limit.label), (Kind::Decimal, Some("5000"), "Credit limit"));
    assert_eq!((limit.min, limit.max), (Some(Bound { value: "0", inclusive: true }), None));
    let email = field(Customer::META, "email");
    assert!(email.unique && email.format == Format::Email && !email.nullable);
    let name = field(Customer::META, "name");
    assert_eq!((name.length, name.doc, name.column), (Some((1, Some(200))), "Full name.", "name"));
    assert!(field(Customer::META, "note").nullable);
}

#[test]
fn attributes_of_the_struct() {
    let meta = Article::META;
    assert_eq!((meta.plural, meta.collection, meta.table), ("Goods", "goods", "T_ARTICLE"));
    assert_eq!(meta.doc, "Something that is sold.\n\nIn a shop.");
    assert_eq!((meta.max_limit, meta.renamed_from), (50, Some("items")));
    assert_eq!(meta.unique_groups, [[1, 5], [3, 2]]);
    assert!(!meta.versioned && meta.audited);
    assert_eq!((meta.own, meta.fields.len(), meta.audit_columns()), (12, 16, Some(12)));
    assert_eq!(meta.key_source(), KeySource::Uuid7);
    assert_eq!(meta.check(), Ok(()));
}

#[test]
fn attributes_of_the_fields() {
    let of = |name| field(Article::META, name);
    assert_eq!((of("id").column, of("id").label), ("ARTICLE_ID", "Number"));
    assert!(of("sku").unique && of("sku").sensitive && of("sku").example == Some("SKU-1"));
    assert!(of("priority").indexed && of("priority").create_only);
    assert_eq!(of("priority").variants, ["low", "very_high", "n/a"]);
    assert_eq!(of("price").max, Some(Bound { value: "99.99", inclusive: false }));
    assert_eq!((of("price").example, of("price").renamed_from), (Some("9.99"), Some("cost")));
    assert_eq!(of("rating").min, Some(Bound { value: "-5", inclusive: true }));
    assert_eq!((of("rating").default, of("sold").default), (Some("-1"), Some("false")));
    assert!(of("type").trim && of("type").lowercase);
    assert_eq!(of("type").length, Some((2, Some(9))));
    assert_eq!((of("short").length, of("long").length), (Some((0, Some(3))), Some((4, None))));
    assert!(of("views").read_only && of("password").write_only && of("internal").hidden);
}

#[test]
fn the_framework_s_own_entities_say_whose_rights_they_are_about() {
    use kwik_domain::{RightsOf, access};
    for (meta, whose) in [
        (access::Role::META, Some(RightsOf::Everybody)),
        (access::User::META, Some(RightsOf::User(0))),
        (access::UserRole::META, Some(RightsOf::User(1))),
        (access::ApiKeyUse::META, None),
    ] {
        assert_eq!(meta.grants_rights, whose, "{}", meta.name);
    }
    assert_eq!(field(access::User::META, "login").fill, Some("lower(email)"));
    let after = field(access::AuditEntry::META, "after");
    assert!(after.json && after.sensitive && !field(access::AuditEntry::META, "via").json);
}

#[test]
fn the_framework_s_own_entities_are_in_order() {
    for meta in kwik_domain::access::ENTITIES {
        assert_eq!(meta.check(), Ok(()), "{}", meta.name);
    }
}
