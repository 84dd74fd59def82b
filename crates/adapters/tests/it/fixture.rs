//! Connected databases for the tests of the stores.

use kwik_adapters::{
    Database,
    database::PoolSettings,
    schema::{Schema, develop},
};
use kwik_domain::Secret;
use kwik_testkit::{
    conformance::store::{ENTITIES, Given},
    database::{Engine, TestDatabase},
};

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
    Database::connect(&Secret::new(url), PoolSettings::default()).await.unwrap()
}

/// What the suite wants.
pub(crate) fn given(database: &Database) -> Given {
    Given { store: database.store(), notifier: database.notifier() }
}

/// A database of the test's own, connected.
pub(crate) async fn open(engine: Engine) -> Opened {
    let place = place(engine).await;
    let database = connect(place.url()).await;
    Opened { given: given(&database), database, place }
}
