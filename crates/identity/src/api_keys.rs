//! The life of API keys: made, changed, rotated, revoked.

use crate::{ApiKeyText, Ports};
use chrono::{DateTime, Utc};
use kwik_app::{MANY, Work};
use kwik_domain::{
    AccessEvent, Action, Ctx, Denial, Entity, Error, FieldError, Filter, Issue, KeyUse, ListQuery, Listing, Page,
    Repository, Result, RuleViolation, Stored,
    access::{ApiKey, ApiKeyCreate, ApiKeyUpdate, Permission, User},
};
use std::collections::HashSet;

/// How many keys that work a user has at the most.
const MOST_KEYS: u64 = 100;

/// What a new key is made of.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    /// What it is for.
    pub name: String,
    /// The permissions that it may use.
    pub scopes: Vec<String>,
    /// When it stops working.
    pub expires_at: Option<DateTime<Utc>>,
}

/// What changes of a key; what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct ApiKeyChange {
    /// What it is for.
    pub name: Option<String>,
    /// When it stops working; a moment that has passed means now.
    pub expires_at: Option<Option<DateTime<Utc>>>,
}

/// A key with its last use, if there was one.
#[derive(Clone, Debug)]
pub struct UsedApiKey {
    /// The key.
    pub key: Stored<ApiKey>,
    /// When and from where it was last used.
    pub last_use: Option<KeyUse>,
}

/// The use cases around API keys. Users have keys of their own, and see and change no others; whoever may
/// delete keys revokes those of anybody.
#[derive(Clone)]
pub struct ApiKeys {
    ports: Ports,
}

impl ApiKeys {
    /// The use cases over the ports.
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// A page of one's own keys, the newest first, counted.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] by a key or in another's place, as everywhere where keys are one's own.
    pub async fn list_own(&self, ctx: &Ctx, page: Page) -> Result<(Vec<UsedApiKey>, u64)> {
        let owner = own(ctx)?;
        self.page_of(&ctx.elevated(), owner, page).await
    }

    /// A page of a user's keys, as far as the caller may read them.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`]; [`Error::NotFound`] when there is no such user.
    pub async fn list_of(&self, ctx: &Ctx, user_id: i64, page: Page) -> Result<(Vec<UsedApiKey>, u64)> {
        let keys = self.page_of(ctx, user_id, page).await?;
        self.ports.data.single().repository::<User>().get(&ctx.granted("user_read"), user_id).await?;
        Ok(keys)
    }

    /// One of one's own keys.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when it is not one's own.
    pub async fn get(&self, ctx: &Ctx, id: i64) -> Result<UsedApiKey> {
        let owner = own(ctx)?;
        let found = self.ports.data.single().repository::<ApiKey>().find(&ctx.elevated(), id).await?;
        self.with_use(found.filter(|key| key.user_id == owner).ok_or_else(|| missing(id))?).await
    }

    /// Makes a key for the caller, and gives it away for the only time.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for no scopes, repeated or unknown ones, and for an end that has passed;
    /// [`Error::Denied`] for scopes that the caller does not hold; [`Error::Rule`] when there are too many
    /// keys.
    pub async fn create(&self, ctx: &Ctx, new: NewApiKey) -> Result<(UsedApiKey, ApiKeyText)> {
        let owner = own(ctx)?;
        self.check(ctx, &new).await?;
        let text = ApiKeyText::generate(&*self.ports.random);
        let create = ApiKeyCreate {
            user_id: owner,
            name: new.name,
            hash: text.hash(),
            suffix: text.suffix().to_owned(),
            scopes: new.scopes.join(" "),
            expires_at: new.expires_at,
            revoked_at: None,
        };
        let elevated = ctx.elevated();
        let mut work = self.ports.data.begin().await?;
        leave_room(&elevated, &mut work, owner).await?;
        let key = work.repository::<ApiKey>().create(&elevated, &create).await?;
        work.record(ctx, &event("key_created", &key).with("scopes", &key.scopes)).await?;
        work.commit().await?;
        Ok((UsedApiKey { key, last_use: None }, text))
    }

    /// Changes one of one's own keys, which must have the version `expected` if one is given.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::VersionConflict`], [`Error::Invalid`]; [`Error::Rule`] when it was
    /// revoked.
    pub async fn update(&self, ctx: &Ctx, id: i64, expected: Option<i64>, change: ApiKeyChange) -> Result<UsedApiKey> {
        let owner = own(ctx)?;
        let elevated = ctx.elevated();
        let mut work = self.ports.data.begin().await?;
        let old = locked_own(&elevated, &mut work, owner, id).await?;
        if !is_live(&old, ctx.now) && change.expires_at.is_some_and(|end| !is_past(end, ctx.now)) {
            leave_room(&elevated, &mut work, owner).await?;
        }
        let update = ApiKeyUpdate { name: change.name, expires_at: change.expires_at, ..ApiKeyUpdate::default() };
        let key = work.repository::<ApiKey>().update(&elevated, id, expected, &update).await?;
        work.commit().await?;
        self.with_use(key).await
    }

    /// Puts another key in the place of one of one's own: the old one works no longer.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::VersionConflict`]; [`Error::Rule`] when it was revoked or has run out.
    pub async fn rotate(&self, ctx: &Ctx, id: i64, expected: Option<i64>) -> Result<(UsedApiKey, ApiKeyText)> {
        let owner = own(ctx)?;
        let elevated = ctx.elevated();
        let mut work = self.ports.data.begin().await?;
        let old = locked_own(&elevated, &mut work, owner, id).await?;
        if !is_live(&old, ctx.now) {
            return Err(RuleViolation::new("key_expired", "the key has run out; set expires_at first").into());
        }
        let text = ApiKeyText::generate(&*self.ports.random);
        let update =
            ApiKeyUpdate { hash: Some(text.hash()), suffix: Some(text.suffix().to_owned()), ..ApiKeyUpdate::default() };
        let key = work.repository::<ApiKey>().update(&elevated, id, expected, &update).await?;
        work.record(ctx, &event("key_rotated", &key).with("old_suffix", &old.suffix)).await?;
        work.commit().await?;
        Ok((self.with_use(key).await?, text))
    }

    /// Revokes one of one's own keys for good. Done again, it changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::VersionConflict`].
    pub async fn revoke(&self, ctx: &Ctx, id: i64, expected: Option<i64>) -> Result<UsedApiKey> {
        let owner = own(ctx)?;
        self.revoke_one(ctx, &ctx.elevated(), owner, id, expected).await
    }

    /// Revokes a key of that user, as far as the caller may delete keys.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`], [`Error::NotFound`], [`Error::VersionConflict`].
    pub async fn revoke_of(&self, ctx: &Ctx, user_id: i64, id: i64, expected: Option<i64>) -> Result<UsedApiKey> {
        self.revoke_one(ctx, ctx, user_id, id, expected).await
    }

    /// Revokes all keys of a user that were not, as a part of something larger; how many there were.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn revoke_all_of(&self, ctx: &Ctx, work: &mut Work, user_id: i64) -> Result<u64> {
        let filter = ApiKey::USER_ID.eq(user_id) & ApiKey::REVOKED_AT.is_null();
        let keys = work.repository::<ApiKey>().list(&ctx.elevated(), &filter, &[], MANY).await?;
        for key in &keys {
            revoke(ctx, work, key.id, None).await?;
        }
        Ok(keys.len() as u64)
    }

    async fn revoke_one(
        &self,
        ctx: &Ctx,
        reach: &Ctx,
        owner: i64,
        id: i64,
        expected: Option<i64>,
    ) -> Result<UsedApiKey> {
        let mut work = self.ports.data.begin().await?;
        let found = work.repo().find_locked::<ApiKey>(reach, Action::Delete, &id).await?;
        let mut key = found.filter(|key| key.user_id == owner).ok_or_else(|| missing(id))?;
        let visible = key.visible;
        if key.revoked_at.is_none() {
            key = revoke(ctx, &mut work, id, expected).await?;
            work.commit().await?;
        }
        self.with_use(Stored { visible, ..key }).await
    }

    async fn page_of(&self, ctx: &Ctx, owner: i64, page: Page) -> Result<(Vec<UsedApiKey>, u64)> {
        let mut query = ListQuery::new(ApiKey::USER_ID.eq(owner), page);
        query.order = vec![ApiKey::ID.desc()];
        let Listing { rows, total, .. } = self.ports.data.single().repository::<ApiKey>().page(ctx, &query).await?;
        let ids: Vec<_> = rows.iter().map(|key| key.id).collect();
        let uses = self.ports.directory.last_uses(&ids).await?;
        let with_use = |key: Stored<ApiKey>| {
            let last_use = uses.iter().find(|last| last.key_id == key.id).cloned();
            UsedApiKey { key, last_use }
        };
        Ok((rows.into_iter().map(with_use).collect(), total.unwrap_or_default()))
    }

    async fn with_use(&self, key: Stored<ApiKey>) -> Result<UsedApiKey> {
        let last_use = self.ports.directory.last_uses(&[key.id]).await?.pop();
        Ok(UsedApiKey { key, last_use })
    }

    /// What the caller gives must be known and be the caller's.
    async fn check(&self, ctx: &Ctx, new: &NewApiKey) -> Result<()> {
        let mut errors = Vec::new();
        if new.scopes.is_empty() {
            errors.push(FieldError::new("scopes", Issue::new("length", "must name at least one permission")));
        }
        let held = &ctx.actor.grants.permissions;
        let missing: HashSet<&String> = new.scopes.iter().filter(|name| !held.contains(*name)).collect();
        let known = self.known(ctx, &missing).await?;
        let mut seen = HashSet::new();
        for (n, name) in new.scopes.iter().enumerate() {
            let wrong = |code, message| FieldError::new("scopes", Issue::new(code, message)).at(n);
            if !held.contains(name) && !known.contains(name) {
                errors.push(wrong("unknown", "is not a permission"));
            } else if !seen.insert(name) {
                errors.push(wrong("duplicate", "must be named only once"));
            }
        }
        if new.expires_at.is_some_and(|end| end <= ctx.now) {
            errors.push(FieldError::new("expires_at", Issue::new("range", "must be in the future")));
        }
        if !errors.is_empty() {
            return Err(Error::Invalid(errors));
        }
        if missing.is_empty() {
            return Ok(());
        }
        let mut names: Vec<_> = missing.into_iter().map(String::as_str).collect();
        names.sort_unstable();
        let reason = format!("a key has no more rights than its owner; you do not hold {}", names.join(", "));
        Err(Error::Denied(Denial::new(reason)))
    }

    /// Those of the names that permissions have.
    async fn known(&self, ctx: &Ctx, names: &HashSet<&String>) -> Result<HashSet<String>> {
        if names.is_empty() {
            return Ok(HashSet::new());
        }
        let filter = Permission::NAME.one_of(names.iter().map(|name| (*name).clone()));
        let mut single = self.ports.data.single();
        let found = single.repository::<Permission>().list(&ctx.elevated(), &filter, &[], MANY).await?;
        Ok(found.into_iter().map(|permission| permission.entity.name).collect())
    }
}

/// The caller, in person.
fn own(ctx: &Ctx) -> Result<i64> {
    ctx.actor.in_person().map_err(Error::Denied)
}

fn missing(id: i64) -> Error {
    Error::NotFound { entity: ApiKey::META.collection, key: id.to_string() }
}

fn is_past(end: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    end.is_some_and(|end| end <= now)
}

fn is_live(key: &ApiKey, now: DateTime<Utc>) -> bool {
    key.revoked_at.is_none() && !is_past(key.expires_at, now)
}

fn event(action: &'static str, key: &ApiKey) -> AccessEvent {
    let event = AccessEvent::new(action).about(key.user_id).with("key", &key.id.to_string());
    event.with("name", &key.name).with("suffix", &key.suffix)
}

/// The owner's key, locked; it must not be revoked.
async fn locked_own(elevated: &Ctx, work: &mut Work, owner: i64, id: i64) -> Result<Stored<ApiKey>> {
    let found = work.repo().find_locked::<ApiKey>(elevated, Action::Update, &id).await?;
    let key = found.filter(|key| key.user_id == owner).ok_or_else(|| missing(id))?;
    if key.revoked_at.is_some() {
        return Err(RuleViolation::new("key_revoked", "the key was revoked; make another one").into());
    }
    Ok(key)
}

/// Refuses one key more than there may be. The owner's row is locked: of parallel ones, the later counts
/// the earlier.
async fn leave_room(elevated: &Ctx, work: &mut Work, owner: i64) -> Result<()> {
    work.repo().find_locked::<User>(elevated, Action::Read, &owner).await?;
    let lasting: Filter = ApiKey::EXPIRES_AT.is_null() | ApiKey::EXPIRES_AT.gt(elevated.now);
    let live = ApiKey::USER_ID.eq(owner) & ApiKey::REVOKED_AT.is_null() & lasting;
    if work.repository::<ApiKey>().count(elevated, &live).await? < MOST_KEYS {
        return Ok(());
    }
    let detail = format!("a user has {MOST_KEYS} keys that work at the most; revoke one first");
    Err(RuleViolation::new("too_many_keys", detail).into())
}

async fn revoke(ctx: &Ctx, work: &mut Work, id: i64, expected: Option<i64>) -> Result<Stored<ApiKey>> {
    let update = ApiKeyUpdate { revoked_at: Some(Some(ctx.now)), ..ApiKeyUpdate::default() };
    let key = work.repository::<ApiKey>().update(&ctx.elevated(), id, expected, &update).await?;
    work.record(ctx, &event("key_revoked", &key)).await?;
    Ok(key)
}
