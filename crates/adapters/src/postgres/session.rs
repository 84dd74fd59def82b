//! Reads and writes on PostgreSQL.

use super::{
    PostgresStore, bind,
    dialect::Postgres,
    error::store_error,
    estimate::{explain, planned_rows},
    reader::PostgresRow,
    write::write_statement,
};
use crate::{
    epochs::Whose,
    sql::{self, Binds, HISTORY, Shape, Statement, Unfinished, history_record},
};
use async_trait::async_trait;
use kwik_domain::{
    AccessEvent, AuditRecord, Ctx, EntityMeta, Filter, KeyRef, Lock, Page, Permit, Select, Session, Sink, StoreError,
    UnitOfWork, Verb, Write, WriteOutcome, access::ACCESS,
};
use sqlx::{
    AssertSqlSafe, Row, Transaction,
    postgres::{PgArguments, PgRow},
    query::Query,
};

/// The insert of a record about access: bind at, entity, key, action, user, impersonator, tenant, via,
/// request, address, details.
const RECORD: &str = "INSERT INTO kwik_audit (at, entity, entity_key, action, version, user_id, impersonator_id, \
     tenant, via, request_id, address, after) VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9, $10, CAST($11 AS jsonb)) \
     RETURNING id";

/// A session, on the pool or in a transaction.
pub(super) struct PostgresSession {
    store: PostgresStore,
    transaction: Option<Transaction<'static, sqlx::Postgres>>,
    /// Whose rights are void once this is committed.
    changed: Vec<Whose>,
    unfinished: Unfinished,
}

impl PostgresSession {
    pub(super) fn autocommit(store: PostgresStore) -> Self {
        Self { store, transaction: None, changed: Vec::new(), unfinished: Unfinished::default() }
    }

    pub(super) fn unit_of_work(store: PostgresStore, transaction: Transaction<'static, sqlx::Postgres>) -> Self {
        Self { store, transaction: Some(transaction), changed: Vec::new(), unfinished: Unfinished::default() }
    }

    async fn rows(
        &mut self,
        statement: &Statement,
        binds: &Binds<'_>,
        entity: &'static EntityMeta,
    ) -> Result<Vec<PgRow>, StoreError> {
        let arguments = bind::arguments(statement, binds)?;
        // Made by `crate::sql` of names from metadata and of slots.
        let query = sqlx::query_with(AssertSqlSafe(statement.sql.clone()), arguments);
        self.run(query, Some(entity)).await
    }

    async fn run(
        &mut self,
        query: Query<'_, sqlx::Postgres, PgArguments>,
        entity: Option<&'static EntityMeta>,
    ) -> Result<Vec<PgRow>, StoreError> {
        let error = |e| store_error(e, entity);
        match &mut self.transaction {
            None => query.fetch_all(&self.store.pool).await.map_err(error),
            Some(transaction) => {
                self.unfinished.begin()?;
                let rows = query.fetch_all(&mut **transaction).await;
                let rows = rows.map_err(|e| self.unfinished.failed(error(e)))?;
                self.unfinished.done();
                Ok(rows)
            }
        }
    }

    /// The one number that a statement gives.
    async fn number(&mut self, statement: &Statement, select: &Select<'_>) -> Result<u64, StoreError> {
        let rows = self.rows(statement, &Binds::of_select(select), select.permit.entity()).await?;
        let number: i64 = rows.first().map_or(Ok(0), |row| row.try_get(0)).map_err(|e| store_error(e, None))?;
        Ok(u64::try_from(number).unwrap_or(0))
    }

    async fn attempt(&mut self, write: &Write<'_>, lock: bool) -> Result<Vec<PgRow>, StoreError> {
        let entity = write.entity();
        let (sort, values): (u8, &[_]) = match write.verb {
            Verb::Insert { values } => (10, values),
            Verb::Update { values, .. } => (11, values),
            Verb::Delete { .. } => (12, &[]),
        };
        let shape = Shape::new(sort, entity)
            .flag(lock)
            .flag(write.expected().is_some())
            .values(values)
            .filter(&write.permit.scope().rows);
        let statement = self.store.statements.get(shape, || write_statement(&Postgres, write, lock));
        self.rows(&statement, &Binds::of_write(write), entity).await
    }

    /// The rights that a committed write may have changed are void from now on.
    fn committed(&mut self) {
        for whose in self.changed.drain(..) {
            self.store.listener.advance(whose);
        }
    }

    async fn records(&mut self, permit: &Permit, key: KeyRef<'_>, page: Page) -> Result<Vec<AuditRecord>, StoreError> {
        let query = sqlx::query(HISTORY)
            .bind(permit.entity().collection)
            .bind(key.to_text())
            .bind(i64::try_from(page.limit).unwrap_or(i64::MAX))
            .bind(i64::try_from(page.skip).unwrap_or(i64::MAX));
        let rows = self.run(query, None).await?;
        Ok(rows.iter().map(|row| history_record(&PostgresRow(row))).collect::<Result<_, _>>()?)
    }
}

#[async_trait]
impl Session for PostgresSession {
    async fn fetch(&mut self, select: &Select<'_>, sink: Sink<'_>) -> Result<(), StoreError> {
        let entity = select.permit.entity();
        let shape = Shape::of_select(0, select);
        let statement = self.store.statements.get(shape, || sql::select(&Postgres, select));
        for row in self.rows(&statement, &Binds::of_select(select), entity).await? {
            sink(&PostgresRow(&row))?;
        }
        Ok(())
    }

    async fn fetch_page(&mut self, select: &Select<'_>, sink: Sink<'_>) -> Result<u64, StoreError> {
        let entity = select.permit.entity();
        let shape = Shape::of_select(1, select);
        let statement = self.store.statements.get(shape, || sql::page(&Postgres, select));
        let rows = self.rows(&statement, &Binds::of_select(select), entity).await?;
        let mut total = 0;
        for row in &rows {
            let number: i64 = row.try_get_unchecked(entity.fields.len()).map_err(|e| store_error(e, None))?;
            total = u64::try_from(number).unwrap_or(0);
            let key = row.try_get_raw(0).map_err(|e| store_error(e, None))?;
            if !sqlx::ValueRef::is_null(&key) {
                sink(&PostgresRow(row))?;
            }
        }
        Ok(total)
    }

    async fn count(&mut self, select: &Select<'_>) -> Result<u64, StoreError> {
        let shape = Shape::of_select(2, select);
        let statement = self.store.statements.get(shape, || sql::count(&Postgres, select));
        self.number(&statement, select).await
    }

    /// Where the scope is all rows: what the planner thinks, from its figures, which `ANALYZE` or
    /// autovacuum brought; no row is looked at. Those figures are of the whole table, and so within a
    /// narrower scope, and where the filter looks at other tables, the rows are counted instead. That count ends soon after the 10,000th, and then there
    /// is no number; it may still have to look at many rows that are not in the scope, for as long as a
    /// statement may take.
    async fn estimate(&mut self, select: &Select<'_>) -> Result<Option<u64>, StoreError> {
        let entity = select.permit.entity();
        let select = &sql::as_far_as_counted(select);
        if select.permit.scope().rows == Filter::All && !select.filter.follows_references() {
            let statement = self.store.statements.get(Shape::of_select(4, select), || explain(&Postgres, select));
            let rows = self.rows(&statement, &Binds::of_select(select), entity).await?;
            let row = rows.first().ok_or_else(|| StoreError::Other("there is no plan".to_owned()))?;
            let plan: &str = row.try_get_unchecked(0).map_err(|e| store_error(e, None))?;
            return planned_rows(plan).map(Some);
        }
        let statement = self.store.statements.get(Shape::of_select(3, select), || sql::count_page(&Postgres, select));
        Ok(sql::counted(self.number(&statement, select).await?))
    }

    async fn write(&mut self, write: &Write<'_>, sink: Sink<'_>) -> Result<WriteOutcome, StoreError> {
        write.check()?;
        let entity = write.entity();
        let expected = write.expected();
        // Without a version there is nothing by which the optimistic form could see a lost race.
        let forms: &[bool] = if entity.versioned { &[false, true] } else { &[true] };
        for lock in forms {
            let rows = self.attempt(write, *lock).await?;
            let Some(row) = rows.first() else {
                let insert = matches!(write.verb, Verb::Insert { .. });
                return Ok(if insert { WriteOutcome::OutOfScope } else { WriteOutcome::NotFound });
            };
            let column = entity.fields.len();
            let written: bool = row.try_get_unchecked(column).map_err(|e| store_error(e, None))?;
            if written {
                self.changed.extend(Whose::changed_by(write, &PostgresRow(row)));
                if self.transaction.is_some() {
                    // What the caller cannot read must not be committed either.
                    self.unfinished.begin()?;
                } else {
                    self.committed();
                }
                sink(&PostgresRow(row))?;
                self.unfinished.done();
                return Ok(WriteOutcome::Written);
            }
            let current: Option<i64> = row.try_get_unchecked(column + 1).map_err(|e| store_error(e, None))?;
            if let (Some(expected), Some(current)) = (expected, current)
                && expected != current
            {
                return Ok(WriteOutcome::VersionConflict { current });
            }
        }
        // The row was locked and its version fits: only the scope can have kept it back.
        Ok(WriteOutcome::OutOfScope)
    }

    async fn record(&mut self, ctx: &Ctx, event: &AccessEvent) -> Result<i64, StoreError> {
        let query = sqlx::query(RECORD)
            .bind(ctx.now)
            .bind(ACCESS)
            .bind(&event.key)
            .bind(event.action)
            .bind(ctx.actor.user_id())
            .bind(ctx.actor.impersonator)
            .bind(ctx.actor.tenant.as_deref())
            .bind(ctx.actor.via.label())
            .bind(&*ctx.request_id)
            .bind(ctx.address.map(|a| a.to_string()))
            .bind(&event.details);
        let rows = self.run(query, None).await?;
        let row = rows.first().ok_or_else(|| StoreError::Other("a record was written and not returned".to_owned()))?;
        row.try_get(0).map_err(|e| store_error(e, None))
    }

    async fn history(
        &mut self,
        permit: &Permit,
        key: KeyRef<'_>,
        page: Page,
    ) -> Result<Option<Vec<AuditRecord>>, StoreError> {
        let records = self.records(permit, key, page).await?;
        if permit.scope().rows == Filter::All {
            let first = Page { skip: 0, limit: 1 };
            // A page beyond the last one is empty, also of a row that is gone.
            if !records.is_empty() || !self.records(permit, key, first).await?.is_empty() {
                return Ok(Some(records));
            }
        }
        let filter = key.filter();
        let exists = Select { permit, filter: &filter, order: &[], after: None, page: None, lock: Lock::None };
        Ok((self.count(&exists).await? > 0).then_some(records))
    }
}

#[async_trait]
impl UnitOfWork for PostgresSession {
    async fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        self.unfinished.check()?;
        if let Some(transaction) = self.transaction.take() {
            transaction.commit().await.map_err(|e| store_error(e, None))?;
        }
        self.committed();
        Ok(())
    }
}
