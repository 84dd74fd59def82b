//! One delivery after the other, about one row.

use crate::{
    Delivery, delivery,
    round::{Claim, Round},
};
use chrono::TimeDelta;
use kwik_domain::{Error, Repository, Result, Stored};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::OwnedSemaphorePermit,
    task::{JoinError, JoinHandle},
    time::timeout,
};

/// How long a delivery belongs to whoever has taken it. Clocks of instances may differ by half of it.
pub(crate) const LEASE: TimeDelta = TimeDelta::seconds(60);
/// After so long a handler is overdue, and the lease is renewed.
const OVERDUE: Duration = Duration::from_secs(30);
/// So many deliveries of one row are handed over before others get the turn.
const IN_A_ROW: usize = 16;

/// Hands over a delivery that was claimed, and those behind it.
pub(crate) struct HandOver {
    round: Arc<Round>,
    delivery: Stored<Delivery>,
    /// The right to run one handler; given back by one that is overdue.
    turn: Option<OwnedSemaphorePermit>,
}

impl HandOver {
    pub(crate) fn new(round: Arc<Round>, delivery: Stored<Delivery>, turn: OwnedSemaphorePermit) -> Self {
        Self { round, delivery, turn: Some(turn) }
    }

    pub(crate) async fn run(mut self) {
        for n in 1..=IN_A_ROW {
            match self.once(n < IN_A_ROW).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    let Delivery { event_id, handler, .. } = &self.delivery.entity;
                    tracing::error!(%error, event_id, handler, "a delivery is done again when its lease runs out");
                    break;
                }
            }
        }
        drop(self.turn);
        self.round.outbox().wake();
    }

    /// Hands over one delivery; whether the next one is claimed.
    async fn once(&mut self, goes_on: bool) -> Result<bool> {
        let Some((event, receiver)) = self.round.outbox().book().receiver(&self.delivery.handler) else {
            return Ok(false);
        };
        let (data, delivery) = (self.round.data().clone(), self.delivery.entity.clone());
        let task = tokio::spawn(async move { receiver.receive(&data, &delivery).await });
        let Some(outcome) = self.outcome(event, task).await? else { return Ok(false) };
        if let Err(reason) = outcome {
            let Delivery { event_id, handler, attempts, .. } = &self.delivery.entity;
            tracing::error!(%reason, event, event_id, handler, attempts, "a handler failed; it is tried again");
            let change = delivery::failed(&self.delivery, &reason, self.round.now());
            self.round.change(&self.delivery, &change).await?;
            return Ok(false);
        }
        if !self.remove().await? {
            return Ok(false);
        }
        self.next(goes_on).await
    }

    /// What becomes of the handler; nothing if the delivery was lost to another instance.
    async fn outcome(
        &mut self,
        event: &str,
        mut task: JoinHandle<Result<(), String>>,
    ) -> Result<Option<Result<(), String>>> {
        loop {
            if let Ok(joined) = timeout(OVERDUE, &mut task).await {
                return Ok(Some(joined.unwrap_or_else(|error| Err(ending(&error).to_owned()))));
            }
            let Delivery { event_id, handler, .. } = &self.delivery.entity;
            tracing::error!(event, event_id, handler, "a handler takes longer than 30 s; its row's events wait for it");
            // Others have their turn; nothing more is handed over for this row until it has ended.
            self.turn = None;
            let lease = self.round.now() + LEASE;
            match self.round.postpone(&self.delivery, lease).await? {
                Claim::Ours(renewed) => self.delivery = renewed,
                Claim::Lost => return Ok(None),
            }
        }
    }

    /// The receiver has it. Gives whether nobody else has taken it over meanwhile.
    async fn remove(&self) -> Result<bool> {
        let mut single = self.round.data().single();
        let mut deliveries = single.repository::<Delivery>();
        let version = Some(self.delivery.version());
        match deliveries.delete(&self.round.ctx(), self.delivery.id, version).await {
            Ok(_) => Ok(true),
            Err(Error::VersionConflict { .. } | Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Takes the next one of the row, or makes it due. It is changed in either case: whoever saw, a moment ago,
    /// that it has to wait for the one before must not put it off any more.
    async fn next(&mut self, goes_on: bool) -> Result<bool> {
        loop {
            let Delivery { handler, stream, .. } = &self.delivery.entity;
            let Some(next) = self.round.head(handler, stream).await? else { return Ok(false) };
            if next.attempts > 0 {
                // Another instance has it already.
                return Ok(false);
            }
            let claims = goes_on && self.turn.is_some() && !self.round.is_stopped();
            let now = self.round.now();
            let changed = if claims { self.round.claim(&next).await } else { self.round.postpone(&next, now).await };
            match changed? {
                Claim::Ours(next) => {
                    self.delivery = next;
                    return Ok(claims);
                }
                // It was taken by another, or handed over: the next look tells.
                Claim::Lost => {}
            }
        }
    }
}

fn ending(error: &JoinError) -> &'static str {
    if error.is_panic() { "the handler panicked" } else { "the handler was ended" }
}
