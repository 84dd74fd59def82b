//! A rule of the business can be tested against a mocked repository, without a database.

use async_trait::async_trait;
use kwik_domain::{
    AuditRecord, Ctx, Entity, Error, FieldSet, Filter, ListQuery, Listing, Order, Page, Repository, Result, Stored,
    SystemFields, Via,
    access::{Role, RoleUpdate},
};

mockall::mock! {
    pub Repo<E: Entity> {}

    #[async_trait]
    impl<E: Entity> Repository<E> for Repo<E> {
        async fn find(&mut self, ctx: &Ctx, key: E::Key) -> Result<Option<Stored<E>>>;
        async fn find_for_update(&mut self, ctx: &Ctx, key: E::Key) -> Result<Option<Stored<E>>>;
        async fn get(&mut self, ctx: &Ctx, key: E::Key) -> Result<Stored<E>>;
        async fn list(&mut self, ctx: &Ctx, filter: &Filter, order: &[Order], page: Page) -> Result<Vec<Stored<E>>>;
        async fn page(&mut self, ctx: &Ctx, query: &ListQuery) -> Result<Listing<E>>;
        async fn count(&mut self, ctx: &Ctx, filter: &Filter) -> Result<u64>;
        async fn create(&mut self, ctx: &Ctx, create: &E::Create) -> Result<Stored<E>>;
        async fn update(&mut self, ctx: &Ctx, key: E::Key, expected: Option<i64>, update: &E::Update) -> Result<Stored<E>>;
        async fn delete(&mut self, ctx: &Ctx, key: E::Key, expected: Option<i64>) -> Result<Stored<E>>;
        async fn history(&mut self, ctx: &Ctx, key: E::Key, page: Page) -> Result<Vec<AuditRecord>>;
    }
}

/// What a user might write: a role is switched off, unless it is off already.
async fn switch_off(roles: &mut dyn Repository<Role>, ctx: &Ctx, id: i64) -> Result<bool> {
    let role = roles.get(ctx, id).await?;
    if role.is_active {
        let update = RoleUpdate { is_active: Some(false), ..RoleUpdate::default() };
        roles.update(ctx, id, Some(role.version()), &update).await?;
    }
    Ok(role.is_active)
}

fn role(is_active: bool) -> Stored<Role> {
    let system = SystemFields { version: 3, ..SystemFields::default() };
    Stored { entity: Role { id: 7, name: "clerk".into(), is_active }, system, visible: FieldSet::ALL }
}

#[tokio::test]
async fn a_repository_is_mocked() {
    let ctx = Ctx::system(Via::Job("test"), chrono::DateTime::UNIX_EPOCH);
    let mut roles = MockRepo::<Role>::new();
    roles.expect_get().withf(|_, id| *id == 7).times(1).returning(|_, _| Ok(role(true)));
    roles
        .expect_update()
        .withf(|_, _, expected, _| *expected == Some(3))
        .times(1)
        .returning(|_, _, _, _| Ok(role(false)));
    assert!(switch_off(&mut roles, &ctx, 7).await.unwrap());

    let mut roles = MockRepo::<Role>::new();
    roles.expect_get().returning(|_, _| Ok(role(false)));
    assert!(!switch_off(&mut roles, &ctx, 7).await.unwrap());

    let mut roles = MockRepo::<Role>::new();
    roles.expect_get().returning(|_, _| Err(Error::Internal("down".into())));
    assert!(switch_off(&mut roles, &ctx, 7).await.is_err());
}
