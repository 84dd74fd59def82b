//! Roles: rows of an entity that every database of the framework has, for tests of what is an
//! adapter's own.

use kwik_adapters::{Database, system::SystemRandom};
use kwik_domain::{
    Ctx, Error, Filter, Page, Repo, Repository, RolePolicy, Session, Store, StoreError, Stored, Via,
    access::{Role, RoleCreate, RoleUpdate},
};

fn ctx() -> Ctx {
    Ctx::system(Via::Job("test"), chrono::DateTime::UNIX_EPOCH)
}

fn store_error(error: Error) -> StoreError {
    match error {
        Error::Store(error) => error,
        Error::Conflict(kwik_domain::Conflict::Contention) => StoreError::Contention,
        other => panic!("no error of the store: {other}"),
    }
}

/// Makes a role.
pub(crate) async fn make(session: &mut dyn Session, name: &str) -> Result<Stored<Role>, StoreError> {
    let mut repo = Repo::new(session, &RolePolicy, &SystemRandom);
    let create = RoleCreate { name: name.to_owned(), is_active: true };
    Repository::<Role>::create(&mut repo, &ctx(), &create).await.map_err(store_error)
}

/// Switches a role on or off.
pub(crate) async fn switch(session: &mut dyn Session, key: i64, on: bool) -> Result<Stored<Role>, StoreError> {
    let mut repo = Repo::new(session, &RolePolicy, &SystemRandom);
    let update = RoleUpdate { is_active: Some(on), ..RoleUpdate::default() };
    Repository::<Role>::update(&mut repo, &ctx(), key, None, &update).await.map_err(store_error)
}

/// The role with a key, kept from others.
pub(crate) async fn lock(session: &mut dyn Session, key: i64) -> Result<Option<Stored<Role>>, StoreError> {
    let mut repo = Repo::new(session, &RolePolicy, &SystemRandom);
    Repository::<Role>::find_for_update(&mut repo, &ctx(), key).await.map_err(store_error)
}

/// The first thousand roles.
pub(crate) async fn all(session: &mut dyn Session) -> Result<Vec<Stored<Role>>, StoreError> {
    let mut repo = Repo::new(session, &RolePolicy, &SystemRandom);
    let page = Page { skip: 0, limit: 1000 };
    Repository::<Role>::list(&mut repo, &ctx(), &Filter::All, &[], page).await.map_err(store_error)
}

/// How many roles there are.
pub(crate) async fn count(store: &dyn Store) -> Result<u64, StoreError> {
    let mut session = store.session();
    let mut repo = Repo::new(&mut *session, &RolePolicy, &SystemRandom);
    Repository::<Role>::count(&mut repo, &ctx(), &Filter::All).await.map_err(store_error)
}

/// A store of a database, for one line.
pub(crate) async fn make_in(database: &Database, name: &str) -> Result<Stored<Role>, StoreError> {
    make(&mut *database.store().session(), name).await
}
