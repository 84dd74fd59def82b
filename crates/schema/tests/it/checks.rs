//! What production refuses to start on, and what it says.

use super::{
    database::each_engine,
    entities::{text, things},
    files::embedded,
};
use kwik_schema::{Migration, MigrationState, SchemaError, check, migrate_up, new_migration, status};

each_engine! {
    async fn each_reason_is_said(database) {
        let dir = database.folder().join("migrations");
        new_migration(&dir, "init", &things(&[text("name")])).unwrap();
        let schema = things(&[text("name"), text("city").default("")]);
        new_migration(&dir, "add_city", &schema).unwrap();
        let all = embedded(&dir);
        let instance = database.open().await;

        let refused = async |migrations: &[Migration]| check(&instance, migrations, &schema).await.unwrap_err();
        let error = refused(&all).await.to_string();
        assert_eq!(error, "0001_init, 0002_add_city must be applied first; run `migrate up`");
        let states: Vec<_> = status(&instance, &all).await.unwrap().into_iter().map(|s| (s.state, s.applied_at)).collect();
        assert_eq!(states, [(MigrationState::Pending, None); 2], "looking changes nothing");
        migrate_up(&instance, &all[..1], &mut |_| {}).await.unwrap();
        let error = refused(&all).await.to_string();
        assert_eq!(error, "0002_add_city must be applied first; run `migrate up`");
        // All migrations ran, but an entity was changed after the last one.
        let error = refused(&all[..1]).await.to_string();
        assert!(error.contains("things: column city is missing") && error.contains("`migrate new`"), "{error}");
        migrate_up(&instance, &all, &mut |_| {}).await.unwrap();
        check(&instance, &all, &schema).await.unwrap();
        let states = status(&instance, &all).await.unwrap();
        assert!(states.iter().all(|s| s.state == MigrationState::Applied && s.applied_at.is_some()), "{states:?}");

        let mut edited = all.clone();
        edited[0].postgres = "SELECT 1";
        edited[0].sqlite = "SELECT 1";
        for error in [refused(&edited).await, migrate_up(&instance, &edited, &mut |_| {}).await.unwrap_err()] {
            assert_eq!(
                error.to_string(),
                "0001_init changed after it was applied; take the change back and make a new migration for it"
            );
        }
        for error in [refused(&all[..1]).await, migrate_up(&instance, &all[..1], &mut |_| {}).await.unwrap_err()] {
            assert!(error.to_string().starts_with("the database is newer than this program: 0002_add_city"), "{error}");
        }
        let mut late = all.clone();
        late.insert(1, Migration { number: 2, name: "late", ..all[0] });
        assert!(matches!(refused(&late).await, SchemaError::Numbers(_)));
        instance.close().await;
        drop(instance);

        database.run("ALTER TABLE things ADD COLUMN hand text").await;
        let instance = database.open().await;
        let error = check(&instance, &all, &schema).await.unwrap_err().to_string();
        assert!(error.contains("things: column hand is no entity's"), "{error}");
        instance.close().await;
        drop(instance);
    }

    async fn late_and_developed_are_refused(database) {
        let dir = database.folder().join("migrations");
        new_migration(&dir, "init", &things(&[])).unwrap();
        let init = embedded(&dir)[0];
        let later = Migration { number: 3, name: "later", postgres: "SELECT 1", sqlite: "SELECT 1" };
        let late = Migration { number: 2, name: "late", ..later };
        let instance = database.open().await;
        migrate_up(&instance, &[init, later], &mut |_| {}).await.unwrap();
        let error = migrate_up(&instance, &[init, late, later], &mut |_| {}).await.unwrap_err().to_string();
        assert!(error.starts_with("0002_late comes before migrations that are applied already"), "{error}");
        instance.close().await;
        drop(instance);
        database.run("DROP TABLE kwik_migrations").await;
        let instance = database.open().await;
        let error = migrate_up(&instance, &[init], &mut |_| {}).await.unwrap_err().to_string();
        assert!(error.contains("made by development"), "{error}");
        instance.close().await;
        drop(instance);
    }
}
