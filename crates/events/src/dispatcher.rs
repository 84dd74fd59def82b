//! Hands over what is due, as long as the program runs.

use crate::{Outbox, round::Round};
use kwik_app::Data;
use kwik_domain::Result;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};

/// How long what another instance has raised waits at the most until it is seen.
const POLL: Duration = Duration::from_secs(1);
/// How long closing waits for handlers in hand.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many rows' deliveries go on at once by default.
const STREAMS: usize = 8;

/// Hands over events and audit records to those who are to be told of them: at least once, those of one row in
/// their order, and again after a failure. Any number of them, in any number of processes, share the work.
pub struct Dispatcher {
    round: Arc<Round>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Dispatcher {
    /// One that has not started yet. At most `streams` handlers run at once, and never more than 8 (8 if there is
    /// none given): each may use a connection to the database.
    pub fn new(outbox: Outbox, data: Data, streams: Option<usize>) -> Self {
        let streams = streams.unwrap_or(STREAMS).clamp(1, STREAMS);
        Self { round: Arc::new(Round::new(outbox, data, streams)), task: Mutex::default() }
    }

    /// Starts to hand over. Without events and sinks, nothing is started.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn start(&self) {
        if self.round.has_tables() {
            let task = tokio::spawn(run(self.round.clone()));
            *self.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
        }
    }

    /// Hands over all that is due now, and what comes of it, until nothing is left that is due: for tests. What
    /// has failed is due later, by the program's clock.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::Store`] when the database cannot be reached.
    pub async fn deliver_all(&self) -> Result<()> {
        self.round.until_nothing_is_due().await
    }

    /// Hands over nothing more, without waiting for what is in hand.
    pub fn stop(&self) {
        self.round.stop();
    }

    /// Hands over nothing more, and waits up to ten seconds for what is in hand. What is then not done stays in
    /// the database, and is done by another instance or after the next start.
    pub async fn close(&self) {
        self.stop();
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        let ended = async {
            if let Some(task) = task {
                // It can only have ended.
                let _ = task.await;
            }
            self.round.all_idle().await;
        };
        if timeout(PATIENCE, ended).await.is_err() {
            tracing::warn!("handlers of events still run; what they do is done again later");
        }
    }
}

/// Looks again and again: at once when something is raised in this process, else each second.
async fn run(round: Arc<Round>) {
    round.tell_of_unknown_receivers().await;
    let mut fails = false;
    while round.has_receivers() && !round.is_stopped() {
        match round.look().await {
            Ok(begun) => {
                fails = false;
                if begun == 0 {
                    // Rung or not, the next look tells.
                    let _ = timeout(POLL, round.rung()).await;
                }
            }
            Err(error) => {
                if !std::mem::replace(&mut fails, true) {
                    tracing::error!(%error, "deliveries cannot be looked for; trying on");
                }
                sleep(POLL).await;
            }
        }
    }
}
