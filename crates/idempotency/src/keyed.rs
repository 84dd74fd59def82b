//! A command with the key under which its answer is kept.

use crate::{KeptAnswer, KeptAnswerCreate, Reply};
use async_trait::async_trait;
use kwik_app::{Command, Data, Work};
use kwik_domain::{Ctx, Error, Isolation, Page, Repository, Result, Stored};
use std::{fmt, marker::PhantomData};

/// Each command that keeps its answer removes this many of those that nobody is given any more, so that
/// there are never many.
const PURGE: Page = Page { skip: 0, limit: 4 };

/// A command with the key under which its answer is kept.
pub(crate) struct Keyed<'a, C, R> {
    pub command: &'a C,
    pub caller: String,
    pub key: &'a str,
    pub fingerprint: String,
    pub reply: PhantomData<fn() -> R>,
}

impl<C, R> fmt::Debug for Keyed<'_, C, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyed").finish_non_exhaustive()
    }
}

#[async_trait]
impl<C: Command, R: Reply<C::Answer>> Command for Keyed<'_, C, R> {
    type Answer = Stored<KeptAnswer>;
    const ISOLATION: Isolation = C::ISOLATION;

    /// The key first: another request with it waits here for the end of this one.
    async fn run(&self, ctx: &Ctx, work: &mut Work) -> Result<Stored<KeptAnswer>> {
        let elevated = ctx.elevated();
        let new = KeptAnswerCreate {
            caller: self.caller.clone(),
            idempotency_key: self.key.to_owned(),
            fingerprint: self.fingerprint.clone(),
            created_at: ctx.now,
            status: 0,
            content_type: None,
            etag: None,
            location: None,
            body: String::new(),
        };
        let row = work.repository::<KeptAnswer>().create(&elevated, &new).await?;
        let answer = self.command.run(ctx, work).await?;
        let kept = KeptAnswer::keep(R::of(answer, ctx, work.data()).into_response()).await?;
        let row = work.repository::<KeptAnswer>().update(&elevated, row.id, None, &kept).await?;
        let data = work.data().clone();
        work.after_commit(move || async move { purge(&elevated, &data).await });
        Ok(row)
    }
}

impl<C, R> Keyed<'_, C, R> {
    /// The answer that is kept under the key, unless it is too old; then it is removed.
    pub(crate) async fn kept(&self, ctx: &Ctx, data: &Data) -> Result<Option<Stored<KeptAnswer>>> {
        let ctx = ctx.elevated();
        let of_key = KeptAnswer::CALLER.eq(self.caller.as_str()) & KeptAnswer::IDEMPOTENCY_KEY.eq(self.key);
        let first = Page { skip: 0, limit: 1 };
        let found = data.single().repository::<KeptAnswer>().list(&ctx, &of_key, &[], first).await?.pop();
        match found {
            Some(row) if row.created_at < KeptAnswer::oldest(ctx.now) => {
                remove(&ctx, data, row.id).await?;
                Ok(None)
            }
            found => Ok(found),
        }
    }
}

/// Removes some answers that are too old.
async fn purge(ctx: &Ctx, data: &Data) -> Result<()> {
    let old = KeptAnswer::CREATED_AT.lt(KeptAnswer::oldest(ctx.now));
    let by_age = [KeptAnswer::CREATED_AT.asc()];
    for row in data.single().repository::<KeptAnswer>().list(ctx, &old, &by_age, PURGE).await? {
        remove(ctx, data, row.id).await?;
    }
    Ok(())
}

/// Removes one, unless somebody else has.
async fn remove(ctx: &Ctx, data: &Data, id: i64) -> Result<()> {
    match data.single().repository::<KeptAnswer>().delete(ctx, id, None).await {
        Ok(_) | Err(Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}
