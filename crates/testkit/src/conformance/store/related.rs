//! Conditions on rows that a row refers to: the store and memory agree.

use super::{
    Caller, Given, Sample,
    caller::Read,
    properties::{equal, insert_all},
    sample,
    strategies::{filter, row},
};
use crate::conformance::property::for_all;
use kwik_domain::{
    Comparison, Entity, Fields, Filter, Isolation, Lock, StoreError, Stored, TextMatch, Value, ValueRef, WriteOutcome,
};
use proptest::{
    collection::vec,
    option,
    prelude::{Strategy, any},
    prop_oneof,
    sample::select,
    strategy::BoxedStrategy,
};

/// A row that refers to samples, and to others of its own kind.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "conformance_nodes", crate = kwik_domain)]
pub(super) struct Node {
    #[entity(key)]
    pub id: i64,
    pub batch: i64,
    /// Its column has the name of one of the samples'.
    pub text: Option<String>,
    #[entity(references = Node)]
    pub parent_id: Option<i64>,
    #[entity(references = Sample)]
    pub sample_id: Option<i64>,
    #[entity(unique)]
    pub code: Option<String>,
}

const PARENT: usize = 3;
const SAMPLE: usize = 4;

/// A node with what it refers to.
#[derive(Clone)]
struct Linked {
    node: Node,
    parent: Option<Box<Linked>>,
    sample: Option<Stored<Sample>>,
}

impl Fields for Linked {
    fn get(&self, index: usize) -> ValueRef<'_> {
        self.node.get(index)
    }

    fn related(&self, index: usize) -> Option<&dyn Fields> {
        match index {
            PARENT => Some(self.parent.as_deref()?),
            SAMPLE => Some(self.sample.as_ref()?),
            _ => None,
        }
    }
}

/// A node to be: its text, and which of the nodes and samples that are there already it refers to.
#[derive(Clone, Debug)]
struct Plan(Option<String>, Option<usize>, Option<usize>);

const TEXTS: [&str; 9] = ["", "a", "A", "aB", "Ab", "ä", "Ä", "%", "xaBx"];

fn plan() -> impl Strategy<Value = Plan> {
    let text = option::of(select(&TEXTS[..]).prop_map(str::to_owned));
    (text, option::of(0..64usize), option::weighted(0.8, 0..64usize))
        .prop_map(|(text, parent, sample)| Plan(text, parent, sample))
}

impl Plan {
    fn made(&self, batch: i64, nodes: &[Linked], samples: &[Stored<Sample>]) -> Linked {
        let parent = self.1.filter(|_| !nodes.is_empty()).map(|place| &nodes[place % nodes.len()]);
        let sample = self.2.filter(|_| !samples.is_empty()).map(|place| &samples[place % samples.len()]);
        let node = Node {
            id: 0,
            batch,
            text: self.0.clone(),
            parent_id: parent.map(|parent| parent.node.id),
            sample_id: sample.map(|sample| sample.id),
            code: None,
        };
        Linked { node, parent: parent.cloned().map(Box::new), sample: sample.cloned() }
    }
}

/// A condition on nodes, beyond as many references to parents.
fn condition(depth: usize) -> BoxedStrategy<Filter> {
    use TextMatch::{Contains, EndsWith, Search, StartsWith};
    let text = || select(&TEXTS[..]).prop_map(str::to_owned);
    let by = select(vec![Comparison::Eq, Comparison::Ne, Comparison::Lt, Comparison::Ge]);
    let how = select(vec![Contains, StartsWith, EndsWith, Search, Search]);
    let own = prop_oneof![
        (by, text()).prop_map(|(by, text)| Filter::Compare(2, by, Value::Text(text))),
        vec(text().prop_map(Value::Text), 0..3).prop_map(|list| Filter::In(2, list)),
        (how, text()).prop_map(|(how, text)| Filter::Text(2, how, text)),
        select(vec![2, PARENT, SAMPLE]).prop_map(Filter::IsNull),
    ];
    let samples = filter().prop_map(|part| Filter::Related(SAMPLE, Box::new(part)));
    let leaf = if depth == 0 {
        prop_oneof![1 => own, 1 => samples].boxed()
    } else {
        let parents = condition(depth - 1).prop_map(|part| Filter::Related(PARENT, Box::new(part)));
        prop_oneof![2 => own, 2 => samples, 2 => parents].boxed()
    };
    let deep = leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Filter::And),
            vec(inner.clone(), 0..3).prop_map(Filter::Or),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    });
    deep.boxed()
}

async fn plant(given: &Given, plans: &[Plan], samples: &[Sample], batch: i64) -> (Vec<Linked>, Vec<Stored<Sample>>) {
    let samples = insert_all(given, samples, batch).await;
    let (caller, mut nodes) = (Caller::new(), Vec::new());
    let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
    for plan in plans {
        let linked = plan.made(batch, &nodes, &samples);
        let node = caller.insert(&mut *unit, &linked.node).await.entity;
        nodes.push(Linked { node, ..linked });
    }
    unit.commit().await.expect("a commit");
    (nodes, samples)
}

/// Random conditions over random rows that refer to each other: lists, counts, totals, guesses and locking reads
/// are those of memory, whether it is the filter or the scope that looks at other rows.
pub async fn agree_with_memory(given: Given) {
    let mut number = 0;
    let cases = (vec(plan(), 24), vec(row(), 0..6), vec((condition(2), condition(1)), 6), any::<bool>());
    for_all(8, cases, async |(plans, samples, filters, lock)| {
        number += 1;
        let (nodes, _) = plant(&given, plans, samples, number).await;
        let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
        for (filter, scope) in filters {
            let opposite = Filter::Not(Box::new(filter.clone()));
            for (filter, scope) in [(filter, &Filter::All), (&opposite, scope), (filter, scope), (scope, filter)] {
                let caller = Caller::within(Node::BATCH.eq(number) & scope.clone());
                let inside = |node: &&Linked| scope.matches(*node) && filter.matches(*node);
                let expected: Vec<i64> = nodes.iter().filter(inside).map(|node| node.node.id).collect();
                let read = Read { lock: if *lock { Lock::Update } else { Lock::None }, ..Read::of(filter) };
                let found = caller.fetch::<Node>(&mut *unit, &read).await;
                let found: Vec<i64> = found.iter().map(|node| node.id).collect();
                equal(&format!("{filter:?} within {scope:?}"), &found, &expected)?;
                let count = caller.count::<Node>(&mut *unit, filter).await;
                let (_, total) = caller.page::<Node>(&mut *unit, &Read::of(filter)).await;
                let guess = caller.estimate::<Node>(&mut *unit, &Read::of(filter)).await;
                let numbers = (count, total, guess.unwrap_or(count));
                let all = expected.len() as u64;
                equal("count, total and guess", &numbers, &(all, all, all))?;
            }
        }
        Ok(())
    })
    .await;
}

/// Random scopes on writes that look at other rows: of the row as it is, and of the row as it is going to be.
pub async fn bound_writes(given: Given) {
    let mut number = 0;
    let cases = (vec(plan(), 8), vec(row(), 0..4), vec((plan(), plan(), condition(2)), 1..6));
    for_all(16, cases, async |(plans, samples, writes)| {
        number += 1;
        let (nodes, samples) = plant(&given, plans, samples, number).await;
        let (all, mut session) = (Caller::new(), given.session());
        let session = &mut *session;
        for (old, new, scope) in writes {
            let caller = all.scoped(scope.clone());
            let [old, new] = [old, new].map(|plan| plan.made(number, &nodes, &samples));
            let outcome = caller.try_insert(session, &new.node).await.expect("an outcome").map(drop);
            let expected = if scope.matches(&new) { Ok(()) } else { Err(WriteOutcome::OutOfScope) };
            equal(&format!("insert within {scope:?}"), &outcome, &expected)?;
            let key = all.insert(session, &old.node).await.id;
            let expected = match (scope.matches(&old), scope.matches(&new)) {
                (false, _) => Err(WriteOutcome::NotFound),
                (true, false) => Err(WriteOutcome::OutOfScope),
                (true, true) => Ok(()),
            };
            let values: Vec<_> = (1..Node::META.own).map(|index| (index, new.get(index))).collect();
            let outcome = caller.update::<Node>(session, key, None, &values).await.map(drop);
            equal(&format!("update within {scope:?}"), &outcome, &expected)?;
            let now = if expected.is_ok() { &new } else { &old };
            let deleted = caller.delete::<Node>(session, key, None).await.is_ok();
            equal("delete", &deleted, &scope.matches(now))?;
        }
        Ok(())
    })
    .await;
}

/// A row that would lie outside is refused for this alone, whatever its unique values.
pub async fn bound_writes_before_constraints(given: Given) {
    let (all, mut session) = (Caller::new(), given.session());
    let session = &mut *session;
    let seen = all.insert(session, &Sample { flag: true, ..sample() }).await.id;
    let hidden = all.insert(session, &Sample { flag: false, ..sample() }).await.id;
    let node = |sample_id, code: Option<&str>| Node {
        id: 0,
        batch: 0,
        text: Some("x".to_owned()),
        parent_id: None,
        sample_id,
        code: code.map(str::to_owned),
    };
    all.insert(session, &node(Some(hidden), Some("taken"))).await;
    let row = all.insert(session, &node(Some(seen), None)).await;
    let within = Node::SAMPLE_ID.related::<Sample>(Sample::FLAG.eq(true)) & Node::TEXT.eq(Some("x".to_owned()));
    for caller in [all.scoped(within.clone()), all.scoped(!!within.clone() & !(!within | Node::ID.lt(0)))] {
        for sample in [Some(hidden), None] {
            let outcome = caller.try_insert(session, &node(sample, Some("taken"))).await.expect("an outcome");
            assert_eq!(outcome.map(drop), Err(WriteOutcome::OutOfScope));
            let sample = sample.map_or(ValueRef::Null, ValueRef::Int);
            let values = [(SAMPLE, sample), (5, ValueRef::Text("taken"))];
            let outcome = caller.update::<Node>(session, row.id, None, &values).await.map(drop);
            assert_eq!(outcome, Err(WriteOutcome::OutOfScope));
        }
        // Within the scope it is told.
        let taken = caller.try_insert(session, &node(Some(seen), Some("taken"))).await;
        assert!(matches!(taken, Err(StoreError::Unique { .. })), "{taken:?}");
        let taken = caller.try_update::<Node>(session, row.id, None, &[(5, ValueRef::Text("taken"))]).await;
        assert!(matches!(taken, Err(StoreError::Unique { .. })), "{taken:?}");
    }
}

/// A guess would say something of the other table, whose rows the reader may not see: there is a number or none.
pub async fn are_never_guessed(given: Given) {
    let plans: Vec<_> = (0..40).map(|n| Plan(None, None, Some(n))).collect();
    let samples: Vec<_> = (0..40).map(|small| Sample { small, ..sample() }).collect();
    plant(&given, &plans, &samples, 1).await;
    let filter = Node::SAMPLE_ID.related::<Sample>(Sample::SMALL.lt(7));
    for filter in [!filter.clone(), Node::BATCH.eq(1) & !(Filter::Nothing | filter)] {
        let guess = Caller::new().estimate::<Node>(&mut *given.session(), &Read::of(&filter)).await;
        assert_eq!(guess, Some(33), "{filter:?}");
    }
}

/// A scope stays with its values: those beyond references are bound in their places, with the kinds of their fields.
pub async fn have_values_of_their_own(given: Given) {
    let plans = vec![Plan(Some("a".into()), None, Some(0)), Plan(Some("b".into()), Some(0), Some(1))];
    let samples = [Sample { small: 1, large: 2, ..sample() }, Sample { small: 2, large: 1, ..sample() }];
    let (nodes, samples) = plant(&given, &plans, &samples, 1).await;
    let keys = [nodes[0].node.id, nodes[1].node.id];
    let text = |text: &str| Node::TEXT.eq(Some(text.to_owned()));
    let of_sample = |condition| Node::SAMPLE_ID.related::<Sample>(condition);
    let of_parent = |condition| Node::PARENT_ID.related::<Node>(condition);
    for (filter, expected) in [
        (text("a") & of_sample(Sample::SMALL.eq(1) & Sample::LARGE.eq(2)), &keys[..1]),
        (of_sample(Sample::SMALL.eq(2) & Sample::LARGE.eq(1)) & text("b"), &keys[1..]),
        (of_sample(Sample::UUID.eq(samples[0].uuid) & Sample::DAY.eq(samples[0].day)) & text("b"), &keys[1..]),
        (of_parent(of_sample(Sample::SMALL.eq(1)) & text("a")) & of_sample(Sample::SMALL.eq(2)), &keys[1..]),
        (of_parent(text("b")), &[][..]),
        (of_parent(Filter::All), &keys[1..]),
        (of_sample(Filter::All), &keys[..]),
        (of_sample(Filter::Nothing), &[]),
        (of_parent(of_parent(Filter::All)), &[]),
        (of_sample(Sample::SMALL.one_of([1, 2, 3]) & Sample::DOUBLE.one_of([0.1])) & text("a"), &keys[..1]),
    ] {
        let caller = Caller::within(Node::BATCH.ge(1));
        assert_eq!(caller.keys::<Node>(&mut *given.session(), &filter).await, expected, "{filter:?}");
        let scoped = Caller::within(filter.clone());
        assert_eq!(scoped.keys::<Node>(&mut *given.session(), &Filter::All).await, expected, "{filter:?}");
    }
}
