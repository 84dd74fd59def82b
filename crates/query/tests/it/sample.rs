//! An entity with a field of every kind, and random rows of it.

use kwik_domain::{EntityMeta, FieldMeta, Fields, Kind, Value, ValueRef};
use kwik_query::PageTokens;
use proptest::prelude::*;

/// Field `n` holds kind `KINDS[n]`. After them come an enum and three fields that are not open.
pub(crate) const KINDS: [Kind; 10] = [
    Kind::I64,
    Kind::Text,
    Kind::Bool,
    Kind::I32,
    Kind::F64,
    Kind::Decimal,
    Kind::Uuid,
    Kind::Date,
    Kind::Timestamp,
    Kind::Time,
];
pub(crate) const TEXT: usize = 1;
pub(crate) const STATUS: usize = 10;
/// How many fields are open, those with the first indexes.
pub(crate) const OPEN: usize = 11;

const fn field(name: &'static str, kind: Kind) -> FieldMeta {
    let mut field = FieldMeta::of::<Option<String>>(name);
    field.kind = kind;
    field
}

const fn status() -> FieldMeta {
    let mut field = field("status", Kind::Text);
    field.variants = &["open", "closed", "on hold"];
    field
}

pub(crate) static META: EntityMeta = EntityMeta::new(
    "Sample",
    "Samples",
    "samples",
    &[
        FieldMeta::of::<i64>("id"),
        field("name", Kind::Text),
        field("active", Kind::Bool),
        field("size", Kind::I32),
        field("weight", Kind::F64),
        field("price", Kind::Decimal),
        field("code", Kind::Uuid),
        field("day", Kind::Date),
        field("moment", Kind::Timestamp),
        field("opens", Kind::Time),
        status(),
        field("concealed", Kind::Text).hidden(),
        field("password", Kind::Text).write_only(),
        field("salary", Kind::Decimal).sensitive(),
    ],
    14,
)
.unaudited()
.unversioned();

pub(crate) struct Row(pub(crate) Vec<Value>);

impl Fields for Row {
    fn get(&self, index: usize) -> ValueRef<'_> {
        self.0.get(index).map_or(ValueRef::Null, Value::as_ref)
    }
}

pub(crate) fn tokens() -> PageTokens {
    PageTokens::new(&kwik_domain::Secret::new("a secret of some length, for tests"))
}

pub(crate) fn pairs(parameters: &[(&str, &str)]) -> Vec<(String, String)> {
    parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// How many random cases to try: `KWIK_SOAK_CASES` if it is set, otherwise `default`.
pub(crate) fn cases(default: u32) -> ProptestConfig {
    #[expect(clippy::disallowed_methods, reason = "tests have no settings: this is how a run asks for more cases")]
    let asked = std::env::var("KWIK_SOAK_CASES");
    let cases = asked.map_or(default, |number| number.parse().expect("KWIK_SOAK_CASES must be a number"));
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

fn parsed(kind: Kind, text: &str) -> Value {
    Value::parse(kind, text).unwrap()
}

/// Values of a kind of which few differ, so that random rows and random conditions meet.
pub(crate) fn near(index: usize) -> BoxedStrategy<Value> {
    let texts: &'static [&'static str] = match index {
        0 | 3 => &["-2", "-1", "0", "1", "2", "2147483647"],
        TEXT => &["", "a", "ab", "ba", "A", "*", "a*", "\"", "\\", "'", "ä", "null", "AND", "a b", "\u{1f600}*"],
        2 => &["true", "false"],
        4 => &["-1.5", "0", "0.1", "1e300", "-5e-324", "123456789012345680"],
        5 | 13 => &["-0.01", "0", "0.10", "0.1", "7922816251426433759354395033.5", "12"],
        6 => &["01890a5d-ac96-774b-bcce-b302099a8057", "00000000-0000-0000-0000-000000000000"],
        7 => &["0001-01-01", "2026-01-31", "9999-12-31"],
        8 => &["0001-01-01T00:00:00Z", "2026-01-31T09:30:00.000001Z", "2026-01-31T09:30:00+01:00"],
        9 => &["00:00:00", "09:30:00.000001", "23:59:59.999999"],
        STATUS => &["open", "closed", "on hold"],
        _ => &["x"],
    };
    let kind = META.fields[index].kind;
    prop::sample::select(texts).prop_map(move |text| parsed(kind, text)).boxed()
}

/// A row of near values and nulls.
pub(crate) fn row() -> impl Strategy<Value = Row> {
    let value = |index: usize| {
        let nulls = u32::from(META.fields[index].nullable);
        prop_oneof![nulls => Just(Value::Null), 4 => near(index)]
    };
    (0..META.fields.len()).map(value).collect::<Vec<_>>().prop_map(Row)
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
