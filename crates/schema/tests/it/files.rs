//! Files of migrations: written from what changed, and what they do.

use super::{
    database::each_engine,
    entities::{audited, optional, plain, schema, text, things},
    tables::everything,
};
use kwik_domain::FieldMeta;
use kwik_schema::{Migration, Schema, check, migrate_up, new_migration};
use rust_decimal::Decimal;
use std::{fs, path::Path};

/// The migrations of a folder, as the program would embed them.
pub(crate) fn embedded(dir: &Path) -> Vec<Migration> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let read = |name: String| -> &'static str { fs::read_to_string(dir.join(name)).unwrap().leak() };
    let stems = names.iter().filter_map(|name| name.strip_suffix(".postgres.sql"));
    let migration = |stem: &str| {
        let (number, name) = stem.split_once('_').unwrap();
        Migration {
            number: number.parse().unwrap(),
            name: name.to_owned().leak(),
            postgres: read(format!("{stem}.postgres.sql")),
            sqlite: read(format!("{stem}.sqlite.sql")),
        }
    };
    stems.map(migration).collect()
}

/// The life of a schema: every kind of change.
pub(crate) fn life() -> Vec<(&'static str, Schema)> {
    vec![
        ("init", everything()),
        (
            "things",
            schema([plain("things", &[text("name"), FieldMeta::of::<i32>("size").indexed(), optional("gone")])]),
        ),
        (
            "change",
            schema([audited(
                "items",
                &[
                    text("title").unique().renamed_from("name").default("x"),
                    FieldMeta::of::<Decimal>("size").indexed().default("0"),
                    FieldMeta::of::<Option<bool>>("active"),
                ],
            )
            .renamed_from("things")
            .grants_rights()]),
        ),
        (
            "optional",
            schema([audited("items", &[optional("title"), FieldMeta::of::<Option<Decimal>>("size").unique()])
                .renamed_from("things")]),
        ),
        ("away", schema([])),
    ]
}

each_engine! {
    async fn migrations_and_development_come_to_the_same(database) {
        let dir = database.folder().join("migrations");
        for (name, schema) in life() {
            let written = new_migration(&dir, name, &schema).unwrap();
            assert_eq!(written.len(), 3);
            let instance = database.open().await;
            assert_eq!(migrate_up(&instance, &embedded(&dir), &mut |_| {}).await.unwrap(), 1, "{name}");
            check(&instance, &embedded(&dir), &schema).await.unwrap();
            instance.close().await;
            drop(instance);
            assert!(database.develop(&schema).await.is_empty(), "{name}");
            if name != "away" {
                // A row, so that the changes that follow have to keep something.
                let (first, insert) = match name {
                    "init" => ("name FROM tags", "INSERT INTO tags (code, name) VALUES ('01890a5d-ac96-774b-bcce-b302099a8057', 'x')"),
                    "things" => ("name FROM things", "INSERT INTO things (name, size) VALUES ('Ada', 7)"),
                    _ => ("title FROM items", "DELETE FROM items WHERE title IS NULL"),
                };
                database.run(insert).await;
                assert_eq!(database.texts(&format!("SELECT {first}")).await.len(), 1, "{name}");
            }
        }
    }

    async fn a_schema_from_empty_equals_the_one_that_grew(database) {
        let dir = database.folder().join("migrations");
        let life = life();
        for (name, schema) in &life[..4] {
            new_migration(&dir, name, schema).unwrap();
        }
        let instance = database.open().await;
        let mut seen = Vec::new();
        let applied = migrate_up(&instance, &embedded(&dir), &mut |line| seen.push(line.to_owned())).await.unwrap();
        assert_eq!(applied, 4);
        assert_eq!(seen[1], "applying 0002_things (2 of 4)");
        check(&instance, &embedded(&dir), &life[3].1).await.unwrap();
        assert_eq!(migrate_up(&instance, &embedded(&dir), &mut |_| {}).await.unwrap(), 0);
        instance.close().await;
        drop(instance);
    }
}

fn folder(name: &str) -> std::path::PathBuf {
    let dir = std::env::temp_dir().join(format!("kwik_schema_files_{}_{name}", std::process::id()));
    let _ = fs::remove_dir_all(&dir);
    dir
}

#[test]
fn the_same_changes_give_the_same_files() {
    let (one, other) = (folder("one"), folder("other"));
    for dir in [&one, &other] {
        for (name, schema) in life() {
            new_migration(dir, name, &schema).unwrap();
        }
    }
    let mut count = 0;
    for entry in fs::read_dir(&one).unwrap() {
        let name = entry.unwrap().file_name();
        assert_eq!(fs::read(one.join(&name)).unwrap(), fs::read(other.join(&name)).unwrap(), "{name:?}");
        count += 1;
    }
    assert_eq!(count, 11);
    for dir in [one, other] {
        fs::remove_dir_all(dir).unwrap();
    }
}

#[test]
fn nothing_to_do_writes_nothing() {
    let dir = folder("nothing");
    new_migration(&dir, "init", &things(&[text("name")])).unwrap();
    let error = new_migration(&dir, "again", &things(&[text("name")])).unwrap_err();
    assert_eq!(error.to_string(), "the entities did not change since the last migration; nothing was written");
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 3);
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn a_wrong_name_and_a_lost_state_are_refused() {
    let dir = folder("wrong");
    for name in ["", "Add", "a b", "../x", "ü"] {
        let error = new_migration(&dir, name, &things(&[])).unwrap_err().to_string();
        assert!(error.contains("use a-z, 0-9 and _"), "{error}");
    }
    new_migration(&dir, "init", &things(&[])).unwrap();
    fs::remove_file(dir.join("schema.json")).unwrap();
    let error = new_migration(&dir, "next", &things(&[])).unwrap_err().to_string();
    assert!(error.contains("restore this file"), "{error}");
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn what_loses_data_says_so() {
    let dir = folder("loss");
    new_migration(&dir, "init", &things(&[text("name"), text("phone")])).unwrap();
    new_migration(&dir, "drop_phone", &things(&[text("name"), text("city")])).unwrap();
    for dialect in ["postgres", "sqlite"] {
        let sql = fs::read_to_string(dir.join(format!("0002_drop_phone.{dialect}.sql"))).unwrap();
        assert!(sql.contains("-- Attention: the column \"phone\" of \"things\" goes, with all its data."), "{sql}");
        assert!(sql.contains("-- Fails if rows of \"things\" have no value in \"city\""), "{sql}");
    }
    let error = new_migration(&dir, "retype", &things(&[FieldMeta::of::<bool>("name"), text("city")])).unwrap_err();
    assert!(error.to_string().contains("things.name cannot become"), "{error}");
    fs::remove_dir_all(dir).unwrap();
}
