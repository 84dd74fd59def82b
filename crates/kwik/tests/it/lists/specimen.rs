//! An entity with a field of every kind, each once more as an option, and fields that are not for everybody.

use kwik::prelude::*;
use kwik_testkit::{Client, TestApp, TestResponse, database::Engine};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// How well kept.
#[derive(Clone, Copy, Debug, PartialEq, FieldType)]
pub enum Grade {
    Poor,
    Fair,
    #[field(name = "as new")]
    AsNew,
}

/// Something that is collected.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "specimens", max_limit = 50, owner(keeper_id))]
pub struct Specimen {
    #[entity(key)]
    pub id: i64,
    pub name: String,
    pub flag: bool,
    pub small: i32,
    pub large: i64,
    pub ratio: f64,
    pub amount: Decimal,
    pub reference: Uuid,
    pub day: NaiveDate,
    pub moment: DateTime<Utc>,
    pub grade: Grade,
    pub maybe_name: Option<String>,
    pub maybe_flag: Option<bool>,
    pub maybe_small: Option<i32>,
    pub maybe_large: Option<i64>,
    pub maybe_ratio: Option<f64>,
    pub maybe_amount: Option<Decimal>,
    pub maybe_reference: Option<Uuid>,
    pub maybe_day: Option<NaiveDate>,
    pub maybe_moment: Option<DateTime<Utc>>,
    pub maybe_grade: Option<Grade>,
    pub keeper_id: Option<i64>,
    #[entity(hidden, default = "concealed-word")]
    pub remark: String,
    #[entity(write_only)]
    pub pin: Option<String>,
    #[entity(sensitive)]
    pub tax_number: Option<String>,
    /// What it is worth.
    #[entity(guard = "price")]
    pub price: Option<Decimal>,
    /// What it was bought for.
    #[entity(guard = "price", default = "1.00")]
    pub cost: Decimal,
}

pub fn app() -> App {
    App::new().resource::<Specimen>()
}

/// What whoever may do everything but see and write prices holds.
pub const COMMON: [&str; 4] = ["specimens_read", "specimens_create", "specimens_update", "specimens_delete"];

/// A kind: what is stored, in ascending order, and how the same values may be asked for in a filter.
pub struct Kind {
    pub field: &'static str,
    pub stored: &'static [&'static str],
    pub asked: &'static [&'static str],
    pub is_ordered: bool,
}

const fn kind(field: &'static str, stored: &'static [&'static str], asked: &'static [&'static str]) -> Kind {
    Kind { field, stored, asked, is_ordered: true }
}

/// Every kind. Stored values are JSON.
pub const KINDS: [Kind; 10] = [
    Kind { is_ordered: false, ..kind("flag", &["false", "true"], &["false", "\"true\""]) },
    kind("name", &["\"Z\"", "\"a\"", "\"a b\\\"\\\\*_%\"", "\"\u{e4}\""], &["Z", "a", r#""a b\"\\\*_%""#, "'\u{e4}'"]),
    kind("small", &["-2147483648", "-7", "0"], &["-2147483648", "\"-7\"", "0"]),
    kind("large", &["-1", "9007199254740992", "9007199254740993"], &["-1", "9007199254740992", "'9007199254740993'"]),
    kind("ratio", &["-1.5", "0.1", "1e100"], &["-1.50", "0.1", "1e100"]),
    kind(
        "amount",
        &["\"-0.01\"", "\"0.00\"", "\"12.5\"", "\"12.500000000000000001\""],
        &["-0.0100", "0", "12.50", "12.500000000000000001000"],
    ),
    kind(
        "reference",
        &["\"01890a5d-ac96-774b-bcce-b302099a8057\"", "\"ffffffff-0000-0000-0000-000000000000\""],
        &["01890a5d-ac96-774b-bcce-b302099a8057", "\"ffffffff-0000-0000-0000-000000000000\""],
    ),
    kind(
        "day",
        &["\"1582-10-10\"", "\"2024-02-29\"", "\"9999-12-31\""],
        &["1582-10-10", "\"2024-02-29\"", "9999-12-31"],
    ),
    kind(
        "moment",
        &["\"1969-12-31T23:59:59.999999Z\"", "\"2026-01-31T09:30:00Z\"", "\"2026-01-31T09:30:00.000001Z\""],
        &["1970-01-01T01:59:59.999999+02:00", "2026-01-31T09:30:00.000Z", "2026-01-31T03:00:00.000001-06:30"],
    ),
    Kind { is_ordered: false, ..kind("grade", &["\"poor\"", "\"fair\"", "\"as new\""], &["poor", "fair", "'as new'"]) },
];

/// How many specimens [`exhibition`] has, and the largest key of theirs.
pub const ROWS: usize = 12;
pub const LAST: i64 = 12;

/// Which of its kind's values a specimen has; none is null, which fields that are no options never are.
pub fn rank(kind: &Kind, row: usize, is_option: bool) -> Option<usize> {
    let values = kind.stored.len();
    if is_option { (row % 3 != 1).then_some((row / 2) % values) } else { Some(row % values) }
}

/// The body that makes specimen `row`.
pub fn body(row: usize) -> Value {
    let mut body = json!({});
    for kind in &KINDS {
        for (name, is_option) in [(kind.field.to_owned(), false), (format!("maybe_{}", kind.field), true)] {
            let value = rank(kind, row, is_option).map(|rank| kind.stored[rank]);
            body[name] = serde_json::from_str(value.unwrap_or("null")).unwrap();
        }
    }
    body
}

/// An app with [`ROWS`] specimens, whose keys are 1 and following, and who made them.
pub async fn exhibition(engine: Engine) -> (TestApp, Client) {
    let app = TestApp::start(engine, app).await;
    let ada = app.admin().await;
    for row in 0..ROWS {
        ada.post("/specimens/", &body(row)).await.ok();
    }
    (app, ada)
}

/// The path of a list with these parameters, percent-encoded.
pub fn list(parameters: &[(&str, &str)]) -> String {
    let mut path = String::from("/specimens/");
    for (n, (name, value)) in parameters.iter().enumerate() {
        path.push(if n == 0 { '?' } else { '&' });
        encode(&mut path, name);
        path.push('=');
        encode(&mut path, value);
    }
    path
}

fn encode(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").unwrap();
        }
    }
}

/// A page of the list.
pub async fn ask(client: &Client, parameters: &[(&str, &str)]) -> TestResponse {
    client.get(&list(parameters)).await
}

/// The keys of a page's rows.
#[track_caller]
pub fn ids(page: &Value) -> Vec<i64> {
    page["data"].as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

/// The errors of a refusal: parameter, code and detail of each.
#[track_caller]
pub fn errors(answer: &TestResponse) -> Vec<(String, String, String)> {
    let problem = answer.refused(400, "invalid_query");
    let text = |error: &Value, member: &str| error[member].as_str().unwrap().to_owned();
    let errors = problem["errors"].as_array().unwrap().iter();
    errors.map(|e| (text(e, "parameter"), text(e, "code"), text(e, "detail"))).collect()
}

/// An answer as it was sent, without the request's id, which is another each time.
pub fn raw(answer: &TestResponse) -> (u16, Vec<String>, String) {
    let request_id = answer.header("x-request-id").unwrap();
    let headers = answer.headers.iter().filter(|(name, _)| *name != "x-request-id");
    let mut headers: Vec<_> = headers.map(|(name, value)| format!("{name}: {value:?}")).collect();
    headers.sort();
    let text = String::from_utf8(answer.body.clone()).unwrap().replace(request_id, "…");
    (answer.status.as_u16(), headers, text)
}
