//! Tables: made, found as they are, renamed.

use super::{
    database::each_engine,
    entities::{audited, optional, plain, schema, text, things},
};
use chrono::{DateTime, NaiveDate, Utc};
use kwik_domain::{EntityMeta, FieldMeta};
use kwik_schema::{Schema, SchemaError};
use rust_decimal::Decimal;
use uuid::Uuid;

/// A table with a field of each kind.
pub(crate) fn everything() -> Schema {
    let fields = [
        FieldMeta::of::<bool>("active"),
        FieldMeta::of::<i32>("count").default("-3"),
        FieldMeta::of::<i64>("total").indexed(),
        FieldMeta::of::<f64>("ratio").default("0.1"),
        text("name").default("it's"),
        FieldMeta::of::<Decimal>("price").default("5000").unique(),
        FieldMeta::of::<Uuid>("token"),
        FieldMeta::of::<NaiveDate>("day").default("2026-01-31"),
        FieldMeta::of::<DateTime<Utc>>("at").default("2026-01-31T09:30:00Z"),
        optional("note"),
    ];
    let keys: Vec<FieldMeta> = vec![FieldMeta::of::<Uuid>("code"), text("name")];
    schema([
        audited("customers", &fields).unique_groups(&[&[3, 5]]),
        EntityMeta::new("Tag", "Tags", "tags", keys.leak(), 2).unaudited().unversioned().grants_rights(),
    ])
}

each_engine! {
    async fn starts_empty_and_runs_once(database) {
        let schema = everything();
        let statements = database.develop(&schema).await;
        assert!(statements.iter().all(|sql| sql.ends_with(';')), "{statements:#?}");
        assert_eq!(statements.iter().filter(|sql| sql.starts_with("CREATE TABLE")).count(), 13);
        assert!(database.drift(&schema).await.is_empty());
        assert!(database.develop(&schema).await.is_empty());
    }

    async fn other_tables_are_left_alone(database) {
        database.run("CREATE TABLE guest (id integer)").await;
        database.develop(&schema([plain("things", &[])])).await;
        assert!(database.develop(&schema([])).await.is_empty());
        database.run("INSERT INTO guest (id) VALUES (1); INSERT INTO things DEFAULT VALUES").await;
    }

    async fn a_renamed_table_keeps_rows_and_indexes(database) {
        let fields = [text("name").unique()];
        database.develop(&schema([plain("clients", &fields)])).await;
        database.run("INSERT INTO clients (name) VALUES ('Ada')").await;
        let renamed = schema([plain("customers", &fields).renamed_from("clients")]);
        let statements = database.develop(&renamed).await;
        assert!(statements[0].contains("RENAME TO"), "{statements:#?}");
        assert_eq!(database.text("SELECT name FROM customers").await, "Ada");
        assert!(database.drift(&renamed).await.is_empty());
        assert!(database.develop(&renamed).await.is_empty());
        database.try_run("INSERT INTO customers (name) VALUES ('Ada')").await.unwrap_err();
    }

    async fn a_former_table_name_may_be_used_again(database) {
        database.develop(&schema([plain("people", &[text("name").unique()])])).await;
        database.run("INSERT INTO people (name) VALUES ('Ada')").await;
        let next = schema([
            plain("people", &[text("city").unique()]),
            plain("persons", &[text("name").unique()]).renamed_from("people"),
        ]);
        database.develop(&next).await;
        assert_eq!(database.text("SELECT name FROM persons").await, "Ada");
        assert!(database.texts("SELECT city FROM people").await.is_empty());
        assert!(database.develop(&next).await.is_empty());
    }

    async fn a_schema_by_another_name_of_its_key_is_refused(database) {
        database.develop(&things(&[])).await;
        let fields = vec![FieldMeta::of::<Uuid>("id")];
        let meta = EntityMeta::new("Thing", "Things", "things", fields.leak(), 1).unaudited().unversioned();
        let error = database.try_develop(&schema([meta]), false).await.unwrap_err();
        assert!(error.starts_with("the primary key of things is id ("), "{error}");
    }
}

#[test]
fn two_entities_of_one_table_are_refused() {
    let entities: Vec<&'static EntityMeta> =
        vec![Box::leak(Box::new(plain("things", &[]))), Box::leak(Box::new(plain("Things", &[])))];
    let error = Schema::of(&entities).unwrap_err();
    assert!(matches!(error, SchemaError::DuplicateTable { .. }), "{error}");
    let entities: Vec<&'static EntityMeta> = vec![Box::leak(Box::new(plain("users", &[])))];
    assert_eq!(
        Schema::of(&entities).unwrap_err().to_string(),
        "User and Thing both want the table users; give one of them another `table` name"
    );
    let entities: Vec<&'static EntityMeta> = vec![Box::leak(Box::new(plain("kwik_audit", &[])))];
    assert!(Schema::of(&entities).is_err());
}
