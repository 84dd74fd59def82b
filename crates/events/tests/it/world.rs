//! Counters that tell of each change, and those who are told.

use kwik::{
    domain::{AuditSink, Clock, Filter, SinkError, access::AuditEntry},
    events::{BusinessEvent, Delivery, Dispatcher, Outbox},
    prelude::*,
};
use kwik_testkit::{TestApp, database::Engine};
use serde::{Deserialize, Serialize};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering::SeqCst},
    },
    time::Duration,
};
use tokio::sync::Notify;

/// A number.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "counters")]
pub struct Counter {
    #[entity(key)]
    pub id: i64,
    #[entity(default = 0)]
    pub value: i64,
}

/// A counter was made, or has another value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Counted {
    pub version: i64,
    pub value: i64,
}

impl Event for Counted {
    const NAME: &'static str = "counted";
}

/// A counter is gone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Removed {
    pub last: i64,
}

impl Event for Removed {
    const NAME: &'static str = "removed";
}

/// Raises the events. A value of 13 is refused after its event was raised.
struct Tells;

#[async_trait]
impl Rule<Counter> for Tells {
    async fn after_create(&self, ctx: &Ctx, work: &mut Work, new: &Stored<Counter>) -> Result<()> {
        work.raise(ctx, new, Counted { version: new.version(), value: new.value }).await?;
        Ok(())
    }

    async fn after_update(&self, ctx: &Ctx, work: &mut Work, _: &Stored<Counter>, new: &Stored<Counter>) -> Result<()> {
        work.raise(ctx, new, Counted { version: new.version(), value: new.value }).await?;
        if new.value == 13 {
            return Err(RuleViolation::new("unlucky", "not this one").into());
        }
        Ok(())
    }

    async fn after_delete(&self, ctx: &Ctx, work: &mut Work, old: &Stored<Counter>) -> Result<()> {
        work.raise(ctx, old, Removed { last: old.value }).await?;
        Ok(())
    }
}

/// What somebody was told: of which row, which version.
pub type Told = (String, i64);

/// Somebody who is told, and may fail.
#[derive(Clone, Default)]
pub struct Listener(Arc<Inner>);

#[derive(Default)]
struct Inner {
    told: Mutex<Vec<Told>>,
    /// The row at whose events it fails, and how.
    fails_at: Mutex<Option<(&'static str, Failure)>>,
    tries: AtomicI64,
    heard: Notify,
}

#[derive(Clone, Copy, Debug)]
pub enum Failure {
    Error,
    Panic,
}

impl Listener {
    pub fn told(&self) -> Vec<Told> {
        self.0.told.lock().unwrap().clone()
    }

    /// The versions of a row that it was told of, in order.
    pub fn versions(&self, key: &str) -> Vec<i64> {
        self.told().into_iter().filter(|(row, _)| row == key).map(|(_, version)| version).collect()
    }

    /// How often it was tried to tell it something that failed.
    pub fn failures(&self) -> i64 {
        self.0.tries.load(SeqCst)
    }

    pub fn fail_at(&self, failure: Option<(&'static str, Failure)>) {
        *self.0.fails_at.lock().unwrap() = failure;
    }

    /// Waits until it was told of so many.
    pub async fn wait_for(&self, number: usize) {
        let heard = async {
            loop {
                let next = self.0.heard.notified();
                if self.told().len() >= number {
                    return;
                }
                next.await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), heard).await.expect("told in time");
    }

    fn hear(&self, key: &str, version: i64) -> Result<()> {
        let failure = *self.0.fails_at.lock().unwrap();
        if let Some((_, failure)) = failure.filter(|(row, _)| *row == key) {
            self.0.tries.fetch_add(1, SeqCst);
            match failure {
                Failure::Error => return Err(RuleViolation::new("closed", "come again later").into()),
                Failure::Panic => panic!("a handler that panics"),
            }
        }
        self.0.told.lock().unwrap().push((key.to_owned(), version));
        self.0.heard.notify_one();
        Ok(())
    }
}

#[async_trait]
impl Handler<Counted> for Listener {
    async fn handle(&self, ctx: &Ctx, _: &Data, event: &Arc<Delivered<Counted>>) -> Result<()> {
        assert!(ctx.actor.is_elevated() && ctx.request_id.as_ref() == event.request_id);
        // Others get the processor: whoever does not wait for the end is ahead now.
        tokio::task::yield_now().await;
        self.hear(&event.entity_key, event.event.version)
    }
}

/// A sink that keeps what it takes.
#[derive(Clone)]
pub struct Kept {
    name: &'static str,
    taken: Arc<Mutex<Vec<AuditEntry>>>,
    is_closed: Arc<AtomicBool>,
}

impl Kept {
    pub fn new(name: &'static str) -> Self {
        Self { name, taken: Arc::default(), is_closed: Arc::default() }
    }

    pub fn taken(&self) -> Vec<AuditEntry> {
        self.taken.lock().unwrap().clone()
    }

    /// Takes nothing any more, or all again.
    pub fn close(&self, is_closed: bool) {
        self.is_closed.store(is_closed, SeqCst);
    }
}

#[async_trait]
impl AuditSink for Kept {
    fn name(&self) -> &'static str {
        self.name
    }

    async fn take(&self, entry: &AuditEntry) -> Result<(), SinkError> {
        if self.is_closed.load(SeqCst) {
            return Err(SinkError("closed".to_owned()));
        }
        self.taken.lock().unwrap().push(entry.clone());
        Ok(())
    }
}

/// Time that a test moves.
#[derive(Clone)]
pub struct Time(Arc<AtomicI64>);

impl Default for Time {
    fn default() -> Self {
        let now = kwik::adapters::system::SystemClock.now();
        Self(Arc::new(AtomicI64::new(now.timestamp_micros())))
    }
}

impl Time {
    pub fn pass(&self, time: Duration) {
        self.0.fetch_add(i64::try_from(time.as_micros()).unwrap(), SeqCst);
    }
}

impl Clock for Time {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0.load(SeqCst)).unwrap()
    }
}

pub fn app(listener: &Listener, time: &Time) -> App {
    App::new()
        .resource::<Counter>()
        .rule::<Counter>(Tells)
        .clock(time.clone())
        .on::<Counted>("listener", listener.clone())
        .event::<Removed>()
}

/// An app whose events are told by its own dispatcher.
pub async fn running(engine: Engine) -> (TestApp, Listener, Time) {
    let (listener, time) = (Listener::default(), Time::default());
    let app = TestApp::start(engine, || app(&listener, &time)).await;
    (app, listener, time)
}

/// An app that tells nobody anything: that is left to a dispatcher of the test's.
pub async fn silent(engine: Engine) -> (TestApp, Dispatcher, Listener, Time) {
    let (app, listener, time) = running(engine).await;
    app.service().stop();
    let dispatcher = dispatcher(&app);
    (app, dispatcher, listener, time)
}

/// One dispatcher more, which was not started.
pub fn dispatcher(app: &TestApp) -> Dispatcher {
    let data = app.service().services.data.clone();
    Dispatcher::new(data.state::<Outbox>().unwrap().clone(), data, None)
}

pub async fn events(app: &TestApp) -> Vec<BusinessEvent> {
    all(app).await
}

pub async fn deliveries(app: &TestApp) -> Vec<Delivery> {
    all(app).await
}

pub async fn all<E: Entity>(app: &TestApp) -> Vec<E> {
    let page = Page { skip: 0, limit: 100_000 };
    let rows =
        app.service().services.data.single().repository::<E>().list(&app.system(), &Filter::All, &[], page).await;
    rows.unwrap().into_iter().map(|row| row.entity).collect()
}
