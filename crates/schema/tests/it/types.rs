//! Types: changed where nothing is lost, refused elsewhere.

use super::{
    database::each_engine,
    entities::{text, things},
};
use kwik_domain::FieldMeta;
use rust_decimal::Decimal;

each_engine! {
    async fn a_safe_change_keeps_values(database) {
        let fields = |money: FieldMeta| things(&[money.unique(), FieldMeta::of::<i32>("count")]);
        database.develop(&fields(FieldMeta::of::<i32>("money").default("7"))).await;
        database.run("INSERT INTO things (money, count) VALUES (-2147483648, 1)").await;
        let wide = fields(FieldMeta::of::<i64>("money").default("7"));
        database.develop(&wide).await;
        assert!(database.drift(&wide).await.is_empty());
        let exact = fields(FieldMeta::of::<Decimal>("money").default("7.50"));
        database.develop(&exact).await;
        assert!(database.drift(&exact).await.is_empty());
        assert!(database.develop(&exact).await.is_empty());
        database.run("INSERT INTO things (count) VALUES (2)").await;
        assert_eq!(database.text("SELECT CAST(money AS text) FROM things WHERE count = 1").await, "-2147483648");
        assert_eq!(database.text("SELECT CAST(money AS text) FROM things WHERE count = 2").await, "7.50");
    }

    async fn an_unsafe_change_is_refused_where_there_are_values(database) {
        let fields = |size: FieldMeta| things(&[size.indexed(), text("name")]);
        database.develop(&fields(text("size").default("big"))).await;
        database.run("INSERT INTO things (name) VALUES ('x')").await;
        let number = fields(FieldMeta::of::<i64>("size"));
        let error = database.try_develop(&number, false).await.unwrap_err();
        assert!(error.contains("things.size cannot become"), "{error}");
        database.run("DELETE FROM things").await;
        database.develop(&number).await;
        assert!(database.drift(&number).await.is_empty());
        assert!(database.develop(&number).await.is_empty());
    }
}
