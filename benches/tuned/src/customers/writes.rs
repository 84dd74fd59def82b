//! Writing: row and audit row in one statement, which commits by itself.

use poem::{
    Response, handler,
    http::StatusCode,
    web::{Data, Json, Path},
};
use sqlx::{PgPool, postgres::PgRow};
use yardstick_plain::{
    app::App,
    input::{CustomerCreate, CustomerUpdate},
    origin::Origin,
    precondition::IfMatch,
    problem::Problem,
    token::Subject,
};

use super::{
    row::{CustomerRow, first},
    sql,
};
use crate::access::{Caller, Create, Delete, Update};

/// `POST /api/v1/customers/`.
#[handler]
pub(crate) async fn create(
    caller: Caller<Create>,
    Data(app): Data<&App>,
    origin: Origin,
    Json(body): Json<CustomerCreate>,
) -> Result<Response, Problem> {
    body.check()?;
    let row = sqlx::query(sql::CREATE)
        .bind(&body.name)
        .bind(&body.email)
        .bind(body.credit_limit)
        .bind(caller.subject.user_id)
        .bind(caller.subject.impersonator)
        .bind(&origin.request_id)
        .bind(&origin.address)
        .fetch_one(&app.pool)
        .await?;
    let customer = CustomerRow::read(&row)?.ok_or_else(Problem::not_found)?;
    Ok(customer.answer(StatusCode::CREATED))
}

/// `PUT /api/v1/customers/{id}`.
#[handler]
pub(crate) async fn update(
    caller: Caller<Update>,
    Data(app): Data<&App>,
    Path(id): Path<i64>,
    if_match: IfMatch,
    origin: Origin,
    Json(body): Json<CustomerUpdate>,
) -> Result<Response, Problem> {
    body.check()?;
    let change = Change { id, body: &body, if_match, subject: caller.subject, origin: &origin };
    let mut row = change.run(&app.pool, sql::UPDATE).await?;
    // The version was the wanted one, and yet nothing was written: another writer was faster.
    if CustomerRow::read(&row)?.is_none() && if_match.allows(first(&row)?) {
        row = change.run(&app.pool, sql::UPDATE_LOCKED).await?;
    }
    match CustomerRow::read(&row)? {
        Some(customer) => Ok(customer.answer(StatusCode::OK)),
        None => Err(Problem::version_conflict(first(&row)?)),
    }
}

/// `DELETE /api/v1/customers/{id}`.
#[handler]
pub(crate) async fn delete(
    caller: Caller<Delete>,
    Data(app): Data<&App>,
    Path(id): Path<i64>,
    if_match: IfMatch,
    origin: Origin,
) -> Result<Response, Problem> {
    let row = sqlx::query(sql::DELETE)
        .bind(id)
        .bind(if_match.0)
        .bind(caller.subject.user_id)
        .bind(caller.subject.impersonator)
        .bind(&origin.request_id)
        .bind(&origin.address)
        .fetch_optional(&app.pool)
        .await?
        .ok_or_else(Problem::not_found)?;
    match CustomerRow::read(&row)? {
        Some(customer) => Ok(customer.answer(StatusCode::OK)),
        // Another deleted it at the same moment.
        None if if_match.allows(first(&row)?) => Err(Problem::not_found()),
        None => Err(Problem::version_conflict(first(&row)?)),
    }
}

/// An update, for either of its forms.
struct Change<'a> {
    id: i64,
    body: &'a CustomerUpdate,
    if_match: IfMatch,
    subject: Subject,
    origin: &'a Origin,
}

impl Change<'_> {
    async fn run(&self, pool: &PgPool, statement: &'static str) -> Result<PgRow, Problem> {
        sqlx::query(statement)
            .bind(self.id)
            .bind(&self.body.name)
            .bind(&self.body.email)
            .bind(self.body.credit_limit)
            .bind(self.if_match.0)
            .bind(self.subject.user_id)
            .bind(self.subject.impersonator)
            .bind(&self.origin.request_id)
            .bind(&self.origin.address)
            .fetch_optional(pool)
            .await?
            .ok_or_else(Problem::not_found)
    }
}
