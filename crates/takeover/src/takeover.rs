//! The steps of a takeover.

use crate::{
    KWIK_SCHEMA, Report, TakeoverError, copy,
    kwik_rows::KwikRows,
    layout::{API_KEYS, Layout, Stage, TABLES, exists, qualified},
    plan::Plan,
    references::{ForeignKey, views},
};
use kwik_adapters::Database;
use kwik_domain::Ctx;
use kwik_schema::{self as schema, Migration, Schema};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::time::Duration;

/// The advisory lock: "kwik" and "take" in ASCII.
const LOCK: i64 = 0x6b77_696b_7461_6b65;
/// How often it is asked for, and at what intervals: another takeover that ends lets it go a moment later.
const TRIES: usize = 20;
const POLL: Duration = Duration::from_millis(100);

/// Rows may be many, but nobody shall queue for long behind what waits for a lock.
const SETTINGS: &str = "SET statement_timeout = 0; SET lock_timeout = '10s'; \
     SET idle_in_transaction_session_timeout = 0; SET client_min_messages = 'warning'";

/// Says what is done, a line each.
pub(crate) type Say<'s> = &'s mut (dyn FnMut(&str) + Send);

/// A takeover: Kwik's tables are looked at; they move aside; ours are made; the rows are copied; foreign
/// keys are turned. Each step is done as a whole, and one that was done is not done again.
pub struct Takeover<'a> {
    database: &'a Database,
    schema: &'a Schema,
    migrations: Option<&'a [Migration]>,
    ctx: Ctx,
}

impl<'a> Takeover<'a> {
    /// A takeover of the program's own database. `schema` is all that the program needs; its tables are made
    /// by `migrations` in production, and without any by comparison, as in development: then those of the
    /// program's own entities follow at its next start. `ctx` is the program itself, by its command line.
    pub fn new(database: &'a Database, schema: &'a Schema, migrations: Option<&'a [Migration]>, ctx: Ctx) -> Self {
        Self { database, schema, migrations, ctx }
    }

    /// What would be done, and what is in the way; nothing when all is done already. Changes nothing.
    ///
    /// # Errors
    ///
    /// [`TakeoverError::Nothing`] when there are no tables of Kwik's, and when the database cannot be read.
    pub async fn examine(&self) -> Result<Option<Report>, TakeoverError> {
        let mut connection = self.open().await?;
        let layout = Layout::find(&mut connection).await?;
        let obstacles = self.obstacles(&mut connection, &layout).await?;
        let found = look(&mut connection, &layout, obstacles).await?;
        connection.close().await?;
        Ok(found.map(|found| found.plan.report))
    }

    /// Takes over, or goes on where an earlier run has ended. Says what was done, and returns it; nothing
    /// when all was done already.
    ///
    /// # Errors
    ///
    /// [`TakeoverError::Refused`] with what is in the way, before anything is changed; the others when a step
    /// fails, which is then undone. The steps before it stay, and the next run goes on from there.
    pub async fn run(&self, say: Say<'_>) -> Result<Option<Report>, TakeoverError> {
        let mut connection = self.open().await?;
        let mut layout = Layout::find(&mut connection).await?;
        if layout.stage == Stage::Untouched {
            let obstacles = self.obstacles(&mut connection, &layout).await?;
            move_aside(&mut connection, &layout, obstacles).await?;
            layout.stage = Stage::Moved;
            say(&format!("moved Kwik's tables into the schema {KWIK_SCHEMA}"));
        }
        let Some(found) = look(&mut connection, &layout, Vec::new()).await? else { return Ok(None) };
        if layout.stage == Stage::Moved {
            self.make_tables(&mut connection, &layout, say).await?;
            self.copy(&mut connection, &layout, &found.plan).await?;
            say("copied users, roles, permissions and links");
        }
        for key in &found.foreign_keys {
            key.turn(&mut connection, &layout).await?;
        }
        say("the foreign keys of other tables point at the new ones");
        connection.close().await?;
        Ok(Some(found.plan.report))
    }

    /// A connection beside the pool, which no other takeover has.
    async fn open(&self) -> Result<PgConnection, TakeoverError> {
        let Database::Postgres(store) = self.database else { return Err(TakeoverError::OtherEngine) };
        let mut connection = PgConnection::connect_with(&store.pool().connect_options()).await?;
        sqlx::raw_sql(SETTINGS).execute(&mut connection).await?;
        let mut ticks = tokio::time::interval(POLL);
        for _ in 0..TRIES {
            ticks.tick().await;
            let ask = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)").bind(LOCK);
            if ask.fetch_one(&mut connection).await? {
                return Ok(connection);
            }
        }
        Err(TakeoverError::Busy)
    }

    /// What our tables would meet in the database, as far as that can be seen before: refusals first, notes
    /// last.
    async fn obstacles(&self, connection: &mut PgConnection, layout: &Layout) -> Result<Vec<Obstacle>, TakeoverError> {
        let mut found = Vec::new();
        if layout.stage != Stage::Untouched {
            return Ok(found);
        }
        if self.migrations.is_some_and(<[_]>::is_empty) {
            found.push(Obstacle::Refusal(TakeoverError::NoTables.to_string()));
        }
        let is_kwiks = |name: &str| name == API_KEYS || TABLES.contains(&name);
        let framework = Schema::of(&[])?;
        for table in framework.tables.iter().filter(|table| !is_kwiks(&table.name)) {
            if exists(connection, &layout.home, &table.name).await? {
                let text = "is there already, and ours has its name; rename it";
                found.push(Obstacle::Refusal(format!("the table {} {text}", table.name)));
            }
        }
        let own = |table: &&schema::Table| !framework.tables.iter().any(|other| other.name == table.name);
        let own: Vec<_> = self.schema.tables.iter().filter(own).cloned().collect();
        let mut there = Vec::new();
        for table in &own {
            if exists(connection, &layout.home, &table.name).await? {
                there.push(table.name.as_str());
            }
        }
        if self.migrations.is_some() && !there.is_empty() {
            let text = "are there already; the program's migrations must change them, and not create them";
            found.push(Obstacle::Note(format!("the tables {} {text}", there.join(", "))));
        }
        if let Err(error) = schema::drift(self.database, &Schema { tables: own, ..Schema::default() }).await {
            found.push(Obstacle::Refusal(error.to_string()));
        }
        Ok(found)
    }

    async fn make_tables(
        &self,
        connection: &mut PgConnection,
        layout: &Layout,
        say: Say<'_>,
    ) -> Result<(), TakeoverError> {
        match self.migrations {
            Some(migrations) => drop(schema::migrate_up(self.database, migrations, say).await?),
            None => drop(schema::develop(self.database, &Schema::of(&[])?, false).await?),
        }
        for table in Schema::of(&[])?.tables {
            if !exists(connection, &layout.home, &table.name).await? {
                return Err(TakeoverError::NoTables);
            }
        }
        say("made the program's tables");
        Ok(())
    }

    async fn copy(&self, connection: &mut PgConnection, layout: &Layout, plan: &Plan) -> Result<(), TakeoverError> {
        if copy::has_begun(connection, layout, plan).await? {
            return Err(TakeoverError::Started);
        }
        copy::advance(connection, layout, plan).await?;
        copy::copy(&*self.database.store(), &self.ctx, plan).await
    }
}

/// What is in the way, or to be known.
enum Obstacle {
    Refusal(String),
    Note(String),
}

/// What was found, and what becomes of it.
struct Found {
    plan: Plan,
    foreign_keys: Vec<ForeignKey>,
}

/// Reads everything; nothing when all is done.
async fn look(
    connection: &mut PgConnection,
    layout: &Layout,
    obstacles: Vec<Obstacle>,
) -> Result<Option<Found>, TakeoverError> {
    let foreign_keys = ForeignKey::find(connection, layout).await?;
    if !layout.has_rows || (layout.stage == Stage::Copied && foreign_keys.is_empty()) {
        return Ok(None);
    }
    let mut plan = Plan::of(&KwikRows::read(connection, layout).await?);
    for key in &foreign_keys {
        plan.report.refusals.extend(key.refusal());
        let dangling = key.dangling(connection, &plan).await?;
        plan.report.refusals.extend(dangling);
    }
    plan.report.notes.extend(views(connection, layout).await?);
    plan.report.foreign_keys = foreign_keys.len();
    for obstacle in obstacles {
        match obstacle {
            Obstacle::Refusal(text) => plan.report.refusals.push(text),
            Obstacle::Note(text) => plan.report.notes.push(text),
        }
    }
    Ok(Some(Found { plan, foreign_keys }))
}

/// Moves Kwik's tables, in one transaction with a last look at them: nobody writes to them in between. A
/// connection that is dropped takes the transaction with it.
async fn move_aside(
    connection: &mut PgConnection,
    layout: &Layout,
    obstacles: Vec<Obstacle>,
) -> Result<(), TakeoverError> {
    let tables = layout.tables();
    let names: Vec<_> = tables.iter().map(|table| qualified(&layout.home, table)).collect();
    let lock = format!("BEGIN; LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", names.join(", "));
    // Names as they stand here, in a schema from the catalog, quoted.
    sqlx::raw_sql(AssertSqlSafe(lock)).execute(&mut *connection).await?;
    let found = look(connection, layout, obstacles).await?.ok_or(TakeoverError::Nothing)?;
    if !found.plan.report.refusals.is_empty() {
        sqlx::raw_sql("ROLLBACK").execute(connection).await?;
        return Err(TakeoverError::Refused(found.plan.report.refusals));
    }
    let moves = names.iter().map(|name| format!("; ALTER TABLE {name} SET SCHEMA {KWIK_SCHEMA}"));
    let steps = format!("CREATE SCHEMA IF NOT EXISTS {KWIK_SCHEMA}{}; COMMIT", moves.collect::<String>());
    sqlx::raw_sql(AssertSqlSafe(steps)).execute(connection).await?;
    Ok(())
}
