//! The conformance suite of the port `Store`, on each engine, behind a sink of the audit trail.

use super::world::Kept;
use kwik::{
    adapters::{Database, database::PoolSettings, system::SystemRandom},
    domain::{EntityMeta, Secret},
    events::{Delivery, EventBook, Outbox},
    prelude::Entity,
    schema::{Schema, develop},
};
use kwik_testkit::{
    conformance::store::{ENTITIES, Given},
    database::{Engine, TestDatabase},
};
use std::{sync::Arc, time::Duration};

async fn connect(url: &str) -> Database {
    // A machine that is busy with tests gives signs of life late.
    let settings = PoolSettings { lease: Duration::from_secs(10), ..PoolSettings::default() };
    Database::connect(&Secret::new(url), settings).await.unwrap()
}

/// What the suite wants. The database goes with the place.
async fn given(engine: Engine) -> (Given, TestDatabase) {
    let migrate = async |url: String| {
        let database = connect(&url).await;
        let entities: Vec<&'static EntityMeta> = ENTITIES.into_iter().chain([Delivery::META]).collect();
        let outcome = develop(&database, &Schema::of(&entities)?, false).await;
        database.close().await;
        outcome.map(drop).map_err(Into::into)
    };
    let place = TestDatabase::from_template(engine, "store conformance behind a sink", migrate).await.unwrap();
    let database = connect(place.url()).await;
    let mut book = EventBook::default();
    book.sink(Arc::new(Kept::new("kept")));
    let given = Given {
        store: Outbox::new(book).recorded(database.store(), Arc::new(SystemRandom)),
        notifier: database.notifier(),
        directory: database.access(),
        throttle: database.throttle(),
    };
    (given, place)
}

macro_rules! tests {
    ($($topic:ident { $($promise:ident)* })*) => {$(
        mod $topic {
            kwik_testkit::on_each_engine! {
                $(async fn $promise(engine) {
                    let (given, _place) = super::given(engine).await;
                    kwik_testkit::conformance::store::$topic::$promise(given).await;
                })*
            }
        }
    )*};
}

kwik_testkit::store_promises!(tests);
