//! A cached statement is always the one that would have been built.

use crate::fixture::permit;
use kwik_adapters::sql::{self, Dialect, Shape, StatementCache};
use kwik_domain::{Comparison, Cursor, EntityMeta, FieldMeta, Filter, Lock, Order, Page, Select, TextMatch, Value};
use kwik_testkit::conformance::soak_cases;
use proptest::{collection::vec, option, prelude::*, test_runner::Config};
use sea_query::{
    BinOper, Expr, ExprTrait, Func, LockType, NullOrdering, PostgresQueryBuilder, SelectStatement, Values,
};

/// A dialect in which everything that a shape may tell apart is seen in the text.
struct Plain;

impl Dialect for Plain {
    fn render(&self, select: &SelectStatement) -> (String, Values) {
        select.build(PostgresQueryBuilder)
    }
    fn is_one_of(&self, column: Expr, list: Expr) -> Expr {
        column.eq(Func::cust("ANY").arg(list))
    }
    fn has_text(&self, column: Expr, text_match: TextMatch, text: Expr) -> Expr {
        Func::cust(format!("{text_match:?}")).arg(column).arg(text).into()
    }
    fn differs(&self, a: Expr, b: Expr) -> Expr {
        a.binary(BinOper::Custom("IS DISTINCT FROM"), b)
    }
    fn nulls(&self, _descending: bool) -> Option<NullOrdering> {
        None
    }
    fn lock(&self, select: &mut SelectStatement) {
        select.lock(LockType::NoKeyUpdate);
    }
}

/// Two entities that look alike.
fn entities() -> [&'static EntityMeta; 2] {
    static FIELDS: [FieldMeta; 3] =
        [FieldMeta::of::<i64>("id"), FieldMeta::of::<i64>("a"), FieldMeta::of::<Option<String>>("b")];
    static ONE: EntityMeta = EntityMeta::new("One", "Ones", "ones", &FIELDS, 3).unaudited().unversioned();
    static TWO: EntityMeta = EntityMeta::new("Two", "Twos", "twos", &FIELDS, 3).unaudited().unversioned();
    [&ONE, &TWO]
}

fn filter() -> impl Strategy<Value = Filter> + Clone {
    use Comparison::{Eq, Ge, Gt, Le, Lt, Ne};
    use TextMatch::{Contains, EndsWith, StartsWith};
    let comparison = prop::sample::select(vec![Eq, Ne, Lt, Le, Gt, Ge]);
    let text_match = prop::sample::select(vec![Contains, StartsWith, EndsWith]);
    let leaf = prop_oneof![
        Just(Filter::All),
        Just(Filter::Nothing),
        (0..2usize, comparison, any::<i64>()).prop_map(|(f, c, v)| Filter::Compare(f, c, Value::Int(v))),
        (0..2usize, vec(any::<i64>(), 0..3)).prop_map(|(f, v)| Filter::In(f, v.into_iter().map(Value::Int).collect())),
        (0..3usize).prop_map(Filter::IsNull),
        (text_match, "[ab]{0,2}").prop_map(|(m, t)| Filter::Text(2, m, t)),
    ];
    leaf.prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Filter::And),
            vec(inner.clone(), 0..3).prop_map(Filter::Or),
            inner.prop_map(|f| Filter::Not(Box::new(f))),
        ]
    })
    .boxed()
}

#[derive(Clone, Debug)]
struct Read {
    entity: usize,
    sort: u8,
    scope: Filter,
    filter: Filter,
    order: Vec<Order>,
    /// For each field of the total order, whether the place has a value there rather than a null.
    after: Option<Vec<bool>>,
    paged: bool,
    locked: bool,
}

fn read() -> impl Strategy<Value = Read> {
    let order = vec((0..3usize, any::<bool>()), 0..3)
        .prop_map(|by| by.into_iter().map(|(field, descending)| Order { field, descending }).collect());
    let page = option::of(Just(())).prop_map(|page| page.is_some());
    let after = option::of(vec(prop::bool::weighted(0.8), 4));
    (0..2usize, 0..3u8, filter(), filter(), order, after, page, any::<bool>()).prop_map(
        |(entity, sort, scope, filter, order, after, paged, locked)| Read {
            entity,
            sort,
            scope,
            filter,
            order,
            after,
            paged,
            locked,
        },
    )
}

impl Read {
    fn cursor(&self) -> Option<Cursor> {
        let value = |(by, given): (&Order, &bool)| match (given, by.field) {
            (false, _) => Value::Null,
            (true, 2) => Value::Text("t".to_owned()),
            (true, _) => Value::Int(7),
        };
        let order = Order::total(&self.order, entities()[self.entity]);
        self.after.as_ref().map(|given| Cursor(order.iter().zip(given).map(value).collect()))
    }
}

proptest! {
    #![proptest_config(Config { cases: soak_cases(64), failure_persistence: None, ..Config::default() })]

    #[test]
    fn never_gives_another_statement(reads in vec(read(), 1..12)) {
        let cache = StatementCache::default();
        for read in reads.iter().chain(&reads) {
            let meta = entities()[read.entity];
            let permit = permit(meta, read.scope.clone());
            let after = read.cursor();
            let select = Select {
                permit: &permit,
                filter: &read.filter,
                order: &read.order,
                after: after.as_ref(),
                page: read.paged.then_some(Page { skip: 0, limit: 1 }),
                lock: if read.locked { Lock::Update } else { Lock::None },
            };
            let build = || match read.sort {
                0 => sql::select(&Plain, &select),
                1 => sql::page(&Plain, &select),
                _ => sql::count(&Plain, &select),
            };
            let shape = Shape::of_select(read.sort, &select);
            let (cached, built) = (cache.get(shape, build), build());
            prop_assert_eq!(&cached.sql, &built.sql);
            prop_assert_eq!(&cached.slots, &built.slots);
        }
    }
}

/// The cache is bounded: however many shapes there are, each still gets its own statement.
#[test]
fn forgets_rather_than_grows() {
    let cache = StatementCache::default();
    let meta = entities()[0];
    let all = permit(meta, Filter::All);
    for _ in 0..2 {
        for number in 0..2500 {
            // As many shapes as there are numbers.
            let parts = (0..12).map(|bit| Filter::IsNull(1 + (number >> bit & 1))).collect();
            let filter = Filter::And(parts);
            let select =
                Select { permit: &all, filter: &filter, order: &[], after: None, page: None, lock: Lock::None };
            let statement = cache.get(Shape::of_select(2, &select), || sql::count(&Plain, &select));
            assert_eq!(statement.sql, sql::count(&Plain, &select).sql);
        }
    }
}

/// Where the rows begin, as PostgreSQL reads it.
fn place(order: &[Order], cursor: Vec<Value>) -> String {
    let all = permit(entities()[0], Filter::All);
    let cursor = Cursor(cursor);
    let select =
        Select { permit: &all, filter: &Filter::All, order, after: Some(&cursor), page: None, lock: Lock::None };
    let sql = sql::select(&Plain, &select).sql.replace("\"ones\".", "").replace('"', "");
    sql.split_once(" WHERE ").unwrap().1.split_once(" ORDER BY ").unwrap().0.to_owned()
}

#[test]
fn a_place_is_one_comparison_where_an_index_can_answer_it() {
    let by = |field, descending| Order { field, descending };
    let (seven, text) = (|| Value::Int(7), || Value::Text("t".to_owned()));
    assert_eq!(place(&[], vec![seven()]), "id > $1");
    assert_eq!(place(&[by(0, true)], vec![seven()]), "id < $1");
    assert_eq!(place(&[by(1, false)], vec![seven(), seven()]), "(a, id) > ($1, $2)");
    assert_eq!(place(&[by(1, true), by(0, true)], vec![seven(), seven()]), "(a, id) < ($1, $2)");
    assert_eq!(place(&[by(2, true), by(0, true)], vec![text(), seven()]), "(b, id) < ($1, $2)");
    // In two directions, or with nulls behind it, it is a condition, which begins with a part that an
    // index on the first field answers.
    let mixed = place(&[by(1, true)], vec![seven(), seven()]);
    assert!(mixed.starts_with("a <= $1 AND "), "{mixed}");
    let nullable = place(&[by(2, false)], vec![text(), seven()]);
    assert!(nullable.starts_with("(b >= $1 OR b IS NULL) AND "), "{nullable}");
    assert_eq!(place(&[by(2, false)], vec![Value::Null, seven()]), "b IS NULL AND id > $1");
}

/// What is counted does not depend on the place.
#[test]
fn a_place_is_in_no_count() {
    let all = permit(entities()[0], Filter::All);
    let cursor = Cursor(vec![Value::Int(7)]);
    let plain = Select { permit: &all, filter: &Filter::All, order: &[], after: None, page: None, lock: Lock::None };
    let placed = Select { after: Some(&cursor), ..plain };
    assert_eq!(sql::count(&Plain, &placed).sql, sql::count(&Plain, &plain).sql);
    let page = sql::page(&Plain, &placed);
    assert_eq!(page.slots.len(), 1, "{}", page.sql);
}
