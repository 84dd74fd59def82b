//! First rows of a program's own.

use crate::{App, Service, Services, terminal::say};
use kwik_app::CrudService;
use kwik_domain::{Ctx, Entity, Error, Filter, KeyType, Page, Repository, Result, RuleViolation, Stored, Via};
use std::pin::Pin;

/// Makes first rows; implemented for asynchronous closures and functions.
pub(crate) trait Seed: Send + Sync {
    fn sow<'a>(&'a self, services: &'a Services, ctx: &'a Ctx) -> Pin<Box<dyn Future<Output = Result<()>> + 'a>>;
}

impl<F: AsyncFn(&Services, &Ctx) -> Result<()> + Send + Sync> Seed for F {
    fn sow<'a>(&'a self, services: &'a Services, ctx: &'a Ctx) -> Pin<Box<dyn Future<Output = Result<()>> + 'a>> {
        Box::pin(self(services, ctx))
    }
}

/// A row that is there now.
#[derive(Clone, Debug)]
pub enum Ensured<E> {
    /// It was made just now.
    Made(Stored<E>),
    /// It had been there before, and was left as it was.
    There(Stored<E>),
}

impl<E> Ensured<E> {
    /// The row.
    pub fn row(self) -> Stored<E> {
        match self {
            Self::Made(row) | Self::There(row) => row,
        }
    }
}

impl App {
    /// Adds first rows, which the command `seed` makes as the program itself; see [`Services::ensure`], by which they
    /// are made once however often it runs.
    #[must_use]
    pub fn seed<F>(mut self, seed: F) -> Self
    where
        F: AsyncFn(&Services, &Ctx) -> Result<()> + Send + Sync + 'static,
    {
        self.seeds.push(Box::new(seed));
        self
    }
}

impl Services {
    /// Makes a row, with the rules of its entity, unless there is one that satisfies the filter. On the command line,
    /// it says which of the two it was.
    ///
    /// # Errors
    ///
    /// A [`RuleViolation`] when several rows satisfy the filter; what creating and reading rows fail with.
    pub async fn ensure<E: Entity>(&self, ctx: &Ctx, filter: &Filter, create: E::Create) -> Result<Ensured<E>> {
        let ensured = match self.find(ctx, filter).await? {
            Some(row) => Ensured::There(row),
            None => match CrudService::<E>::new(self.data.clone()).create(ctx, create).await {
                Ok(made) => Ensured::Made(made.value),
                // Somebody else may have been faster.
                Err(error @ Error::Conflict(_)) => Ensured::There(self.find(ctx, filter).await?.ok_or(error)?),
                Err(error) => return Err(error),
            },
        };
        if ctx.actor.via == Via::CommandLine {
            let (row, outcome) = match &ensured {
                Ensured::Made(row) => (row, "made"),
                Ensured::There(row) => (row, "there"),
            };
            say(&format!("{} {}: {outcome}", E::META.collection, row.key().values().to_text()));
        }
        Ok(ensured)
    }

    async fn find<E: Entity>(&self, ctx: &Ctx, filter: &Filter) -> Result<Option<Stored<E>>> {
        let page = Page { skip: 0, limit: 2 };
        let mut rows = self.data.single().repository::<E>().list(ctx, filter, &[], page).await?;
        let row = rows.pop();
        if rows.is_empty() {
            return Ok(row);
        }
        let detail = format!("several of {} satisfy the filter, which should find one", E::META.collection);
        Err(RuleViolation::new("not_unique", detail).into())
    }

    /// What was given to [`App::state`](crate::App::state), or a section of
    /// [`App::settings`](crate::App::settings), by its type.
    pub fn state<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.data.state()
    }
}

impl Service {
    /// Makes the first rows that the program declares, in order, as the program itself.
    ///
    /// # Errors
    ///
    /// The first that goes wrong; what was made before it stays.
    pub async fn seed(&self) -> Result<()> {
        let ctx = self.services.data.system(Via::CommandLine);
        for seed in &self.seeds {
            seed.sow(&self.services, &ctx).await?;
        }
        Ok(())
    }
}
