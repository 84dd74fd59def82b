//! Triggers that announce changed rights on PostgreSQL.

use super::{
    database::{Engine, TestDatabase, run},
    entities::{plain, schema, text},
};
use kwik_domain::{EntityMeta, FieldMeta};
use sqlx::postgres::PgListener;
use std::{sync::Arc, time::Duration};

fn holdings(owner: &FieldMeta) -> EntityMeta {
    plain("holdings", &[text("name"), *owner])
}

fn owner(name: &'static str) -> FieldMeta {
    FieldMeta::of::<i64>(name)
}

/// What a script announces, in the order of the words.
async fn announced(database: &TestDatabase, listener: &mut PgListener, sql: &str) -> Vec<String> {
    database.run(&format!("{sql}; NOTIFY kwik_access, 'end'")).await;
    let mut heard = Vec::new();
    loop {
        let next = tokio::time::timeout(Duration::from_secs(10), listener.recv()).await;
        match next.unwrap().unwrap().payload() {
            "end" => break,
            payload => heard.push(payload.to_owned()),
        }
    }
    heard.sort();
    heard
}

async fn follow_the_entity(database: Arc<TestDatabase>) {
    database.develop(&schema([holdings(&owner("user_id")).grants_rights_of(2)])).await;
    let mut listener = PgListener::connect(&database.postgres_url()).await.unwrap();
    listener.listen("kwik_access").await.unwrap();
    let listener = &mut listener;
    for (sql, users) in [
        ("INSERT INTO holdings (name, user_id) VALUES ('a', 1), ('b', 2), ('c', 2)", &["1", "2"][..]),
        ("UPDATE holdings SET name = 'x' WHERE user_id = 2", &["2"]),
        ("UPDATE holdings SET user_id = 3 WHERE user_id = 1", &["1", "3"]),
        ("UPDATE holdings SET name = 'x' WHERE user_id = 77", &[]),
        ("DELETE FROM holdings WHERE user_id = 3", &["3"]),
        ("TRUNCATE holdings", &[""]),
    ] {
        assert_eq!(announced(&database, listener, sql).await, users, "{sql}");
    }
    // A column of another name, another column, everybody, nobody, and back.
    let quoted = owner("whose \"it's\"\\");
    let renamed = quoted.renamed_from("user_id");
    let schemas = [
        (holdings(&renamed).grants_rights_of(2), "7"),
        (holdings(&quoted).grants_rights_of(0), "1"),
        (holdings(&quoted).grants_rights(), ""),
        (holdings(&quoted).grants_rights_of(2), "7"),
    ];
    let insert = r#"INSERT INTO holdings (id, name, "whose ""it's""\") OVERRIDING SYSTEM VALUE VALUES (1, 'a', 7)"#;
    for (entity, whom) in schemas {
        let next = schema([entity]);
        assert!(!database.develop(&next).await.is_empty());
        assert_eq!(database.drift(&next).await, [""; 0]);
        assert_eq!(announced(&database, listener, insert).await, [whom]);
        assert_eq!(announced(&database, listener, "TRUNCATE holdings").await, [""]);
    }
    let silent = schema([holdings(&quoted)]);
    database.develop(&silent).await;
    assert_eq!(database.drift(&silent).await, [""; 0]);
    assert_eq!(announced(&database, listener, &format!("{insert}; TRUNCATE holdings")).await, [""; 0]);
}

#[test]
fn announcements_follow_the_entity() {
    run(Engine::Postgres, follow_the_entity);
}
