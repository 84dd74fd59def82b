//! Foreign keys: made, found under other names, removed, refused.

use super::{
    database::{Engine, TestDatabase, each_engine},
    entities::{optional, plain, schema, text},
    files::embedded,
};
use kwik_domain::{Entity, EntityMeta, FieldMeta, OnDelete};
use kwik_schema::{Schema, SchemaError, check, foreign_key_name, migrate_up, new_migration};

static FIELDS: [FieldMeta; 2] = [FieldMeta::of::<i64>("id"), FieldMeta::of::<Option<i64>>("friend_id")];
/// Made before its other side, which refers back.
static OWNERS: EntityMeta = EntityMeta::new("Owner", "Owners", "owners", &OWNER_FIELDS, 2).unaudited().unversioned();
static OWNER_FIELDS: [FieldMeta; 2] = [FieldMeta::of::<i64>("id"), to_pets("best_id")];
static PETS: EntityMeta = EntityMeta::new("Pet", "Pets", "pets", &PET_FIELDS, 3).unaudited().unversioned();
static PET_FIELDS: [FieldMeta; 3] =
    [FieldMeta::of::<i64>("id"), FieldMeta::of::<Option<String>>("name"), to_owners("owner_id")];
/// As they were before.
static PLAIN_OWNERS: EntityMeta = EntityMeta::new("Owner", "Owners", "owners", &FIELDS, 1).unaudited().unversioned();
static PLAIN_PETS: EntityMeta = EntityMeta::new("Pet", "Pets", "pets", &PLAIN_FIELDS, 3).unaudited().unversioned();
static PLAIN_FIELDS: [FieldMeta; 3] = [
    FieldMeta::of::<i64>("id"),
    FieldMeta::of::<Option<String>>("name"),
    FieldMeta::of::<Option<i64>>("owner_id").indexed(),
];
static RENAMED_OWNERS: EntityMeta =
    EntityMeta::new("Keeper", "Keepers", "keepers", &FIELDS, 1).unaudited().unversioned().renamed_from("owners");
static RENAMED_PETS: EntityMeta =
    EntityMeta::new("Animal", "Animals", "animals", &RENAMED_FIELDS, 3).unaudited().unversioned().renamed_from("pets");
static RENAMED_FIELDS: [FieldMeta; 3] = [
    FieldMeta::of::<i64>("id"),
    FieldMeta::of::<Option<String>>("name"),
    FieldMeta::of::<Option<i64>>("keeper_id").indexed().renamed_from("owner_id").references(
        "keeper",
        || &RENAMED_OWNERS,
        OnDelete::Restrict,
    ),
];

const fn to_owners(name: &'static str) -> FieldMeta {
    FieldMeta::of::<Option<i64>>(name).indexed().references("owner", || &OWNERS, OnDelete::Cascade)
}

const fn to_pets(name: &'static str) -> FieldMeta {
    FieldMeta::of::<Option<i64>>(name).indexed().references("best", || &PETS, OnDelete::SetNull)
}

/// A ring: owners refer to pets, and pets to owners.
fn ring() -> Schema {
    Schema::of(&[&OWNERS, &PETS]).unwrap()
}

fn without() -> Schema {
    Schema::of(&[&PLAIN_OWNERS, &PLAIN_PETS]).unwrap()
}

fn renamed() -> Schema {
    Schema::of(&[&RENAMED_OWNERS, &RENAMED_PETS]).unwrap()
}

/// Runs SQL as the store would: with foreign keys that hold.
async fn run(database: &TestDatabase, sql: &str) -> Result<(), String> {
    let on = if database.engine == Engine::Sqlite { "PRAGMA foreign_keys = ON; " } else { "" };
    database.try_run(&format!("{on}{sql}")).await
}

async fn holds(database: &TestDatabase, table: &str, column: &str) -> bool {
    run(database, &format!("INSERT INTO {table} ({column}) VALUES (4711)")).await.is_err()
}

each_engine! {
    async fn a_ring_is_made_at_once_and_holds(database) {
        let statements = database.develop(&ring()).await;
        assert!(holds(&database, "pets", "owner_id").await && holds(&database, "owners", "best_id").await);
        run(&database, "INSERT INTO owners (id) VALUES (1); INSERT INTO pets (id, owner_id) VALUES (1, 1); \
                        UPDATE owners SET best_id = 1").await.unwrap();
        run(&database, "DELETE FROM owners").await.unwrap_err();
        run(&database, "DELETE FROM pets").await.unwrap_err();
        assert!(statements.iter().all(|sql| !sql.contains("CASCADE") && !sql.contains("SET NULL")), "{statements:#?}");
        assert!(database.drift(&ring()).await.is_empty());
        assert!(database.develop(&ring()).await.is_empty());
    }

    async fn they_come_and_go_with_the_references(database) {
        database.develop(&without()).await;
        run(&database, "INSERT INTO owners (id) VALUES (1); INSERT INTO pets (id, owner_id, name) VALUES (1, 1, 'Rex')")
            .await
            .unwrap();
        let drift = database.drift(&ring()).await;
        assert!(drift.contains(&"pets: column owner_id should refer to owners".to_owned()), "{drift:?}");
        database.develop(&ring()).await;
        assert!(holds(&database, "pets", "owner_id").await);
        assert_eq!(database.text("SELECT name FROM pets").await, "Rex");
        let drift = database.drift(&without()).await;
        assert!(drift.contains(&"pets: column owner_id refers to owners and should not".to_owned()), "{drift:?}");
        database.try_develop(&without(), true).await.unwrap();
        assert!(!holds(&database, "pets", "owner_id").await);
        assert!(database.drift(&without()).await.is_empty());
    }

    async fn rows_that_refer_to_nothing_are_counted_before_anything_changes(database) {
        database.develop(&without()).await;
        database.run("INSERT INTO pets (owner_id) VALUES (1), (2), (NULL)").await;
        let error = database.try_develop(&ring(), false).await.unwrap_err();
        assert_eq!(
            error,
            "pets.owner_id must refer to a row of owners, but 2 rows of pets refer to one that is not there; correct or \
             remove those first; nothing was changed"
        );
        assert!(database.drift(&without()).await.is_empty());
    }

    async fn names_that_change_take_them_along(database) {
        let just = Schema::of(&[&PLAIN_OWNERS, &PETS_OF_PLAIN]).unwrap();
        database.develop(&just).await;
        run(&database, "INSERT INTO owners (id) VALUES (1); INSERT INTO pets (id, owner_id) VALUES (1, 1)").await.unwrap();
        database.develop(&renamed()).await;
        assert!(database.drift(&renamed()).await.is_empty());
        assert!(database.develop(&renamed()).await.is_empty());
        assert!(holds(&database, "animals", "keeper_id").await);
        run(&database, "INSERT INTO animals (keeper_id) VALUES (1)").await.unwrap();
        // Under its new name it is ours still, and goes with the reference.
        let gone = schema([
            plain("keepers", &[]),
            plain("animals", &[optional("name"), FieldMeta::of::<Option<i64>>("keeper_id").indexed()]),
        ]);
        database.develop(&gone).await;
        assert!(!holds(&database, "animals", "keeper_id").await);
        assert!(database.drift(&gone).await.is_empty());
    }

    async fn those_of_existing_tables_count_under_any_name(database) {
        let key = if database.engine == Engine::Sqlite { "integer PRIMARY KEY AUTOINCREMENT" } else { "bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY" };
        let strict = if database.engine == Engine::Sqlite { " STRICT" } else { "" };
        let (int, text) = if database.engine == Engine::Sqlite { ("integer", "text") } else { ("bigint", "text COLLATE \"C\"") };
        let make = |name: &str, action: &str| format!(
            "CREATE TABLE owners (id {key}){strict}; \
             CREATE TABLE pets (id {key}, name {text}, owner_id {int}, \
             CONSTRAINT {name} FOREIGN KEY (owner_id) REFERENCES owners (id){action}){strict}"
        );
        let wanted = Schema::of(&[&PLAIN_OWNERS, &PETS_OF_PLAIN]).unwrap();
        database.run(&make("fk_of_old", "")).await;
        let statements = database.develop(&wanted).await;
        assert!(!statements.iter().any(|sql| sql.contains("FOREIGN KEY")), "{statements:#?}");
        // One that changes rows by itself does so past the audit trail.
        database.run("DROP TABLE pets; DROP TABLE owners").await;
        database.run(&make("fk_of_old", " ON DELETE CASCADE")).await;
        let drift = database.drift(&wanted).await;
        let cascade = "pets: the foreign key of column owner_id changes or removes rows by itself and should not";
        assert!(drift.contains(&cascade.to_owned()), "{drift:?}");
        database.develop(&wanted).await;
        assert!(database.drift(&wanted).await.is_empty());
        run(&database, "INSERT INTO owners (id) VALUES (1); INSERT INTO pets (owner_id) VALUES (1)").await.unwrap();
        run(&database, "DELETE FROM owners").await.unwrap_err();
    }

    async fn one_that_is_nobodys_survives_a_rebuild(database) {
        database.develop(&without()).await;
        let sqlite = "ALTER TABLE pets RENAME TO old; DROP INDEX pets_owner_id_id_idx; \
             CREATE TABLE pets (id integer PRIMARY KEY AUTOINCREMENT, name text, owner_id integer, \
             FOREIGN KEY (owner_id) REFERENCES owners (id) ON DELETE CASCADE) STRICT; DROP TABLE old; \
             CREATE INDEX pets_owner_id_id_idx ON pets (owner_id, id)";
        let postgres = "ALTER TABLE pets ADD CONSTRAINT theirs FOREIGN KEY (owner_id) REFERENCES owners (id) ON DELETE CASCADE";
        database.run(if database.engine == Engine::Sqlite { sqlite } else { postgres }).await;
        assert!(database.drift(&without()).await.is_empty());
        let next = schema([
            plain("owners", &[]),
            plain("pets", &[text("name").default("x"), FieldMeta::of::<Option<i64>>("owner_id").indexed()]),
        ]);
        database.develop(&next).await;
        run(&database, "INSERT INTO owners (id) VALUES (1); INSERT INTO pets (owner_id) VALUES (1); DELETE FROM owners").await.unwrap();
        assert_eq!(database.text("SELECT CAST(count(*) AS text) FROM pets").await, "0");
    }

    async fn migrations_make_them_and_tables_go_in_any_order(database) {
        let dir = database.folder().join("migrations");
        for (name, wanted) in [("init", without()), ("ring", ring()), ("rename_nothing", without()), ("again", ring()), ("away", schema([]))] {
            new_migration(&dir, name, &wanted).unwrap();
            let instance = database.open().await;
            migrate_up(&instance, &embedded(&dir), &mut |_| {}).await.unwrap();
            check(&instance, &embedded(&dir), &wanted).await.unwrap();
            instance.close().await;
            drop(instance);
            assert!(database.develop(&wanted).await.is_empty(), "{name}");
            assert_eq!(new_migration(&dir, "more", &wanted).unwrap_err().to_string(), SchemaError::NothingToDo.to_string());
        }
    }

    async fn a_migration_that_rows_do_not_allow_says_why(database) {
        let dir = database.folder().join("migrations");
        new_migration(&dir, "init", &without()).unwrap();
        let instance = database.open().await;
        migrate_up(&instance, &embedded(&dir), &mut |_| {}).await.unwrap();
        instance.close().await;
        drop(instance);
        database.run("INSERT INTO pets (owner_id) VALUES (1)").await;
        let written = new_migration(&dir, "ring", &ring()).unwrap();
        let text = std::fs::read_to_string(&written[0]).unwrap();
        assert!(text.contains("-- Fails if rows of \"pets\" refer to rows that \"owners\" does not have"), "{text}");
        let instance = database.open().await;
        let error = migrate_up(&instance, &embedded(&dir), &mut |_| {}).await.unwrap_err().to_string();
        assert!(error.starts_with("migration 0002_ring failed: ") && error.contains("remove"), "{error}");
        instance.close().await;
        drop(instance);
        assert!(database.drift(&without()).await.is_empty());
    }
}

static PETS_OF_PLAIN: EntityMeta = EntityMeta::new("Pet", "Pets", "pets", &OF_PLAIN, 3).unaudited().unversioned();
static OF_PLAIN: [FieldMeta; 3] = [
    FieldMeta::of::<i64>("id"),
    FieldMeta::of::<Option<String>>("name"),
    FieldMeta::of::<Option<i64>>("owner_id").indexed().references("owner", || &PLAIN_OWNERS, OnDelete::Restrict),
];

static OF_USERS: [FieldMeta; 2] = [
    FieldMeta::of::<i64>("id"),
    FieldMeta::of::<i64>("user_id").references("user", || kwik_domain::access::User::META, OnDelete::Restrict),
];

#[test]
fn what_is_referred_to_must_be_in_the_program() {
    assert_eq!(
        Schema::of(&[&PETS_OF_PLAIN]).unwrap_err().to_string(),
        "Pet.owner_id refers to Owner, which the program does not have; add it with App::entity or App::resource"
    );
    let desks: &'static EntityMeta =
        Box::leak(Box::new(EntityMeta::new("Desk", "Desks", "desks", &OF_USERS, 2).unaudited().unversioned()));
    let desks = Schema::of(&[desks]).unwrap().tables.into_iter().find(|table| table.name == "desks").unwrap();
    assert_eq!((desks.foreign_keys[0].table.as_str(), desks.foreign_keys[0].target.as_str()), ("users", "id"));
    assert_eq!(foreign_key_name("desks", &["user_id"]), "desks_user_id_fkey");
}

#[test]
fn a_file_from_before_there_were_any_is_read() {
    let json =
        r#"{"tables":[{"name":"pets","columns":[{"name":"id","kind":"i64","identity":true,"primary_key":true}]}]}"#;
    let schema: Schema = serde_json::from_str(json).unwrap();
    assert!(schema.tables[0].foreign_keys.is_empty() && schema.views.is_empty());
    assert_eq!(serde_json::to_string(&schema).unwrap(), json);
}
