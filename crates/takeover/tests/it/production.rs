//! In production only migrations make tables.

use crate::kwik_database::Kwik;
use kwik::{
    schema::{Migration, Schema, new_migration},
    takeover::TakeoverError,
};

/// The framework's own tables, as `migrate new` writes them for a program without entities.
fn tables_of_the_framework() -> Migration {
    let folder = std::env::temp_dir().join(format!("kwik-takeover-{}", std::process::id()));
    let files = new_migration(&folder, "tables", &Schema::of(&[]).unwrap()).unwrap();
    let postgres = files.iter().find(|file| file.to_string_lossy().ends_with(".postgres.sql")).unwrap();
    let postgres = std::fs::read_to_string(postgres).unwrap().leak();
    std::fs::remove_dir_all(folder).unwrap();
    Migration { number: 1, name: "tables", postgres, sqlite: "" }
}

/// What a person writes for a table that is older than the program.
const FIT: Migration = Migration {
    number: 2,
    name: "fit_orders",
    postgres: "ALTER TABLE shop_orders ALTER id TYPE bigint, ALTER order_no TYPE text COLLATE \"C\",
                   ALTER creation_time DROP DEFAULT, ADD version bigint NOT NULL DEFAULT 1",
    sqlite: "",
};

#[tokio::test]
async fn the_migrations_make_the_tables() {
    let kwik = Kwik::new().await;
    let migrations = [tables_of_the_framework(), FIT];
    let report = kwik.run_migrations(&migrations).await.unwrap().unwrap();
    assert_eq!((report.users, report.foreign_keys), (4, 4));
    assert!(report.notes.iter().all(|note| !note.contains("migrations must")), "that is said before, not after");
    kwik.check(&migrations).await.unwrap();
    assert!(kwik.run_migrations(&migrations).await.unwrap().is_none());
}

#[tokio::test]
async fn a_migration_that_fails_can_be_mended() {
    let kwik = Kwik::new().await;
    let wrong = Migration { postgres: "ALTER TABLE shop_orders ALTER nothing TYPE bigint", ..FIT };
    assert!(matches!(kwik.run_migrations(&[tables_of_the_framework(), wrong]).await, Err(TakeoverError::Schema(_))));
    let migrations = [tables_of_the_framework(), FIT];
    kwik.run_migrations(&migrations).await.unwrap().unwrap();
    kwik.check(&migrations).await.unwrap();
}

#[tokio::test]
async fn a_program_without_migrations_is_refused_before_anything_moves() {
    let kwik = Kwik::new().await;
    assert!(matches!(kwik.run_migrations(&[]).await, Err(TakeoverError::Refused(_))));
    assert_eq!(kwik.text("SELECT count(*)::text FROM public.users WHERE is_superuser").await, "1");
}
