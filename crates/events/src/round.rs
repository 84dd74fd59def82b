//! One look at what is due.

use crate::{
    Delivery, Outbox,
    delivery::{self, DeliveryUpdate, same_stream},
    hand_over::{HandOver, LEASE},
};
use chrono::{DateTime, Utc};
use kwik_app::Data;
use kwik_domain::{Ctx, Error, Filter, Page, Repository, Result, Stored, Via};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::SeqCst},
};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

/// How many due deliveries are looked at together.
const PAGE: Page = Page { skip: 0, limit: 100 };
/// How many such pages one look takes when all of them wait behind others.
const PAGES: usize = 50;

/// Finds what is due, and has it handed over.
pub(crate) struct Round {
    outbox: Outbox,
    data: Data,
    /// One for each handler that may run at once.
    turns: Arc<Semaphore>,
    all: u32,
    /// Held by whoever looks.
    looking: Mutex<()>,
    is_stopped: AtomicBool,
}

/// A delivery that was looked at.
pub(crate) enum Claim {
    /// It is ours until the lease runs out.
    Ours(Stored<Delivery>),
    /// Somebody else has it, or it is gone.
    Lost,
}

impl Round {
    pub(crate) fn new(outbox: Outbox, data: Data, streams: usize) -> Self {
        let all = u32::try_from(streams).unwrap_or(1);
        let turns = Arc::new(Semaphore::new(streams));
        Self { outbox, data, turns, all, looking: Mutex::default(), is_stopped: AtomicBool::new(false) }
    }

    /// Whether anything is, or was, to be handed over.
    pub(crate) fn has_tables(&self) -> bool {
        !self.outbox.book().entities().is_empty()
    }

    pub(crate) fn has_receivers(&self) -> bool {
        self.outbox.book().receivers().next().is_some()
    }

    pub(crate) fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    pub(crate) fn data(&self) -> &Data {
        &self.data
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.data.clock().now()
    }

    pub(crate) fn ctx(&self) -> Ctx {
        self.data.system(Via::Job("events"))
    }

    pub(crate) fn stop(&self) {
        self.is_stopped.store(true, SeqCst);
        self.outbox.wake();
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.is_stopped.load(SeqCst)
    }

    pub(crate) async fn rung(&self) {
        self.outbox.rung().await;
    }

    /// Waits until no handler runs.
    pub(crate) async fn all_idle(&self) {
        drop(self.turns.acquire_many(self.all).await);
    }

    pub(crate) async fn until_nothing_is_due(self: &Arc<Self>) -> Result<()> {
        let _looking = self.looking.lock().await;
        while self.has_receivers() {
            // What is in hand may raise more, and is not due itself.
            self.all_idle().await;
            if self.look_once().await? == 0 {
                break;
            }
        }
        Ok(())
    }

    /// Has the first delivery of each row that is due handed over, some for each receiver, so that one that
    /// lags keeps nobody waiting. How many were begun.
    pub(crate) async fn look(self: &Arc<Self>) -> Result<usize> {
        let _looking = self.looking.lock().await;
        self.look_once().await
    }

    async fn look_once(self: &Arc<Self>) -> Result<usize> {
        let mut begun = 0;
        for receiver in self.outbox.book().receivers() {
            begun += self.look_for(receiver).await?;
        }
        Ok(begun)
    }

    /// Looks at what is due for one receiver, until there is something to begin. What waits behind the first
    /// delivery of its row is due all the time, and is passed over row by row.
    async fn look_for(self: &Arc<Self>, receiver: &str) -> Result<usize> {
        let (mut begun, mut seen) = (0, Vec::<String>::new());
        for _ in 0..PAGES {
            let others = !Delivery::STREAM.one_of(seen.iter().map(String::as_str));
            let is_due = Delivery::HANDLER.eq(receiver) & Delivery::DUE_AT.le(self.now()) & others;
            let due = self.list(&is_due, &[Delivery::DUE_AT.asc()], PAGE).await?;
            for delivery in &due {
                if self.is_stopped() {
                    return Ok(0);
                }
                if !seen.contains(&delivery.stream) {
                    seen.push(delivery.stream.clone());
                    begun += usize::from(self.begin_first(receiver, &delivery.stream).await?);
                }
            }
            if begun > 0 || (due.len() as u64) < PAGE.limit {
                break;
            }
        }
        Ok(begun)
    }

    /// Begins the first delivery of a row, if it is due and nobody else has it.
    async fn begin_first(self: &Arc<Self>, receiver: &str, stream: &str) -> Result<bool> {
        let Some(head) = self.head(receiver, stream).await?.filter(|head| head.due_at <= self.now()) else {
            return Ok(false);
        };
        let Ok(turn) = self.turns.clone().acquire_owned().await else { return Ok(false) };
        if self.is_stopped() {
            return Ok(false);
        }
        let Claim::Ours(claimed) = self.claim(&head).await? else { return Ok(false) };
        self.begin(claimed, turn);
        Ok(true)
    }

    fn begin(self: &Arc<Self>, delivery: Stored<Delivery>, turn: OwnedSemaphorePermit) {
        // Nothing aborts it: a unit of work that is dropped while it begins would spoil its connection.
        tokio::spawn(HandOver::new(self.clone(), delivery, turn).run());
    }

    /// The first delivery of a stream.
    pub(crate) async fn head(&self, handler: &str, stream: &str) -> Result<Option<Stored<Delivery>>> {
        let first = Page { skip: 0, limit: 1 };
        let found = self.list(&same_stream(handler, stream), &[Delivery::EVENT_ID.asc()], first).await?;
        Ok(found.into_iter().next())
    }

    /// Takes a delivery for as long as a lease, unless somebody else was faster.
    pub(crate) async fn claim(&self, delivery: &Stored<Delivery>) -> Result<Claim> {
        let lease = self.now() + LEASE;
        self.change(delivery, &delivery::claimed(delivery, lease)).await
    }

    /// Renews the lease of a delivery, or makes it due: nobody else has it until then. That somebody else has
    /// changed it meanwhile is as well.
    pub(crate) async fn postpone(&self, delivery: &Stored<Delivery>, until: DateTime<Utc>) -> Result<Claim> {
        self.change(delivery, &delivery::due(until)).await
    }

    /// Changes a delivery, if it is as it was read.
    pub(crate) async fn change(&self, delivery: &Stored<Delivery>, change: &DeliveryUpdate) -> Result<Claim> {
        let mut single = self.data.single();
        let mut deliveries = single.repository::<Delivery>();
        match deliveries.update(&self.ctx(), delivery.id, Some(delivery.version()), change).await {
            Ok(changed) => Ok(Claim::Ours(changed)),
            Err(Error::VersionConflict { .. } | Error::NotFound { .. }) => Ok(Claim::Lost),
            Err(error) => Err(error),
        }
    }

    async fn list(&self, filter: &Filter, order: &[kwik_domain::Order], page: Page) -> Result<Vec<Stored<Delivery>>> {
        self.data.single().repository::<Delivery>().list(&self.ctx(), filter, order, page).await
    }

    /// Says once that there are deliveries for whom the program does not know.
    pub(crate) async fn tell_of_unknown_receivers(&self) {
        let unknown = !Delivery::HANDLER.one_of(self.outbox.book().receivers());
        let first = self.list(&unknown, &[], Page { skip: 0, limit: 1 }).await;
        if let Some(delivery) = first.ok().and_then(|found| found.into_iter().next()) {
            let handler = &delivery.handler;
            tracing::warn!(handler, "there are deliveries for handlers that this program does not have; they stay");
        }
    }
}
