//! Defaults: what is written in DDL is read back as it was.

use super::{
    database::{Engine, TestDatabase, each_engine},
    entities::{plain, schema},
};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use kwik_domain::{FieldMeta, Kind, Value, ValueRef};
use proptest::{collection::vec, prelude::*, strategy::ValueTree, test_runner::TestRunner};
use rust_decimal::Decimal;
use sqlx::{AssertSqlSafe, Row};
use uuid::Uuid;

/// Tables of this many defaults each.
const TABLES: usize = 8;
const COLUMNS: usize = 60;

fn hostile() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        '\'', '"', '\\', '$', '-', ';', '/', '*', '(', ')', '\n', '\r', '\t', ' ', ':', 'E', '?', '%', '\u{0}',
        '\u{7f}', '\u{feff}',
    ]);
    vec(prop_oneof![odd, any::<char>()], 0..24).prop_map(|chars| chars.into_iter().filter(|c| *c != '\0').collect())
}

fn value() -> impl Strategy<Value = (FieldMeta, Value)> {
    // From the first moment of the year 1 to the last of 9999.
    let moment = (-62_135_596_800_000_000..253_402_300_800_000_000_i64)
        .prop_map(|m| DateTime::from_timestamp_micros(m).unwrap());
    let time = (0..86_400_u32, 0..1_000_000_u32)
        .prop_map(|(s, micros)| NaiveTime::from_num_seconds_from_midnight_opt(s, micros * 1000).unwrap());
    let day = (1..=3_652_059).prop_map(|n| NaiveDate::from_num_days_from_ce_opt(n).unwrap());
    let decimal = (-9_999_999_999_999_999_999_999_999_999_i128..=9_999_999_999_999_999_999_999_999_999, 0..=28_u32);
    let meta = |meta: FieldMeta| move |value| (meta, value);
    prop_oneof![
        any::<bool>().prop_map(Value::Bool).prop_map(meta(FieldMeta::of::<bool>("x"))),
        prop_oneof![any::<i32>(), Just(i32::MIN)]
            .prop_map(|v| Value::Int(v.into()))
            .prop_map(meta(FieldMeta::of::<i32>("x"))),
        prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX)]
            .prop_map(Value::Int)
            .prop_map(meta(FieldMeta::of::<i64>("x"))),
        prop_oneof![
            -1e9..1e9,
            prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO,
            (-99_999..99_999_i32).prop_map(|v| f64::from(v) / 1000.0)
        ]
        .prop_map(Value::F64)
        .prop_map(meta(FieldMeta::of::<f64>("x"))),
        hostile().prop_map(Value::Text).prop_map(meta(FieldMeta::of::<String>("x"))),
        decimal
            .prop_map(|(digits, scale)| Value::Decimal(Decimal::from_i128_with_scale(digits, scale)))
            .prop_map(meta(FieldMeta::of::<Decimal>("x"))),
        any::<u128>().prop_map(|v| Value::Uuid(Uuid::from_u128(v))).prop_map(meta(FieldMeta::of::<Uuid>("x"))),
        time.prop_map(Value::Time).prop_map(meta(FieldMeta::of::<NaiveTime>("x"))),
        day.prop_map(Value::Date).prop_map(meta(FieldMeta::of::<NaiveDate>("x"))),
        moment.prop_map(Value::Timestamp).prop_map(meta(FieldMeta::of::<DateTime<Utc>>("x"))),
    ]
}

/// Fields with random defaults, and the values.
fn fields(runner: &mut TestRunner) -> (Vec<FieldMeta>, Vec<Value>) {
    (0..COLUMNS)
        .map(|n| {
            let (mut field, value) = value().new_tree(runner).unwrap().current();
            field.name = format!("c{n}").leak();
            field.column = field.name;
            let text: &'static str = value.as_ref().to_text().leak();
            let value = Value::parse(field.kind, text).unwrap();
            (field.default(text), value)
        })
        .unzip()
}

/// The row, as the types that the columns have.
async fn row(database: &TestDatabase, table: &str, fields: &[FieldMeta]) -> Vec<String> {
    let query = AssertSqlSafe(format!("SELECT * FROM {table}"));
    let mut texts = Vec::new();
    match database.engine {
        Engine::Postgres => {
            let row = sqlx::query(query).fetch_one(&mut database.postgres().await).await.unwrap();
            for field in fields {
                let at = field.name;
                texts.push(match field.kind {
                    Kind::Bool => ValueRef::Bool(row.get(at)).to_text(),
                    Kind::I32 => row.get::<i32, _>(at).to_string(),
                    Kind::I64 => row.get::<i64, _>(at).to_string(),
                    Kind::F64 => row.get::<f64, _>(at).to_bits().to_string(),
                    Kind::Text => row.get(at),
                    Kind::Decimal => row.get::<Decimal, _>(at).to_string(),
                    Kind::Uuid => row.get::<Uuid, _>(at).to_string(),
                    Kind::Date => row.get::<NaiveDate, _>(at).to_string(),
                    Kind::Timestamp => ValueRef::Timestamp(row.get(at)).to_text(),
                    Kind::Time => ValueRef::Time(row.get(at)).to_text(),
                    Kind::Bytes | Kind::Json => unreachable!("they have no default"),
                });
            }
        }
        Engine::Sqlite => {
            let row = sqlx::query(query).fetch_one(&mut database.sqlite().await).await.unwrap();
            for field in fields {
                let at = field.name;
                texts.push(match field.kind {
                    Kind::Bool => ValueRef::Bool(row.get(at)).to_text(),
                    Kind::I32 | Kind::I64 => row.get::<i64, _>(at).to_string(),
                    Kind::F64 => row.get::<f64, _>(at).to_bits().to_string(),
                    Kind::Timestamp => {
                        ValueRef::Timestamp(DateTime::from_timestamp_micros(row.get(at)).unwrap()).to_text()
                    }
                    _ => row.get(at),
                });
            }
        }
    }
    texts
}

fn expected(values: &[Value]) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::F64(v) => v.to_bits().to_string(),
        other => other.as_ref().to_text(),
    };
    values.iter().map(text).collect()
}

each_engine! {
    async fn are_read_back_identical(database) {
        let mut runner = TestRunner::deterministic();
        for n in 0..TABLES {
            let table: &'static str = format!("t{n}").leak();
            let (fields, values) = fields(&mut runner);
            let full = schema([plain(table, &fields)]);
            if n % 2 == 0 {
                // By CREATE TABLE.
                database.develop(&full).await;
                database.run(&format!("INSERT INTO {table} DEFAULT VALUES")).await;
            } else {
                // By ALTER TABLE, for a row that is there already.
                database.develop(&schema([plain(table, &[])])).await;
                database.run(&format!("INSERT INTO {table} DEFAULT VALUES")).await;
                database.develop(&full).await;
            }
            let (found, wanted) = (row(&database, table, &fields).await, expected(&values));
            for ((found, wanted), field) in found.iter().zip(&wanted).zip(&fields) {
                assert_eq!(found, wanted, "{field:?}");
            }
            assert_eq!(database.drift(&full).await, [""; 0]);
            assert!(database.develop(&full).await.is_empty());
        }
    }
}
