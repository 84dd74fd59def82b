//! A store in memory that knows one API key, the uses of keys, and the audit trail.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use kwik_domain::{
    AccessEvent, AuditRecord, Ctx, DecodeError, Entity, Fields, Isolation, KeyRef, Page, Permit, RowReader, Select,
    Session, Sink, Store, StoreError, UnitOfWork, Value, ValueRef, Verb, Write, WriteOutcome,
    access::{ApiKey, ApiKeyUse},
};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
};

/// The key of the one API key, and its owner.
pub(crate) const KEY: i64 = 5;
pub(crate) const OWNER: i64 = 7;

#[derive(Clone, Default)]
pub(crate) struct TrailStore(Arc<State>);

#[derive(Default)]
pub(crate) struct State {
    pub(crate) uses: Mutex<Vec<Row>>,
    pub(crate) events: Mutex<Vec<(Ctx, AccessEvent)>>,
    pub(crate) begun: AtomicUsize,
    pub(crate) is_down: AtomicBool,
    /// What another instance writes just before the next row is made here.
    pub(crate) rival: Mutex<Option<Row>>,
}

impl std::ops::Deref for TrailStore {
    type Target = State;
    fn deref(&self) -> &State {
        &self.0
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row(pub(crate) Vec<Value>);

impl Fields for Row {
    fn get(&self, index: usize) -> ValueRef<'_> {
        self.0[index].as_ref()
    }
}

macro_rules! read {
    ($($method:ident: $shape:ident -> $type:ty;)*) => {
        impl RowReader for Row {
            fn text(&self, index: usize) -> Result<Option<&str>, DecodeError> {
                Ok(match &self.0[index] {
                    Value::Text(text) => Some(text),
                    _ => None,
                })
            }
            fn decimal(&self, _: usize) -> Result<Option<rust_decimal::Decimal>, DecodeError> {
                Ok(None)
            }
            fn bytes(&self, _: usize) -> Result<Option<&[u8]>, DecodeError> {
                Ok(None)
            }
            $(fn $method(&self, index: usize) -> Result<Option<$type>, DecodeError> {
                Ok(match &self.0[index] {
                    Value::$shape(value) => Some(*value),
                    _ => None,
                })
            })*
        }
    };
}

read! {
    bool: Bool -> bool;
    time: Time -> NaiveTime;
    int: Int -> i64;
    f64: F64 -> f64;
    uuid: Uuid -> uuid::Uuid;
    date: Date -> NaiveDate;
    timestamp: Timestamp -> DateTime<Utc>;
}

fn api_key() -> Row {
    let value = |name: &str| match name {
        "id" => Value::Int(KEY),
        "user_id" => Value::Int(OWNER),
        "version" => Value::Int(1),
        "name" => Value::Text("nightly import".to_owned()),
        "suffix" => Value::Text("9f2c".to_owned()),
        "hash" | "scopes" => Value::Text(String::new()),
        _ => Value::Null,
    };
    Row(ApiKey::META.fields.iter().map(|field| value(field.name)).collect())
}

/// Reads and writes; what was written lasts with the commit, where there is one.
struct Unit {
    store: TrailStore,
    uses: Vec<Row>,
    events: Vec<(Ctx, AccessEvent)>,
    is_transaction: bool,
}

impl Unit {
    fn keep(&mut self) {
        self.store.uses.lock().unwrap().append(&mut self.uses);
        self.store.events.lock().unwrap().append(&mut self.events);
    }
}

#[async_trait]
impl Session for Unit {
    async fn fetch(&mut self, select: &Select<'_>, sink: Sink<'_>) -> Result<(), StoreError> {
        let entity = select.permit.entity().collection;
        let rows =
            if entity == ApiKey::META.collection { vec![api_key()] } else { self.store.uses.lock().unwrap().clone() };
        for row in rows.iter().filter(|row| select.filter.matches(*row)) {
            sink(row)?;
        }
        Ok(())
    }

    async fn write(&mut self, write: &Write<'_>, sink: Sink<'_>) -> Result<WriteOutcome, StoreError> {
        write.check()?;
        let mut uses = self.store.uses.lock().unwrap();
        let row = match write.verb {
            Verb::Insert { values } => {
                uses.extend(self.store.rival.lock().unwrap().take());
                let mut row = vec![Value::Int(i64::try_from(uses.len()).unwrap()); ApiKeyUse::META.fields.len()];
                for (index, value) in values {
                    row[*index] = ValueRef::to_owned(*value);
                }
                if uses.iter().any(|other| other.0[1..3] == row[1..3]) {
                    return Err(StoreError::Unique { entity: "api_key_uses", fields: vec!["key_id", "address"] });
                }
                self.uses.push(Row(row.clone()));
                Row(row)
            }
            Verb::Update { key, values, .. } => {
                let row = uses.iter_mut().find(|row| row.get(0) == key[0]).unwrap();
                for (index, value) in values {
                    row.0[*index] = ValueRef::to_owned(*value);
                }
                row.clone()
            }
            Verb::Delete { .. } => unreachable!("uses are not deleted"),
        };
        sink(&row)?;
        Ok(WriteOutcome::Written)
    }

    async fn record(&mut self, ctx: &Ctx, event: &AccessEvent) -> Result<i64, StoreError> {
        if self.store.is_down.load(SeqCst) {
            return Err(StoreError::Timeout);
        }
        self.events.push((ctx.clone(), event.clone()));
        if !self.is_transaction {
            self.keep();
        }
        Ok(1)
    }

    async fn fetch_page(&mut self, _: &Select<'_>, _: Sink<'_>) -> Result<u64, StoreError> {
        unreachable!("nothing is listed by pages")
    }

    async fn count(&mut self, _: &Select<'_>) -> Result<u64, StoreError> {
        unreachable!("nothing is counted")
    }

    async fn estimate(&mut self, _: &Select<'_>) -> Result<Option<u64>, StoreError> {
        unreachable!("nothing is counted")
    }

    async fn history(&mut self, _: &Permit, _: KeyRef<'_>, _: Page) -> Result<Option<Vec<AuditRecord>>, StoreError> {
        unreachable!("nobody asks for history")
    }
}

#[async_trait]
impl UnitOfWork for Unit {
    async fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        self.keep();
        Ok(())
    }
}

#[async_trait]
impl Store for TrailStore {
    fn session(&self) -> Box<dyn Session> {
        Box::new(Unit { store: self.clone(), uses: Vec::new(), events: Vec::new(), is_transaction: false })
    }

    async fn begin(&self, _: Isolation) -> Result<Box<dyn UnitOfWork>, StoreError> {
        self.begun.fetch_add(1, SeqCst);
        if self.is_down.load(SeqCst) {
            return Err(StoreError::Timeout);
        }
        Ok(Box::new(Unit { store: self.clone(), uses: Vec::new(), events: Vec::new(), is_transaction: true }))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
