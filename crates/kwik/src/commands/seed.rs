//! `seed`: first rows.

use super::serve::greet;
use crate::{App, Result, Settings, terminal::say};

/// Brings the database into shape as serving does, and makes the program's first rows.
pub(crate) async fn run(app: App, settings: &Settings) -> Result<()> {
    if app.seeds.is_empty() {
        say("this program has no first rows; App::seed declares them");
        return Ok(());
    }
    let service = app.build(settings).await?;
    if let Some(welcome) = &service.welcome {
        greet(welcome);
    }
    let outcome = service.seed().await;
    service.close().await;
    outcome?;
    say("all first rows are there");
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use kwik_domain::access::{Role, RoleCreate};
    use std::{
        collections::BTreeMap,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
    };

    #[tokio::test]
    async fn a_program_sows_as_often_as_it_is_told_to() {
        let folder = std::env::temp_dir().join(format!("kwik-seed-{}", uuid::Uuid::new_v4().simple()));
        let url = format!("sqlite://{}/kwik.db", folder.display());
        let settings = |more: &[(&str, &str)]| {
            let all = [("KWIK_DATABASE_URL", &*url), ("KWIK_SECRET_KEY", "0123456789abcdef0123456789abcdef")];
            let all = all.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            Settings::from_variables(all.collect::<BTreeMap<_, _>>()).unwrap()
        };
        let quick = settings(&[("KWIK_HASH_MEMORY", "64"), ("KWIK_HASH_PASSES", "1")]);
        // Without first rows nothing is even connected.
        run(App::new(), &quick).await.unwrap();
        assert!(!folder.exists());
        let made = Arc::new(AtomicUsize::new(0));
        let app = || {
            let made = made.clone();
            App::new().seed(async move |services: &crate::Services, ctx: &kwik_domain::Ctx| {
                let create = RoleCreate { name: "clerks".to_owned(), is_active: true };
                let row = services.ensure::<Role>(ctx, &Role::NAME.eq("clerks"), create).await?;
                made.fetch_add(usize::from(matches!(row, crate::Ensured::Made(_))), Ordering::Relaxed);
                Ok(())
            })
        };
        run(app(), &quick).await.unwrap();
        run(app(), &quick).await.unwrap();
        assert_eq!(made.load(Ordering::Relaxed), 1);
        // Nothing has been migrated there.
        let elsewhere = format!("sqlite://{}/other.db", folder.display());
        let production = settings(&[("KWIK_ENV", "production"), ("KWIK_DATABASE_URL", &*elsewhere)]);
        let refused = run(app(), &production).await.unwrap_err();
        assert!(refused.to_string().contains("migrate"), "{refused}");
        std::fs::remove_dir_all(folder).unwrap();
    }
}
