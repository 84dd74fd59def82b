//! What else in the database stands on Kwik's tables: foreign keys and views.

use crate::{
    TakeoverError,
    layout::{KWIK_SCHEMA, Layout, qualified},
    plan::Plan,
};
use sqlx::{AssertSqlSafe, PgConnection};

/// A foreign key of another table onto one of Kwik's.
pub(crate) struct ForeignKey {
    /// The table that has it, quoted.
    table: String,
    /// Its name, quoted.
    name: String,
    /// Its columns, quoted, separated by commas.
    columns: String,
    definition: String,
    /// Kwik's table, and the columns there.
    target: String,
    target_columns: String,
    is_validated: bool,
    is_partitioned: bool,
}

type Row = (String, String, String, String, String, String, bool, bool);

const FIND: &str = "SELECT c.conrelid::regclass::text, quote_ident(c.conname), \
    (SELECT string_agg(quote_ident(attname), ', ' ORDER BY array_position(c.conkey, attnum)) FROM pg_attribute \
     WHERE attrelid = c.conrelid AND attnum = ANY(c.conkey)), \
    pg_get_constraintdef(c.oid), target.relname::text, \
    (SELECT string_agg(attname, ', ') FROM pg_attribute WHERE attrelid = c.confrelid AND attnum = ANY(c.confkey)), \
    c.convalidated, owner.relkind = 'p' \
    FROM pg_constraint c JOIN pg_class target ON target.oid = c.confrelid \
    JOIN pg_namespace space ON space.oid = target.relnamespace JOIN pg_class owner ON owner.oid = c.conrelid \
    WHERE c.contype = 'f' AND c.conparentid = 0 AND space.nspname = $1 AND target.relname = ANY($2) \
    AND NOT (owner.relnamespace = target.relnamespace AND owner.relname = ANY($2)) ORDER BY 1, 2";

/// Views that read Kwik's tables.
const FIND_VIEWS: &str = "SELECT DISTINCT v.oid::regclass::text FROM pg_depend d \
    JOIN pg_rewrite w ON w.oid = d.objid JOIN pg_class v ON v.oid = w.ev_class \
    JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace space ON space.oid = t.relnamespace \
    WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass \
    AND space.nspname = $1 AND t.relname = ANY($2) AND v.oid <> t.oid ORDER BY 1";

impl ForeignKey {
    /// Those that point at Kwik's tables, where they are now.
    pub(crate) async fn find(connection: &mut PgConnection, layout: &Layout) -> Result<Vec<Self>, TakeoverError> {
        let found: Vec<Row> =
            sqlx::query_as(FIND).bind(layout.schema()).bind(layout.tables()).fetch_all(connection).await?;
        let key = |(table, name, columns, definition, target, target_columns, is_validated, is_partitioned)| Self {
            table,
            name,
            columns,
            definition,
            target,
            target_columns,
            is_validated,
            is_partitioned,
        };
        Ok(found.into_iter().map(key).collect())
    }

    /// Why it cannot be pointed at ours.
    pub(crate) fn refusal(&self) -> Option<String> {
        let Self { table, name, target, target_columns, .. } = self;
        let is_ours = ["users", "roles", "permissions"].contains(&target.as_str()) && target_columns == "id";
        let text = "which ours cannot stand in for; drop it, and begin again";
        (!is_ours).then(|| format!("the foreign key {name} of {table} is onto {target} ({target_columns}), {text}"))
    }

    /// Why rows would point at nothing: they point at a role or permission that is not kept.
    pub(crate) async fn dangling(
        &self,
        connection: &mut PgConnection,
        plan: &Plan,
    ) -> Result<Option<String>, TakeoverError> {
        let gone = plan.gone.iter().find(|(table, ids)| *table == self.target && !ids.is_empty());
        let Some((_, ids)) = gone.filter(|_| self.target_columns == "id") else { return Ok(None) };
        let Self { table, name, columns, target, .. } = self;
        let ask = format!("SELECT EXISTS (SELECT FROM {table} WHERE {columns} = ANY($1))");
        // Names from the catalog, quoted by it.
        let dangles: bool = sqlx::query_scalar(AssertSqlSafe(ask)).bind(ids).fetch_one(connection).await?;
        let text = "that are left out or merged; point them at the ones that are kept";
        Ok(dangles.then(|| format!("{table} has rows that refer by {name} to {target} {text}")))
    }

    /// Points it at our table of the same name, under the same name and terms. Once Kwik's tables have
    /// moved, the definition says so.
    pub(crate) async fn turn(&self, connection: &mut PgConnection, layout: &Layout) -> Result<(), TakeoverError> {
        let Self { table, name, target, .. } = self;
        let old = format!(" REFERENCES {KWIK_SCHEMA}.{target}(");
        let new = format!(" REFERENCES {}(", qualified(&layout.home, target));
        let definition = self.definition.replacen(&old, &new, 1);
        let definition = definition.trim_end_matches(" NOT VALID");
        // A partitioned table takes only foreign keys that are checked at once.
        let later = if self.is_partitioned { "" } else { " NOT VALID" };
        let mut steps = vec![
            "BEGIN".to_owned(),
            format!("ALTER TABLE {table} DROP CONSTRAINT {name}"),
            format!("ALTER TABLE {table} ADD CONSTRAINT {name} {definition}{later}"),
        ];
        if self.is_validated && !self.is_partitioned {
            steps.push(format!("ALTER TABLE {table} VALIDATE CONSTRAINT {name}"));
        }
        steps.push("COMMIT".to_owned());
        // Names and definitions from the catalog, quoted by it.
        let done = sqlx::raw_sql(AssertSqlSafe(steps.join("; "))).execute(&mut *connection).await;
        if let Err(error) = done {
            sqlx::raw_sql("ROLLBACK").execute(connection).await?;
            return Err(match error.into() {
                TakeoverError::Database(reason) => TakeoverError::Database(format!("{reason} ({name} of {table})")),
                other => other,
            });
        }
        Ok(())
    }
}

/// What is to be known of views: they go on reading Kwik's tables.
pub(crate) async fn views(connection: &mut PgConnection, layout: &Layout) -> Result<Option<String>, TakeoverError> {
    let found: Vec<String> =
        sqlx::query_scalar(FIND_VIEWS).bind(layout.schema()).bind(layout.tables()).fetch_all(connection).await?;
    let text = "go on reading Kwik's old rows; make them again when the takeover has ended";
    Ok((!found.is_empty()).then(|| format!("the views {} {text}", found.join(", "))))
}
