//! The end of a server: who must know of it and who is still at work.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::watch;

/// Whether the shutdown began. Clones share it.
///
/// [`serve`](super::serve) sets it when its shutdown future ends; a program may set it earlier, to be taken
/// out of a load balancer before it stops accepting.
#[derive(Debug, Clone, Default)]
pub struct Drain(Arc<AtomicBool>);

impl Drain {
    /// The shutdown begins.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether the shutdown began.
    pub fn begun(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// What connections are told. They are told by changes alone, so that the first value needs no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Serve.
    Serving,
    /// Finish what is in flight.
    Draining,
    /// Close at once.
    Ended,
}

/// Held by every connection and by every request at work: the server ends when all of them are gone.
pub(crate) type AtWork = watch::Receiver<Stage>;

tokio::task_local! {
    /// The server to which the current connection belongs.
    pub(crate) static SERVER: AtWork;
}

/// Keeps the current server, if there is one, from ending before the result is dropped.
pub(crate) fn at_work() -> Option<AtWork> {
    SERVER.try_with(Clone::clone).ok()
}

/// The next stage; a server that vanished without a word has ended.
pub(crate) async fn next_stage(server: &mut AtWork) -> Stage {
    match server.changed().await {
        Ok(()) => *server.borrow_and_update(),
        Err(_) => Stage::Ended,
    }
}
