//! Entities over a table that somebody made by hand, with names of its own: `table` and `column`.

use kwik::{
    App,
    adapters::{Database, database::PoolSettings},
    domain::Secret,
    prelude::*,
    schema::{Schema, drift},
};
use kwik_testkit::{
    TestApp,
    database::{BoxError, Engine, TestDatabase},
    on_each_engine,
};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

/// Neither audited nor versioned: the table stays as it is.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "articles", table = "T_ARTICLE", unaudited, unversioned)]
pub struct Article {
    #[entity(key, column = "ARTICLE_ID")]
    pub id: i64,
    #[entity(column = "ART_NAME", length(1..=80))]
    pub name: String,
    #[entity(column = "STOCK")]
    pub stock: i32,
    #[entity(column = "SINCE")]
    pub since: Option<NaiveDate>,
}

/// The same with everything that entities have: the columns for it are added.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "kept_articles", table = "T_ARTICLE")]
pub struct KeptArticle {
    #[entity(key, column = "ARTICLE_ID")]
    pub id: i64,
    #[entity(column = "ART_NAME", length(1..=80))]
    pub name: String,
    #[entity(column = "STOCK")]
    pub stock: i32,
    #[entity(column = "SINCE")]
    pub since: Option<NaiveDate>,
}

/// A column that the table does not have, and that must have a value.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "coloured_articles", table = "T_ARTICLE", unaudited, unversioned)]
pub struct ColouredArticle {
    #[entity(key, column = "ARTICLE_ID")]
    pub id: i64,
    pub colour: String,
}

/// A type that the column cannot take without a loss.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "numbered_articles", table = "T_ARTICLE", unaudited, unversioned)]
pub struct NumberedArticle {
    #[entity(key, column = "ARTICLE_ID")]
    pub id: i64,
    #[entity(column = "ART_NAME")]
    pub name: Option<i32>,
}

/// A table as somebody made it by hand, with two rows. On PostgreSQL its keys are of 32 bits, as those of most
/// tables that are older.
async fn by_hand(engine: Engine) -> TestDatabase {
    let empty = async |_| Ok::<(), BoxError>(());
    let place = TestDatabase::from_template(engine, "nothing", empty).await.unwrap();
    let (key, text, day) = match engine {
        Engine::Postgres => ("serial PRIMARY KEY", "varchar(80)", "date"),
        Engine::Sqlite => ("integer PRIMARY KEY AUTOINCREMENT", "text", "text"),
    };
    sql(
        &place,
        &format!(
            "CREATE TABLE \"T_ARTICLE\" (\"ARTICLE_ID\" {key}, \"ART_NAME\" {text} NOT NULL, \"STOCK\" integer NOT NULL, \
             \"SINCE\" {day}, \"OLD_CODE\" {text} NOT NULL DEFAULT 'x');
             INSERT INTO \"T_ARTICLE\" (\"ART_NAME\", \"STOCK\") VALUES ('Nail', 5), ('Screw', 7);"
        ),
    )
    .await;
    place
}

async fn sql(place: &TestDatabase, sql: &str) {
    let script = sqlx::raw_sql(AssertSqlSafe(sql));
    match place.engine() {
        Engine::Postgres => {
            let mut connection = PgConnection::connect(place.url()).await.unwrap();
            script.execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
        Engine::Sqlite => {
            let address = format!("{}?mode=rwc", place.url());
            let mut connection = SqliteConnection::connect(&address).await.unwrap();
            script.execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
    }
}

/// What a program in production would say of the table.
async fn drift_of<E: Entity>(place: &TestDatabase) -> Result<Vec<String>, String> {
    let database = Database::connect(&Secret::new(place.url()), PoolSettings::default()).await.unwrap();
    let drift = drift(&database, &Schema::of(&[E::META]).unwrap()).await.map_err(|error| error.to_string());
    database.close().await;
    let ours = |line: &String| line.starts_with("T_ARTICLE: ");
    drift.map(|lines| lines.into_iter().filter(ours).map(|line| line["T_ARTICLE: ".len()..].to_owned()).collect())
}

/// Why a program with this entity does not start.
async fn refusal<E: Entity>(engine: Engine) -> String {
    let place = by_hand(engine).await;
    TestApp::start_on(place, App::new().resource::<E>(), |_| {}).await.err().unwrap().to_string()
}

on_each_engine! {
    async fn rows_that_are_there_are_served_and_changed(engine) {
        let place = by_hand(engine).await;
        let app = TestApp::start_on(place, App::new().resource::<Article>(), |_| {}).await.unwrap();
        let ada = app.admin().await;
        let list = ada.get("/articles/?filter=stock%3E5").await.ok();
        assert_eq!(list["data"], json!([{ "id": 2, "name": "Screw", "stock": 7, "since": null }]));
        let new = ada.post("/articles/", &json!({ "name": "Bolt", "stock": 1, "since": "2026-01-31" })).await.ok();
        assert_eq!(new, json!({ "id": 3, "name": "Bolt", "stock": 1, "since": "2026-01-31" }));
        assert_eq!(ada.patch("/articles/1", &json!({ "stock": 4 })).await.ok()["stock"], 4);
        ada.delete("/articles/2").await.ok();
        ada.get("/articles/2").await.refused(404, "not_found");
    }

    async fn what_audit_and_versions_need_is_added(engine) {
        let place = by_hand(engine).await;
        let app = TestApp::start_on(place, App::new().resource::<KeptArticle>(), |_| {}).await.unwrap();
        let ada = app.admin().await;
        let nail = ada.get("/kept_articles/1").await.ok();
        assert_eq!((&nail["version"], &nail["creator_user_id"]), (&json!(1), &json!(null)));
        assert!(nail["creation_time"].is_string(), "rows that were there were created when the column came");
        let nail = ada.patch("/kept_articles/1", &json!({ "stock": 4 })).await.ok();
        assert_eq!((&nail["version"], &nail["last_modifier_user_id"]), (&json!(2), &json!(1)));
        let history = ada.get("/kept_articles/1/history").await.ok();
        let change = json!([{ "field": "stock", "from": 5, "to": 4 }]);
        assert_eq!(history["data"][0]["changes"], change, "{history}");
    }

    async fn production_says_what_lacks(engine) {
        let place = by_hand(engine).await;
        let mut lines = drift_of::<Article>(&place).await.unwrap();
        lines.sort_unstable();
        assert_eq!(lines.last().unwrap(), "column OLD_CODE is no entity's");
        let more = drift_of::<KeptArticle>(&place).await.unwrap();
        for column in ["version", "creation_time", "creator_user_id", "last_modification_time", "last_modifier_user_id"] {
            assert!(more.contains(&format!("column {column} is missing")), "{column}: {more:?}");
            assert!(!lines.contains(&format!("column {column} is missing")), "unaudited, unversioned: {lines:?}");
        }
    }

    async fn what_does_not_fit_is_refused_and_left_alone(engine) {
        assert_eq!(
            refusal::<ColouredArticle>(engine).await,
            "T_ARTICLE.colour must have a value, but T_ARTICLE has rows without one; give the field a default or make it \
             optional; nothing was changed"
        );
        let said = refusal::<NumberedArticle>(engine).await;
        assert!(said.starts_with("T_ARTICLE.ART_NAME cannot become "), "{said}");
        assert!(said.contains("without the risk of a loss"), "{said}");
    }
}

/// On PostgreSQL a key of 32 bits becomes one of 64.
#[tokio::test]
async fn a_key_of_32_bits_is_widened() {
    let place = by_hand(Engine::Postgres).await;
    assert!(
        drift_of::<Article>(&place)
            .await
            .unwrap()
            .contains(&"column ARTICLE_ID is integer and should be bigint".to_owned())
    );
    let app = TestApp::start_on(place, App::new().resource::<Article>(), |_| {}).await.unwrap();
    let new = app.admin().await.post("/articles/", &json!({ "name": "Bolt", "stock": 1 })).await.ok();
    assert_eq!(new["id"], 3, "it goes on counting");
    let mut connection = PgConnection::connect(app.database_url()).await.unwrap();
    let ask = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute \
               WHERE attrelid = '\"T_ARTICLE\"'::regclass AND attname = 'ARTICLE_ID'";
    let word: String = sqlx::query_scalar(ask).fetch_one(&mut connection).await.unwrap();
    assert_eq!(word, "bigint");
    connection.close().await.unwrap();
}
