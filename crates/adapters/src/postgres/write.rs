//! The audited write in one statement, by data-modifying CTEs.
//!
//! An update or delete has two forms. The optimistic one takes no lock before the write: `old` is
//! read in the statement's snapshot, and the target's own condition `t.version = old.version` is
//! what PostgreSQL evaluates again after waiting for a concurrent writer. A lost race leaves nothing
//! behind and is seen by `written` being false although the version fits; then the locking form
//! runs: `old` takes the row's lock and so is the latest there is, and the target must *not* be
//! compared with it by version, since it is first looked at in the older snapshot.

use super::new_row;
use crate::sql::{self, AUDIT_TABLE, Conditions, Dialect, Slot, Statement, created, modified};
use kwik_domain::{AuditAction, Change, EntityMeta, Filter, Kind, Verb, Write};
use sea_query::{
    BinOper, CommonTableExpression, Expr, ExprTrait, Func, InsertStatement, JoinType, LockType, PostgresQueryBuilder,
    Query, SelectStatement, SubQueryStatement, UpdateStatement, WithClause,
};

/// The row as it was, the row as it is, and the audit record, as names within the statement.
const OLD: &str = "kwik_old";
const NEW: &str = "kwik_new";
const AUDIT: &str = "kwik_aud";

/// `jsonb_build_object` takes at most 100 arguments, so two for each of these.
const JSON_CHUNK: usize = 50;

/// The statement. Its rows: the entity's columns, whether it was written, the version before (null
/// for entities without one). No row: there is none with this key in the scope.
pub(super) fn write_statement(dialect: &dyn Dialect, write: &Write<'_>, lock: bool) -> Statement {
    let writer = Writer { dialect, meta: write.entity(), scope: &write.permit.scope().rows, lock };
    match write.verb {
        Verb::Insert { values } => writer.insert(values),
        Verb::Update { values, .. } => writer.update(write.expected().is_some(), values),
        Verb::Delete { .. } => writer.delete(write.expected().is_some()),
    }
}

struct Writer<'a> {
    dialect: &'a dyn Dialect,
    meta: &'static EntityMeta,
    scope: &'a Filter,
    lock: bool,
}

impl Writer<'_> {
    fn insert(&self, values: &[Change<'_>]) -> Statement {
        let mut exprs: Vec<(&'static str, Expr)> = values
            .iter()
            .zip(0..)
            .map(|((index, _), n)| (self.meta.fields[*index].column, Slot::Value(n).expr()))
            .collect();
        exprs.extend(created(self.meta));
        let (columns, exprs): (Vec<_>, Vec<_>) = exprs.into_iter().unzip();
        let mut row = Query::select();
        row.exprs(exprs);
        if let Some(condition) = self.scope_of_result(&|index| new_row::inserted(self.meta, values, index)) {
            row.and_where(condition);
        }
        let mut insert = Query::insert();
        insert.into_table(self.meta.table).columns(columns);
        // As many expressions as columns, by construction.
        let _ = insert.select_from(row);
        insert.returning_all();
        let mut with = WithClause::new();
        with.cte(cte(NEW, insert));
        self.audit(&mut with, AuditAction::Create, &own(self.meta));
        let mut out = Query::select();
        sql::columns(&mut out, self.meta, NEW);
        out.expr(Expr::cust("TRUE")).expr(Expr::cust("NULL::bigint")).from(NEW);
        render(out, with)
    }

    fn update(&self, expected: bool, values: &[Change<'_>]) -> Statement {
        let mut update = Query::update();
        update.table(self.meta.table).from(OLD);
        for ((index, _), n) in values.iter().zip(0..) {
            update.value(self.meta.fields[*index].column, Slot::Value(n).expr());
        }
        for (column, expr) in modified(self.meta, OLD) {
            update.value(column, expr);
        }
        if update.get_values().is_empty() {
            // SQL knows no change of nothing.
            let key = self.meta.key().column;
            update.value(key, Expr::col((OLD, key)));
        }
        self.restrict_update(&mut update, expected, values);
        let table = self.meta.table;
        update.returning(Query::returning().columns(self.meta.fields.iter().map(|f| (table, f.column))));
        let set: Vec<usize> = values.iter().map(|(index, _)| *index).collect();
        let mut with = self.with_old(LockType::NoKeyUpdate);
        with.cte(cte(NEW, update));
        self.audit(&mut with, AuditAction::Update, &set);
        self.outcome(with)
    }

    fn delete(&self, expected: bool) -> Statement {
        let mut columns: Vec<_> = self.meta.key_fields().iter().map(|field| field.column).collect();
        columns.extend(self.optimistic_version());
        let mut targets = Query::select();
        targets.columns(columns.iter().copied()).from(OLD);
        if expected {
            targets.and_where(self.version_of(OLD).eq(Slot::Expected.expr()));
        }
        let mut delete = Query::delete();
        delete.from_table(self.meta.table).returning_all();
        let column = |name: &'static str| Expr::col((self.meta.table, name));
        // sea-query has no DELETE … USING; a sub-select serves.
        delete.and_where(match columns.as_slice() {
            [key] => column(key).in_subquery(targets),
            _ => Expr::tuple(columns.iter().map(|name| column(name))).in_subquery(targets),
        });
        let mut with = self.with_old(LockType::Update);
        with.cte(cte(NEW, delete));
        self.audit(&mut with, AuditAction::Delete, &own(self.meta));
        self.outcome(with)
    }

    fn with_old(&self, lock: LockType) -> WithClause {
        let mut old = Query::select();
        old.column(sea_query::Asterisk)
            .from(self.meta.table)
            .and_where(sql::has_key(self.meta, |name| Expr::col((self.meta.table, name))));
        sql::restrict(self.dialect, &mut old, self.meta, self.scope, Slot::Scope);
        if self.lock {
            old.lock(lock);
        }
        let mut with = WithClause::new();
        with.cte(cte(OLD, old));
        with
    }

    fn restrict_update(&self, update: &mut UpdateStatement, expected: bool, values: &[Change<'_>]) {
        let table = self.meta.table;
        update.and_where(sql::all_keys(self.meta, |_, key| Expr::col((table, key)).equals((OLD, key))));
        if let Some(version) = self.optimistic_version() {
            update.and_where(Expr::col((table, version)).equals((OLD, version)));
        }
        if expected {
            update.and_where(self.version_of(OLD).eq(Slot::Expected.expr()));
        }
        if let Some(condition) = self.scope_of_result(&|index| new_row::updated(self.meta, OLD, values, index)) {
            update.and_where(condition);
        }
    }

    /// The scope's condition on the row as it is going to be.
    fn scope_of_result(&self, column: &dyn Fn(usize) -> Expr) -> Option<Expr> {
        Conditions::new(self.dialect, self.meta, Slot::Scope, column).translate(self.scope)
    }

    /// The version's column, in the optimistic form.
    fn optimistic_version(&self) -> Option<&'static str> {
        self.meta.version().filter(|_| !self.lock).map(|index| self.meta.fields[index].column)
    }

    fn version_of(&self, from: &'static str) -> Expr {
        match self.meta.version() {
            Some(index) => Expr::col((from, self.meta.fields[index].column)),
            None => Expr::cust("NULL::bigint"),
        }
    }

    fn outcome(&self, with: WithClause) -> Statement {
        let mut out = Query::select();
        sql::columns(&mut out, self.meta, NEW);
        out.expr(Expr::col((NEW, self.meta.key().column)).is_not_null()).expr(self.version_of(OLD)).from(OLD).join(
            JoinType::LeftJoin,
            NEW,
            Expr::cust("TRUE"),
        );
        render(out, with)
    }

    fn audit(&self, with: &mut WithClause, action: AuditAction, fields: &[usize]) {
        if !self.meta.audited {
            return;
        }
        let null = || Expr::cust("NULL::jsonb");
        let (before, after) = match action {
            AuditAction::Create => (null(), json_of(self.meta, NEW, fields)),
            AuditAction::Update => (json_of(self.meta, OLD, fields), json_of(self.meta, NEW, fields)),
            AuditAction::Delete => (json_of(self.meta, NEW, fields), null()),
        };
        let version = match self.meta.version() {
            Some(_) => self.version_of(NEW),
            None => Expr::cust("0"),
        };
        let mut record = Query::select();
        record.exprs([
            Slot::Now.expr(),
            Expr::cust(literal(self.meta.collection)),
            key_text(self.meta),
            Expr::cust(literal(action.name())),
            version,
            Slot::User.expr(),
            Slot::Impersonator.expr(),
            Slot::Tenant.expr(),
            Slot::Via.expr(),
            Slot::RequestId.expr(),
            Slot::Address.expr(),
            before,
            after,
        ]);
        record.from(NEW);
        if action == AuditAction::Update {
            record.from(OLD);
        }
        with.cte(cte(AUDIT, record_insert(record)));
    }
}

fn record_insert(record: SelectStatement) -> InsertStatement {
    let mut insert = Query::insert();
    insert.into_table(AUDIT_TABLE).columns([
        "at",
        "entity",
        "entity_key",
        "action",
        "version",
        "user_id",
        "impersonator_id",
        "tenant",
        "via",
        "request_id",
        "address",
        "before",
        "after",
    ]);
    // As many expressions as columns, by construction.
    let _ = insert.select_from(record);
    insert
}

/// The plain text form of the new row's key.
fn key_text(meta: &'static EntityMeta) -> Expr {
    let texts = meta.key_fields().iter().map(|field| Expr::col((NEW, field.column)).cast_as("text"));
    let join = |a: Expr, b| a.binary(BinOper::Custom("||"), Expr::cust("','")).binary(BinOper::Custom("||"), b);
    texts.reduce(join).unwrap_or_else(|| Expr::cust("''"))
}

fn own(meta: &'static EntityMeta) -> Vec<usize> {
    (0..meta.own).collect()
}

fn cte(name: &'static str, query: impl Into<SubQueryStatement>) -> CommonTableExpression {
    CommonTableExpression::new().table_name(name).query(query).to_owned()
}

fn render(out: SelectStatement, with: WithClause) -> Statement {
    Statement::new(out.with(with).build(PostgresQueryBuilder))
}

/// A JSON object of the fields, in the forms that representations have; secrets are masked.
fn json_of(meta: &'static EntityMeta, from: &'static str, fields: &[usize]) -> Expr {
    let chunks = fields.chunks(JSON_CHUNK).map(|chunk| {
        let mut object = Func::cust("jsonb_build_object");
        for index in chunk {
            let field = &meta.fields[*index];
            object = object.arg(Expr::cust(literal(field.name)));
            let column = Expr::col((from, field.column));
            object = object.arg(match field.kind {
                _ if field.is_masked() => Expr::cust("'***'::text"),
                Kind::Decimal => column.cast_as("text"),
                Kind::Time => {
                    Func::cust("to_char").arg(column.cast_as("interval")).arg(Expr::cust("'HH24:MI:SS.US'")).into()
                }
                // Its lines are not broken.
                Kind::Bytes => {
                    let encoded = Func::cust("encode").arg(column).arg(Expr::cust("'base64'"));
                    Func::cust("translate").args([encoded.into(), Expr::cust("chr(10)"), Expr::cust("''")]).into()
                }
                Kind::Timestamp => Func::cust("to_char")
                    .arg(column.binary(BinOper::Custom("AT TIME ZONE"), Expr::cust("'UTC'")))
                    .arg(Expr::cust(r#"'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'"#))
                    .into(),
                _ => column,
            });
        }
        Expr::from(object)
    });
    chunks.reduce(|a, b| a.binary(BinOper::Custom("||"), b)).unwrap_or_else(|| Expr::cust("'{}'::jsonb"))
}

/// A name of ours as a literal. Names are identifiers; a quote in one is doubled all the same.
fn literal(name: &str) -> String {
    format!("'{}'", name.replace('\'', "''"))
}
