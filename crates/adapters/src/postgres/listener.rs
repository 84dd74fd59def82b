//! Hears of changed rights.

use crate::epochs::{Epochs, Whose};
use kwik_domain::Notifier;
use sqlx::{PgPool, postgres::PgListener};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{task::AbortHandle, time::Instant};

/// The channel on which the schema's triggers tell of changed users, roles, permissions and what else grants
/// rights: with the key of the user whom it concerns, or with nothing where it concerns everybody.
pub const CHANNEL: &str = "kwik_access";

/// How long to wait before listening is tried again.
const RETRY: Duration = Duration::from_millis(500);
/// How often the listening connection is asked for a sign of life.
const HEARTBEAT: Duration = Duration::from_millis(60);
/// What it is asked: whoever looks at the server's sessions sees by it what this one is for.
const SIGN_OF_LIFE: &str = "SELECT 'kwik_access'";
/// How long a sign of life may take before the connection is given up.
const PATIENCE: Duration = Duration::from_secs(5);

/// Counts the changes of rights that this instance has heard of, and knows whether it hears at all: what was
/// heard is relied upon for as long as a lease, which each sign of life begins anew. A connection that is
/// broken without a word is believed no longer than that.
#[derive(Debug)]
pub(super) struct Listener {
    epochs: Epochs,
    /// Up to when everything was heard, in microseconds since `born`; 0 while nothing is.
    heard: AtomicU64,
    born: Instant,
    lease: Duration,
    task: Mutex<Option<AbortHandle>>,
}

impl Listener {
    /// A listener who relies for so long on what was heard.
    pub(super) fn new(lease: Duration) -> Self {
        let epochs = Epochs::default();
        Self { epochs, heard: AtomicU64::new(0), born: Instant::now(), lease, task: Mutex::default() }
    }

    fn since_birth(&self, moment: Instant) -> u64 {
        // A million years fit.
        u64::try_from(moment.duration_since(self.born).as_micros()).unwrap_or(u64::MAX)
    }

    /// Everything that was told before this moment was heard.
    fn heard_until(&self, moment: Instant) {
        self.heard.store(self.since_birth(moment).max(1), Ordering::Release);
    }

    fn hears_nothing(&self) {
        self.heard.store(0, Ordering::Release);
    }

    /// A change was made by this instance, or heard of.
    pub(super) fn advance(&self, whose: Whose) {
        self.epochs.advance(whose);
    }

    /// Begins to listen, unless it does already.
    pub(super) fn start(this: &Arc<Self>, pool: PgPool) {
        let mut task = this.task.lock().unwrap_or_else(PoisonError::into_inner);
        if task.is_none() {
            let listener = this.clone();
            *task = Some(tokio::spawn(async move { listener.run(pool).await }).abort_handle());
        }
    }

    /// Stops listening.
    pub(super) fn stop(&self) {
        self.hears_nothing();
        if let Some(task) = self.task.lock().unwrap_or_else(PoisonError::into_inner).take() {
            task.abort();
        }
    }

    async fn run(&self, pool: PgPool) {
        loop {
            if let Err(error) = self.listen(&pool).await {
                self.hears_nothing();
                tracing::warn!(%error, "changes of rights cannot be heard of; each request asks the database");
            }
            // What was missed in between is void.
            self.advance(Whose::Everybody);
            tokio::time::sleep(RETRY).await;
        }
    }

    async fn listen(&self, pool: &PgPool) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect_with(pool).await?;
        // A lost connection must be seen, not hidden: what was sent meanwhile is lost.
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await?;
        self.advance(Whose::Everybody);
        loop {
            // What was told before the question is heard before its answer.
            let asked = Instant::now();
            let sign = sqlx::query(SIGN_OF_LIFE).execute(&mut listener);
            tokio::time::timeout(PATIENCE, sign).await.map_err(|_| sqlx::Error::PoolTimedOut)??;
            while let Some(heard) = listener.next_buffered() {
                self.advance(Whose::announced(heard.payload()));
            }
            self.heard_until(asked);
            while let Ok(heard) = tokio::time::timeout_at(asked + HEARTBEAT, listener.try_recv()).await {
                let heard = heard?.ok_or(sqlx::Error::WorkerCrashed)?;
                self.advance(Whose::announced(heard.payload()));
            }
        }
    }
}

impl Notifier for Listener {
    fn epoch(&self, user_id: i64) -> Option<u64> {
        let heard = self.heard.load(Ordering::Acquire);
        let age = self.since_birth(Instant::now()).saturating_sub(heard);
        (heard > 0 && u128::from(age) <= self.lease.as_micros()).then(|| self.epochs.of(user_id))
    }
}
