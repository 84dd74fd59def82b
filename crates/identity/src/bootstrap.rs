//! What must be there before the first request: permissions, the role of administrators, and the
//! first of them.

use crate::{NewUser, Ports, Users};
use kwik_app::MANY;
use kwik_domain::{
    Conflict, Ctx, Error, Filter, Repository, Result, Secret, Via,
    access::{ADMIN_ROLE, Permission, PermissionCreate, Role, RoleCreate, RolePermission, RolePermissionCreate, User},
};
use std::{collections::HashSet, fmt::Write as _};

/// How often it begins again when another instance starts at the same time.
const MAX_TRIES: usize = 5;

/// Who the first administrator is to be.
#[derive(Clone, Debug)]
pub struct FirstAdministrator {
    /// The address.
    pub email: String,
    /// The password; generated if there is none.
    pub password: Option<Secret>,
}

/// The first administrator, made just now.
#[derive(Clone, Debug)]
pub struct Welcome {
    /// The address.
    pub email: String,
    /// The password, if it was generated.
    pub generated: Option<Secret>,
}

/// The use case.
pub struct Bootstrap {
    ports: Ports,
}

impl Bootstrap {
    /// The use case over these ports.
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// Registers permissions that are not there yet and grants them to the administrators' role;
    /// makes the first administrator where there is no user at all.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] when the database cannot be reached, [`Error::Invalid`] when the
    /// administrator's address is none.
    pub async fn run(&self, permissions: &[String], first: &FirstAdministrator) -> Result<Option<Welcome>> {
        let ctx = self.ports.data.system(Via::Job("start"));
        let mut tries = 0;
        loop {
            match self.once(&ctx, permissions, first).await {
                Err(Error::Conflict(Conflict::Taken { .. } | Conflict::Contention)) if tries < MAX_TRIES => tries += 1,
                outcome => return outcome,
            }
        }
    }

    async fn once(&self, ctx: &Ctx, permissions: &[String], first: &FirstAdministrator) -> Result<Option<Welcome>> {
        self.register(ctx, permissions).await?;
        if self.ports.data.single().repository::<User>().count(ctx, &Filter::All).await? > 0 {
            return Ok(None);
        }
        let generated = first.password.is_none().then(|| self.password());
        let password = first.password.clone().or_else(|| generated.clone()).unwrap_or_else(|| self.password());
        let user = NewUser {
            email: first.email.clone(),
            name: "First".to_owned(),
            surname: "Administrator".to_owned(),
            password,
            roles: vec![ADMIN_ROLE.to_owned()],
        };
        // A password from the settings is whatever its owner wants it to be.
        Users::new(self.ports.clone()).insert(ctx, user, true).await?;
        Ok(Some(Welcome { email: first.email.clone(), generated }))
    }

    async fn register(&self, ctx: &Ctx, permissions: &[String]) -> Result<()> {
        let mut single = self.ports.data.single();
        let known = single.repository::<Permission>().list(ctx, &Filter::All, &[], MANY).await?;
        let known: HashSet<&str> = known.iter().map(|p| p.name.as_str()).collect();
        let missing: Vec<_> = permissions.iter().filter(|p| !known.contains(p.as_str())).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let mut work = self.ports.data.begin().await?;
        let found = work.repository::<Role>().list(ctx, &Role::NAME.eq(ADMIN_ROLE), &[], MANY).await?;
        let role = if let Some(role) = found.into_iter().next() {
            role
        } else {
            let create = RoleCreate { name: ADMIN_ROLE.to_owned(), is_active: true };
            work.repository::<Role>().create(ctx, &create).await?
        };
        for name in missing {
            let permission =
                work.repository::<Permission>().create(ctx, &PermissionCreate { name: name.clone() }).await?;
            let link = RolePermissionCreate { role_id: role.id, permission_id: permission.id };
            work.repository::<RolePermission>().create(ctx, &link).await?;
        }
        work.commit().await
    }

    /// 128 random bits, readable, and as long as the rules of passwords want it.
    fn password(&self) -> Secret {
        let rules = &self.ports.settings.passwords;
        let mut text = String::with_capacity(rules.least.max(35));
        while text.len() < rules.least.max(35) {
            for byte in self.ports.random.bytes() {
                if text.len() % 9 == 8 {
                    text.push('-');
                }
                // Writing into a string cannot fail.
                let _ = write!(text, "{byte:02x}");
            }
        }
        text.truncate(rules.most.max(rules.least));
        Secret::new(text)
    }
}
