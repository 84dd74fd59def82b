//! What is done about events.

use crate::{Delivered, Event};
use async_trait::async_trait;
use kwik_app::Data;
use kwik_domain::{Ctx, Result};
use std::{future::Future, sync::Arc};

/// Does something about events, after what raised them was committed.
///
/// It is told of each at least once: of one twice where the process ends after the handler has done its
/// work and before that was noted. What it does should bear that; [`Delivered::id`] tells a repetition.
/// Events that are about one row come one after the other, in the order of the commits.
///
/// `ctx` is the program itself, which no policy bounds, within the request that raised the event.
///
/// A function of owned values is a handler, too:
///
/// ```
/// # use kwik_events::{Delivered, Event, Handler};
/// # use kwik_app::Data;
/// # use kwik_domain::{Ctx, Result};
/// # use serde::{Deserialize, Serialize};
/// # use std::sync::Arc;
/// # #[derive(Serialize, Deserialize)]
/// # struct OrderConfirmed { order_id: i64 }
/// # impl Event for OrderConfirmed { const NAME: &'static str = "order_confirmed"; }
/// async fn send_confirmation(ctx: Ctx, data: Data, event: Arc<Delivered<OrderConfirmed>>) -> Result<()> {
///     println!("order {} is confirmed", event.event.order_id);
///     Ok(())
/// }
/// # fn is_handler(_: impl Handler<OrderConfirmed>) {}
/// # is_handler(send_confirmation);
/// ```
#[async_trait]
pub trait Handler<E: Event>: Send + Sync + 'static {
    /// Does it. It should come to an end within half a minute; nothing cuts it short, but until it has ended
    /// no other event about the same row is handed to it.
    ///
    /// # Errors
    ///
    /// Whatever it returns is logged, and it is tried again: after 1 s, 2 s, 4 s … and at most an hour, until
    /// it succeeds. A panic is an error, too.
    async fn handle(&self, ctx: &Ctx, data: &Data, event: &Arc<Delivered<E>>) -> Result<()>;
}

#[async_trait]
impl<E, F, D> Handler<E> for F
where
    E: Event,
    F: Fn(Ctx, Data, Arc<Delivered<E>>) -> D + Send + Sync + 'static,
    D: Future<Output = Result<()>> + Send + 'static,
{
    async fn handle(&self, ctx: &Ctx, data: &Data, event: &Arc<Delivered<E>>) -> Result<()> {
        self(ctx.clone(), data.clone(), event.clone()).await
    }
}
