//! Connected databases for the tests of the stores.

use kwik_adapters::{Database, database::PoolSettings};
use kwik_domain::{
    Action, Actor, Ctx, Decision, Denial, EntityMeta, Filter, Grants, PermissionPolicy, Permit, Scope, Secret, Via,
    authorize,
};
use kwik_schema::{Schema, develop};
use kwik_testkit::{
    conformance::store::{ENTITIES, Given},
    database::{Engine, TestDatabase},
};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use std::{sync::Arc, time::Duration};

/// A database with the tables of the conformance suite, and a store on it.
pub(crate) struct Opened {
    pub(crate) database: Database,
    pub(crate) given: Given,
    // Dropped last: nobody is connected by then.
    pub(crate) place: TestDatabase,
}

/// An empty database with the tables of the suite's entities.
pub(crate) async fn place(engine: Engine) -> TestDatabase {
    let migrate = async |url: String| {
        let database = connect(&url).await;
        let outcome = develop(&database, &Schema::of(&ENTITIES)?, false).await;
        database.close().await;
        outcome.map(drop).map_err(Into::into)
    };
    TestDatabase::from_template(engine, "store conformance", migrate).await.unwrap()
}

/// Connects as a service does.
pub(crate) async fn connect(url: &str) -> Database {
    connect_impatiently(url, PoolSettings::default().statement_timeout).await
}

/// Connects so that a statement may not take long.
pub(crate) async fn connect_impatiently(url: &str, longest: Duration) -> Database {
    // A machine that is busy with tests gives signs of life late.
    let lease = Duration::from_secs(10);
    let settings = PoolSettings { statement_timeout: longest, lease, ..PoolSettings::default() };
    Database::connect(&Secret::new(url), settings).await.unwrap()
}

/// What the suite wants.
pub(crate) fn given(database: &Database) -> Given {
    Given {
        store: database.store(),
        notifier: database.notifier(),
        directory: database.access(),
        throttle: database.throttle(),
    }
}

/// A database of the test's own, connected.
pub(crate) async fn open(engine: Engine) -> Opened {
    let place = place(engine).await;
    let database = connect(place.url()).await;
    Opened { given: given(&database), database, place }
}

struct Within(Filter);

impl PermissionPolicy for Within {
    fn decide(&self, _: &Actor, _: Action, _: &'static EntityMeta) -> Decision {
        Decision::Allow(Scope::rows(self.0.clone()))
    }
    fn permits(&self, _: &Actor, _: &str) -> Result<(), Denial> {
        Ok(())
    }
}

/// A permit to read the rows of a scope.
pub(crate) fn permit(meta: &'static EntityMeta, scope: Filter) -> Permit {
    let mut ctx = Ctx::system(Via::CommandLine, chrono::DateTime::UNIX_EPOCH);
    ctx.actor = Arc::new(Actor::user(1, Via::Nothing, Arc::new(Grants::default())));
    authorize(&Within(scope), &ctx, Action::Read, meta).unwrap()
}

/// Makes so many roles, one after the other named `r1`, `r2`, past the store.
pub(crate) async fn fill_roles(place: &TestDatabase, count: u32) {
    let insert = |numbers: &str| {
        let now = if place.engine() == Engine::Sqlite { "0" } else { "now()" };
        AssertSqlSafe(format!(
            "INSERT INTO roles (name, is_active, version, creation_time) SELECT 'r' || n, true, 1, {now} FROM {numbers}"
        ))
    };
    match place.engine() {
        Engine::Sqlite => {
            let mut connection = SqliteConnection::connect(place.url()).await.unwrap();
            let numbers = format!(
                "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {count}) SELECT n FROM c)"
            );
            sqlx::raw_sql(insert(&numbers)).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
        Engine::Postgres => {
            let mut connection = PgConnection::connect(place.url()).await.unwrap();
            let numbers = format!("generate_series(1, {count}) AS n");
            sqlx::raw_sql(insert(&numbers)).execute(&mut connection).await.unwrap();
            sqlx::raw_sql("ANALYZE roles").execute(&mut connection).await.unwrap();
        }
    }
}
