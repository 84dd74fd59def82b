//! Rows that link others: who holds which role, which role grants what. Read in parts, so that no number
//! of them is too large.

use crate::Ports;
use kwik_app::Work;
use kwik_domain::{Column, Ctx, Entity, Error, Filter, Page, Repo, Repository, Result, Stored, Value};

/// How many rows are read at once.
pub(crate) const CHUNK: Page = Page { skip: 0, limit: 500 };

/// A part of a list, in the order of keys.
#[derive(Clone, Debug)]
pub struct Part<E> {
    /// The rows.
    pub rows: Vec<Stored<E>>,
    /// Whether there are more behind them.
    pub more: bool,
}

impl<E> Default for Part<E> {
    fn default() -> Self {
        Self { rows: Vec::new(), more: false }
    }
}

/// A page that is being filled.
struct Filling<E> {
    part: Part<E>,
    page: Page,
}

impl<E> Filling<E> {
    fn new(page: Page) -> Self {
        Self { part: Part::default(), page }
    }

    /// Takes rows in, as far as they are on the page. Whether it is full, and known whether there is more.
    fn take(&mut self, rows: Vec<Stored<E>>) -> bool {
        for row in rows {
            if self.page.skip > 0 {
                self.page.skip -= 1;
            } else if (self.part.rows.len() as u64) < self.page.limit {
                self.part.rows.push(row);
            } else {
                self.part.more = self.page.limit > 0;
                return true;
            }
        }
        false
    }
}

/// The keys in `far`, larger than `after`, of links that hold this key in `near`: as many as are read at
/// once, the least first.
pub(crate) async fn linked<L: Entity>(
    ctx: &Ctx,
    repo: &mut Repo<'_>,
    (near, key): (Column<L, i64>, i64),
    far: Column<L, i64>,
    after: i64,
) -> Result<Vec<i64>> {
    let links =
        Repository::<L>::list(repo, &ctx.elevated(), &(near.eq(key) & far.gt(after)), &[far.asc()], CHUNK).await?;
    Ok(links.iter().filter_map(|link| int(link, far)).collect())
}

/// All of them.
pub(crate) async fn all_linked<L: Entity>(
    ctx: &Ctx,
    repo: &mut Repo<'_>,
    near: (Column<L, i64>, i64),
    far: Column<L, i64>,
) -> Result<Vec<i64>> {
    let (mut all, mut after) = (Vec::new(), i64::MIN);
    loop {
        let keys = linked(ctx, repo, near, far, after).await?;
        let Some(last) = keys.last().copied() else { return Ok(all) };
        after = last;
        all.extend(keys);
    }
}

/// The rows with these keys, in their order.
pub(crate) async fn rows_of<E: Entity>(ctx: &Ctx, repo: &mut Repo<'_>, keys: &[i64]) -> Result<Vec<Stored<E>>> {
    let mut rows = Vec::with_capacity(keys.len());
    for keys in keys.chunks(usize::try_from(CHUNK.limit).unwrap_or(usize::MAX)) {
        rows.extend(Repository::<E>::list(repo, ctx, &among(keys), &[], CHUNK).await?);
    }
    Ok(rows)
}

/// A page of the rows whose keys are in `far` of the links that hold this key in `near`, as far as the
/// actor sees them.
pub(crate) async fn page_of_linked<L: Entity, E: Entity>(
    ports: &Ports,
    ctx: &Ctx,
    near: (Column<L, i64>, i64),
    far: Column<L, i64>,
    page: Page,
) -> Result<Part<E>> {
    let (mut single, mut filling, mut after) = (ports.data.single(), Filling::new(page), i64::MIN);
    loop {
        let keys = linked(ctx, &mut single.repo(), near, far, after).await?;
        let Some(last) = keys.last().copied() else { return Ok(filling.part) };
        if filling.take(rows_of(ctx, &mut single.repo(), &keys).await?) {
            return Ok(filling.part);
        }
        after = last;
    }
}

/// A page of the rows whose keys are not there: those that are not yet linked.
pub(crate) async fn page_of_others<L: Entity, E: Entity<Key = i64>>(
    ports: &Ports,
    ctx: &Ctx,
    (near, key): (Column<L, i64>, i64),
    far: Column<L, i64>,
    page: Page,
) -> Result<Part<E>> {
    let (mut single, mut filling, mut after) = (ports.data.single(), Filling::new(page), i64::MIN);
    loop {
        let behind = Column::<E, i64>::new(0).gt(after);
        let mut rows = single.repository::<E>().list(ctx, &behind, &[], CHUNK).await?;
        let Some(last) = rows.last().map(|row| row.key()) else { return Ok(filling.part) };
        let keys = rows.iter().map(|row| Value::Int(row.key())).collect();
        let links = near.eq(key) & Filter::In(far.index(), keys);
        let links = single.repository::<L>().list(&ctx.elevated(), &links, &[far.asc()], CHUNK).await?;
        let taken: Vec<i64> = links.iter().filter_map(|link| int(link, far)).collect();
        rows.retain(|row| taken.binary_search(&row.key()).is_err());
        if filling.take(rows) {
            return Ok(filling.part);
        }
        after = last;
    }
}

/// All rows that satisfy a condition, whoever asks.
pub(crate) async fn remaining<E: Entity>(ctx: &Ctx, work: &mut Work, filter: &Filter) -> Result<Vec<Stored<E>>> {
    let (mut all, elevated) = (Vec::new(), ctx.elevated());
    loop {
        let page = Page { skip: all.len() as u64, ..CHUNK };
        let rows = work.repository::<E>().list(&elevated, filter, &[], page).await?;
        let is_last = (rows.len() as u64) < CHUNK.limit;
        all.extend(rows);
        if is_last {
            return Ok(all);
        }
    }
}

/// Removes a link, unless somebody else was faster.
pub(crate) async fn unlink<L: Entity<Key = i64>>(ctx: &Ctx, work: &mut Work, id: i64) -> Result<()> {
    match work.repository::<L>().delete(&ctx.elevated(), id, None).await {
        Ok(_) | Err(Error::NotFound { .. }) => Ok(()),
        Err(other) => Err(other),
    }
}

/// The rows whose key is one of these.
pub(crate) fn among(keys: &[i64]) -> Filter {
    Filter::In(0, keys.iter().copied().map(Value::Int).collect())
}

fn int<L: Entity>(link: &Stored<L>, column: Column<L, i64>) -> Option<i64> {
    match kwik_domain::Fields::get(link, column.index()) {
        kwik_domain::ValueRef::Int(key) => Some(key),
        _ => None,
    }
}

/// A page of rows that are there already.
pub(crate) fn page_of_rows<E>(rows: Vec<Stored<E>>, page: Page) -> Part<E> {
    let mut filling = Filling::new(page);
    filling.take(rows);
    filling.part
}
