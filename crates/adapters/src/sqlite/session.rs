//! Reads and writes on SQLite.

use super::{
    SqliteStore, bind,
    dialect::Sqlite,
    error::store_error,
    reader::SqliteRow,
    write::{record, write},
};
use crate::{
    epochs::Whose,
    sql::{self, Binds, HISTORY, Shape, Statement, Unfinished, history_record},
};
use async_trait::async_trait;
use kwik_domain::{
    AccessEvent, AuditRecord, Ctx, EntityMeta, Filter, KeyRef, Lock, Page, Permit, RowReader, Select, Session, Sink,
    StoreError, UnitOfWork, Write, WriteOutcome,
};
use sqlx::{
    AssertSqlSafe, Row, Transaction,
    query::Query,
    sqlite::{self, SqliteArguments},
};

/// A session, on the pools or in the writer's transaction.
pub(super) struct SqliteSession {
    store: SqliteStore,
    transaction: Option<Transaction<'static, sqlx::Sqlite>>,
    /// Whose rights are void once this is committed.
    changed: Vec<Whose>,
    unfinished: Unfinished,
}

impl SqliteSession {
    pub(super) fn autocommit(store: SqliteStore) -> Self {
        Self { store, transaction: None, changed: Vec::new(), unfinished: Unfinished::default() }
    }

    pub(super) fn unit_of_work(store: SqliteStore, transaction: Transaction<'static, sqlx::Sqlite>) -> Self {
        Self { store, transaction: Some(transaction), changed: Vec::new(), unfinished: Unfinished::default() }
    }

    async fn rows(
        &mut self,
        statement: &Statement,
        binds: &Binds<'_>,
        entity: &'static EntityMeta,
    ) -> Result<Vec<sqlite::SqliteRow>, StoreError> {
        let arguments = bind::arguments(statement, binds)?;
        // Made by `crate::sql` of names from metadata and of slots.
        let query = sqlx::query_with(AssertSqlSafe(statement.sql.clone()), arguments);
        self.run(query, Some(entity)).await
    }

    /// Runs a statement that reads, within the time that it has.
    async fn run(
        &mut self,
        query: Query<'_, sqlx::Sqlite, SqliteArguments>,
        entity: Option<&'static EntityMeta>,
    ) -> Result<Vec<sqlite::SqliteRow>, StoreError> {
        let error = |e| store_error(e, entity);
        match &mut self.transaction {
            None => {
                let mut reader = self.store.readers.acquire().await.map_err(error)?;
                let rows = query.fetch_all(&mut *reader).await;
                reader.release();
                rows.map_err(error)
            }
            Some(transaction) => {
                self.unfinished.begin()?;
                let _limited = self.store.limit.hold();
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
        let number = rows.first().map_or(Ok(None), |row| SqliteRow(row).int(0))?;
        Ok(number.and_then(|n| u64::try_from(n).ok()).unwrap_or(0))
    }

    async fn records(&mut self, permit: &Permit, key: KeyRef<'_>, page: Page) -> Result<Vec<AuditRecord>, StoreError> {
        let query = sqlx::query(HISTORY)
            .bind(permit.entity().collection)
            .bind(key.to_text())
            .bind(i64::try_from(page.limit).unwrap_or(i64::MAX))
            .bind(i64::try_from(page.skip).unwrap_or(i64::MAX));
        let rows = self.run(query, None).await?;
        Ok(rows.iter().map(|row| history_record(&SqliteRow(row))).collect::<Result<_, _>>()?)
    }
}

#[async_trait]
impl Session for SqliteSession {
    async fn fetch(&mut self, select: &Select<'_>, sink: Sink<'_>) -> Result<(), StoreError> {
        let entity = select.permit.entity();
        let shape = Shape::of_select(0, select);
        let statement = self.store.statements.get(shape, || sql::select(&Sqlite, select));
        for row in self.rows(&statement, &Binds::of_select(select), entity).await? {
            sink(&SqliteRow(&row))?;
        }
        Ok(())
    }

    async fn fetch_page(&mut self, select: &Select<'_>, sink: Sink<'_>) -> Result<u64, StoreError> {
        let entity = select.permit.entity();
        let shape = Shape::of_select(1, select);
        let statement = self.store.statements.get(shape, || sql::page(&Sqlite, select));
        let rows = self.rows(&statement, &Binds::of_select(select), entity).await?;
        let mut total = 0;
        for row in &rows {
            let reader = SqliteRow(row);
            total = reader.int(entity.fields.len())?.and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
            let key = row.try_get_raw(0).map_err(|e| store_error(e, None))?;
            if !sqlx::ValueRef::is_null(&key) {
                sink(&reader)?;
            }
        }
        Ok(total)
    }

    async fn count(&mut self, select: &Select<'_>) -> Result<u64, StoreError> {
        let shape = Shape::of_select(2, select);
        let statement = self.store.statements.get(shape, || sql::count(&Sqlite, select));
        self.number(&statement, select).await
    }

    /// SQLite keeps no figures that would tell. All rows are counted where the scope is all rows, which
    /// reads an index from end to end. Within a narrower scope the count ends soon after the 10,000th row,
    /// and then there is no number; it may still have to look at many rows that are not in the scope, for
    /// as long as a statement may take.
    async fn estimate(&mut self, select: &Select<'_>) -> Result<Option<u64>, StoreError> {
        if select.permit.scope().rows == Filter::All {
            return self.count(select).await.map(Some);
        }
        let select = &sql::as_far_as_counted(select);
        let shape = Shape::of_select(3, select);
        let statement = self.store.statements.get(shape, || sql::count_page(&Sqlite, select));
        Ok(sql::counted(self.number(&statement, select).await?))
    }

    async fn write(&mut self, command: &Write<'_>, sink: Sink<'_>) -> Result<WriteOutcome, StoreError> {
        command.check()?;
        let statements = self.store.statements.clone();
        let mut changed = None;
        let sink: Sink<'_> = &mut |row| {
            changed = Whose::changed_by(command, row);
            sink(row)
        };
        let error = |e| store_error(e, None);
        if let Some(transaction) = &mut self.transaction {
            self.unfinished.begin()?;
            let _limited = self.store.limit.hold();
            // A part that was written and is out of scope must not stay in the unit of work.
            let mut savepoint = sqlx::Acquire::begin(&mut **transaction).await.map_err(error)?;
            let outcome = write(&mut savepoint, &statements, command, sink).await?;
            if outcome == WriteOutcome::Written {
                savepoint.commit().await.map_err(error)?;
                self.changed.extend(changed);
            } else {
                savepoint.rollback().await.map_err(error)?;
            }
            self.unfinished.done();
            return Ok(outcome);
        }
        let mut transaction = self.store.writer.begin_with("BEGIN IMMEDIATE").await.map_err(error)?;
        let _limited = self.store.limit.hold();
        let outcome = write(&mut transaction, &statements, command, sink).await?;
        if outcome == WriteOutcome::Written {
            transaction.commit().await.map_err(error)?;
            if let Some(whose) = changed {
                self.store.epochs.advance(whose);
            }
        } else {
            transaction.rollback().await.map_err(error)?;
        }
        Ok(outcome)
    }

    async fn record(&mut self, ctx: &Ctx, event: &AccessEvent) -> Result<i64, StoreError> {
        if let Some(transaction) = &mut self.transaction {
            self.unfinished.begin()?;
            let _limited = self.store.limit.hold();
            let id = record(transaction, ctx, event).await?;
            self.unfinished.done();
            return Ok(id);
        }
        let mut writer = self.store.writer.acquire().await.map_err(|e| store_error(e, None))?;
        let _limited = self.store.limit.hold();
        record(&mut writer, ctx, event).await
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
impl UnitOfWork for SqliteSession {
    async fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        self.unfinished.check()?;
        if let Some(transaction) = self.transaction.take() {
            transaction.commit().await.map_err(|e| store_error(e, None))?;
        }
        for whose in self.changed.drain(..) {
            self.store.epochs.advance(whose);
        }
        Ok(())
    }
}
