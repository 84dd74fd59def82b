//! Who may do what: the token, then one query for the user and the permission.

use std::marker::PhantomData;

use poem::{FromRequest, Request, RequestBody, web::Data};
use yardstick_plain::{app::App, problem::Problem, schema::Permission, token::Subject};

const ALLOWED: &str = "\
SELECT EXISTS (
    SELECT 1 FROM user_roles ur
    JOIN roles r ON r.id = ur.role_id AND r.is_active
    JOIN role_permissions rp ON rp.role_id = r.id
    JOIN permissions p ON p.id = rp.permission_id
    WHERE ur.user_id = u.id AND p.name = $2
) FROM users u WHERE u.id = $1 AND u.is_active";

/// A right that a handler asks for by its type.
pub(crate) trait Right: Send + Sync {
    /// The permission that it needs.
    const PERMISSION: Permission;
}

/// To read.
pub(crate) struct Read;
/// To create.
pub(crate) struct Create;
/// To update.
pub(crate) struct Update;
/// To delete.
pub(crate) struct Delete;

impl Right for Read {
    const PERMISSION: Permission = Permission::Read;
}
impl Right for Create {
    const PERMISSION: Permission = Permission::Create;
}
impl Right for Update {
    const PERMISSION: Permission = Permission::Update;
}
impl Right for Delete {
    const PERMISSION: Permission = Permission::Delete;
}

/// A caller who has the right; as the first argument of a handler it comes before path, query and body.
pub(crate) struct Caller<R> {
    /// Who it is.
    pub(crate) subject: Subject,
    right: PhantomData<R>,
}

impl<'a, R: Right> FromRequest<'a> for Caller<R> {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> poem::Result<Self> {
        let Data(app) = Data::<&App>::from_request(request, body).await?;
        let subject = app.tokens.authenticate(request)?;
        let allowed: Option<bool> = sqlx::query_scalar(ALLOWED)
            .bind(subject.user_id)
            .bind(R::PERMISSION.name())
            .fetch_optional(&app.pool)
            .await
            .map_err(Problem::from)?;
        match allowed {
            Some(true) => Ok(Self { subject, right: PhantomData }),
            Some(false) => Err(Problem::forbidden().into()),
            None => Err(Problem::invalid_token().into()),
        }
    }
}
