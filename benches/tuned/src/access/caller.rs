//! The caller of a request, once the right that the handler asks for is known to be there.

use std::marker::PhantomData;

use poem::{FromRequest, Request, RequestBody, web::Data};
use yardstick_plain::{app::App, problem::Problem, schema::Permission, token::Subject};

use super::Rights;

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
        let Data(rights) = Data::<&Rights>::from_request(request, body).await?;
        let subject = app.tokens.authenticate(request)?;
        let granted = rights.of(&app.pool, subject.user_id).await?;
        let granted = granted.ok_or_else(Problem::invalid_token)?;
        if granted.has(R::PERMISSION) {
            Ok(Self { subject, right: PhantomData })
        } else {
            Err(Problem::forbidden().into())
        }
    }
}
