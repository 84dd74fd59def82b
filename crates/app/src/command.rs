//! What is done as a whole, and again when others were faster.

use crate::{Data, Work};
use async_trait::async_trait;
use kwik_domain::{Conflict, Ctx, Error, Isolation, Result};
use std::{fmt::Debug, time::Duration};
use tokio::time::{Instant, sleep};

/// Something that is done as a whole: what it reads and writes through `work` lasts together, or not at
/// all. [`Data::run`] carries it out.
///
/// It may be carried out several times, of which all but the last leave nothing behind; what it does
/// beyond `work` has to bear that, or goes to [`Work::after_commit`]. Its `Debug` text is what it asks
/// for: two commands with the same text ask for the same.
#[async_trait]
pub trait Command: Debug + Send + Sync {
    /// What it answers.
    type Answer: Send;
    /// How far apart from others it is carried out. With [`Isolation::Serializable`] it holds what it has
    /// read, against others that ask for the same, without a lock.
    const ISOLATION: Isolation = Isolation::ReadCommitted;

    /// Does it. The unit of work is committed by whoever calls.
    ///
    /// # Errors
    ///
    /// Whatever it returns undoes all of it, and is the answer.
    async fn run(&self, ctx: &Ctx, work: &mut Work) -> Result<Self::Answer>;
}

/// How often a command is tried.
const TRIES: u32 = 12;

/// No further try begins this long after the first one did: a request has an end.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest pauses between tries, in microseconds: the first, and any.
const PAUSES: (u64, u64) = (4_000, 250_000);

impl Data {
    /// Carries out a command in a unit of work and commits it. One that loses against others is tried
    /// again, a dozen times at the most.
    ///
    /// # Errors
    ///
    /// What the command returns; and [`Conflict::Contention`] when it lost each time.
    pub async fn run<C: Command>(&self, ctx: &Ctx, command: &C) -> Result<C::Answer> {
        let begun = Instant::now();
        for tried in 1.. {
            match self.attempt(ctx, command).await {
                Err(Error::Conflict(Conflict::Contention)) if tried < TRIES && begun.elapsed() < PATIENCE => {
                    sleep(self.pause(tried)).await;
                }
                outcome => return outcome,
            }
        }
        Err(Conflict::Contention.into())
    }

    /// One try.
    async fn attempt<C: Command>(&self, ctx: &Ctx, command: &C) -> Result<C::Answer> {
        let mut work = self.begin_at(C::ISOLATION).await?;
        let answer = command.run(ctx, &mut work).await?;
        work.commit().await?;
        Ok(answer)
    }

    /// How long to wait before the next try: longer each time, and of no length that two would share.
    fn pause(&self, tried: u32) -> Duration {
        let longest = (PAUSES.0 << tried.min(16)).min(PAUSES.1);
        let [a, b, c, d, ..] = self.random().bytes();
        Duration::from_micros(u64::from(u32::from_le_bytes([a, b, c, d])) % longest)
    }
}
