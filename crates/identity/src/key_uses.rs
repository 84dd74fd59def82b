//! From where API keys are used, and when.

use crate::{
    bounded::slot,
    throttling::{network_of, network_text},
};
use chrono::{DateTime, TimeDelta, Utc};
use kwik_app::Data;
use kwik_domain::{
    AccessEvent, Ctx, Error, Page, Repository, Result, Via,
    access::{ApiKey, ApiKeyUse, ApiKeyUseCreate, ApiKeyUseUpdate},
};
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// How often the use of a key from one network is written at the most.
const PERIOD: TimeDelta = TimeDelta::minutes(1);

/// When this instance last wrote that a key was used from a network.
type Written = HashMap<(i64, IpAddr), Option<DateTime<Utc>>>;

/// Keeps from where keys are used. A use from a new address is on the audit trail.
pub(crate) struct KeyUses {
    data: Data,
    written: Mutex<Written>,
}

impl KeyUses {
    /// Uses that are written by way of these data.
    pub(crate) fn new(data: Data) -> Self {
        Self { data, written: Mutex::default() }
    }

    /// Writes that somebody acts by a key, unless this instance wrote so within the last minute, or it did
    /// not come over the network. That it cannot be written is logged and changes nothing.
    pub(crate) async fn write(&self, ctx: &Ctx) {
        let (&Via::Key(key), Some(address)) = (&ctx.actor.via, ctx.address.map(network_of)) else { return };
        let Some(before) = self.take(key, address, ctx.now) else { return };
        // A key need not be allowed to write that it was used; the trail names it all the same.
        let ctx = ctx.elevated();
        let mut written = self.write_once(&ctx, key, address).await;
        if let Err(Error::Conflict(_)) = written {
            // Somebody else was first: now there is such a row.
            written = self.write_once(&ctx, key, address).await;
        }
        if let Err(error) = written {
            tracing::error!(%error, key, "the use of an API key could not be written");
            *slot(&mut self.lock(), (key, address)) = before;
        }
    }

    /// Takes the turn to write, if there is one; gives when it was taken before.
    #[expect(clippy::option_option, reason = "whether there is a turn, and whether there was one before")]
    fn take(&self, key: i64, address: IpAddr, now: DateTime<Utc>) -> Option<Option<DateTime<Utc>>> {
        let mut written = self.lock();
        let last = slot(&mut written, (key, address));
        last.is_none_or(|last| last + PERIOD <= now).then(|| last.replace(now))
    }

    fn lock(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn write_once(&self, ctx: &Ctx, key_id: i64, network: IpAddr) -> Result<()> {
        let address = network_text(network);
        let mut work = self.data.begin().await?;
        let same = ApiKeyUse::KEY_ID.eq(key_id) & ApiKeyUse::ADDRESS.eq(&*address);
        let found = work.repository::<ApiKeyUse>().list(ctx, &same, &[], Page { skip: 0, limit: 1 }).await?;
        if let Some(before) = found.first() {
            let update = ApiKeyUseUpdate { last_used_at: Some(ctx.now), ..ApiKeyUseUpdate::default() };
            work.repository::<ApiKeyUse>().update(ctx, before.id, None, &update).await?;
            return work.commit().await;
        }
        let (first_used_at, last_used_at) = (ctx.now, ctx.now);
        let create = ApiKeyUseCreate { key_id, address: address.clone(), first_used_at, last_used_at };
        work.repository::<ApiKeyUse>().create(ctx, &create).await?;
        let key = work.repository::<ApiKey>().get(ctx, key_id).await?;
        let event = AccessEvent::new("key_new_address").about(key.user_id);
        let event = event.with("name", &key.name).with("suffix", &key.suffix).with("address", &address);
        work.record(ctx, &event).await?;
        work.commit().await
    }
}
