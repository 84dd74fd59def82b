//! Hears of changed rights.

use crate::epochs::{Epochs, Whose};
use kwik_domain::Notifier;
use sqlx::{PgPool, postgres::PgListener};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::task::AbortHandle;

/// The channel on which the schema's triggers tell of changed users, roles, permissions and what else grants
/// rights: with the key of the user whom it concerns, or with nothing where it concerns everybody.
pub const CHANNEL: &str = "kwik_access";

/// How long to wait before listening is tried again.
const RETRY: Duration = Duration::from_millis(500);
/// How often the listening connection must give a sign of life.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// Counts the changes of rights that this instance has heard of, and knows whether it hears at all.
#[derive(Debug, Default)]
pub(super) struct Listener {
    epochs: Epochs,
    hears: AtomicBool,
    task: Mutex<Option<AbortHandle>>,
}

impl Listener {
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
        self.hears.store(false, Ordering::Release);
        if let Some(task) = self.task.lock().unwrap_or_else(PoisonError::into_inner).take() {
            task.abort();
        }
    }

    async fn run(&self, pool: PgPool) {
        loop {
            if let Err(error) = self.listen(&pool).await {
                self.hears.store(false, Ordering::Release);
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
        self.hears.store(true, Ordering::Release);
        loop {
            match tokio::time::timeout(HEARTBEAT, listener.try_recv()).await {
                Ok(Ok(Some(heard))) => self.advance(Whose::announced(heard.payload())),
                Ok(Ok(None)) => return Err(sqlx::Error::WorkerCrashed),
                Ok(Err(error)) => return Err(error),
                Err(_) => {
                    let sign = sqlx::query("SELECT 1").execute(&mut listener);
                    match tokio::time::timeout(HEARTBEAT, sign).await {
                        Ok(answer) => {
                            answer?;
                        }
                        Err(_) => return Err(sqlx::Error::PoolTimedOut),
                    }
                }
            }
        }
    }
}

impl Notifier for Listener {
    fn epoch(&self, user_id: i64) -> Option<u64> {
        self.hears.load(Ordering::Acquire).then(|| self.epochs.of(user_id))
    }
}
