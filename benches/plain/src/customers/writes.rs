//! Writing: each in one transaction with its audit row; a change locks the row first, for the image before it.

use chrono::Utc;
use poem::{
    Response, handler,
    http::StatusCode,
    web::{Data, Json, Path},
};
use sqlx::PgConnection;
use yardstick_plain::{
    app::App,
    input::{CustomerCreate, CustomerUpdate},
    origin::Origin,
    precondition::IfMatch,
    problem::Problem,
};

use super::Customer;
use crate::{
    access::{Caller, Create, Delete, Update},
    audit::Change,
};

const INSERT: &str = "\
INSERT INTO customers (name, email, credit_limit, creation_time, creator_user_id)
VALUES ($1, $2, $3, $4, $5)
RETURNING id, name, email, credit_limit, version, creation_time, creator_user_id, last_modification_time, last_modifier_user_id";

const LOCK: &str = "\
SELECT id, name, email, credit_limit, version, creation_time, creator_user_id, last_modification_time, last_modifier_user_id
FROM customers WHERE id = $1 FOR UPDATE";

const UPDATE: &str = "\
UPDATE customers SET
    name = coalesce($2, name),
    email = coalesce($3, email),
    credit_limit = coalesce($4, credit_limit),
    version = version + 1,
    last_modification_time = $5,
    last_modifier_user_id = $6
WHERE id = $1
RETURNING id, name, email, credit_limit, version, creation_time, creator_user_id, last_modification_time, last_modifier_user_id";

/// `POST /api/v1/customers/`.
#[handler]
pub(crate) async fn create(
    caller: Caller<Create>,
    Data(app): Data<&App>,
    origin: Origin,
    Json(body): Json<CustomerCreate>,
) -> poem::Result<Response> {
    body.check()?;
    let now = Utc::now();
    let mut tx = app.pool.begin().await.map_err(Problem::from)?;
    let customer: Customer = sqlx::query_as(INSERT)
        .bind(&body.name)
        .bind(&body.email)
        .bind(body.credit_limit)
        .bind(now)
        .bind(caller.subject.user_id)
        .fetch_one(&mut *tx)
        .await
        .map_err(Problem::from)?;
    let change = Change {
        at: now,
        action: "create",
        subject: caller.subject,
        origin: &origin,
        before: None,
        after: Some(&customer),
    };
    change.record(&mut tx).await.map_err(Problem::from)?;
    tx.commit().await.map_err(Problem::from)?;
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
) -> poem::Result<Response> {
    body.check()?;
    let now = Utc::now();
    let mut tx = app.pool.begin().await.map_err(Problem::from)?;
    let before = lock(&mut tx, id, if_match).await?;
    let after: Customer = sqlx::query_as(UPDATE)
        .bind(id)
        .bind(&body.name)
        .bind(&body.email)
        .bind(body.credit_limit)
        .bind(now)
        .bind(caller.subject.user_id)
        .fetch_one(&mut *tx)
        .await
        .map_err(Problem::from)?;
    let change = Change {
        at: now,
        action: "update",
        subject: caller.subject,
        origin: &origin,
        before: Some(&before),
        after: Some(&after),
    };
    change.record(&mut tx).await.map_err(Problem::from)?;
    tx.commit().await.map_err(Problem::from)?;
    Ok(after.answer(StatusCode::OK))
}

/// `DELETE /api/v1/customers/{id}`.
#[handler]
pub(crate) async fn delete(
    caller: Caller<Delete>,
    Data(app): Data<&App>,
    Path(id): Path<i64>,
    if_match: IfMatch,
    origin: Origin,
) -> poem::Result<Response> {
    let mut tx = app.pool.begin().await.map_err(Problem::from)?;
    let before = lock(&mut tx, id, if_match).await?;
    sqlx::query("DELETE FROM customers WHERE id = $1").bind(id).execute(&mut *tx).await.map_err(Problem::from)?;
    let change = Change {
        at: Utc::now(),
        action: "delete",
        subject: caller.subject,
        origin: &origin,
        before: Some(&before),
        after: None,
    };
    change.record(&mut tx).await.map_err(Problem::from)?;
    tx.commit().await.map_err(Problem::from)?;
    Ok(before.answer(StatusCode::OK))
}

/// Reads the row and keeps others from changing it until the transaction ends.
async fn lock(tx: &mut PgConnection, id: i64, if_match: IfMatch) -> Result<Customer, Problem> {
    let row: Option<Customer> = sqlx::query_as(LOCK).bind(id).fetch_optional(tx).await?;
    let row = row.ok_or_else(Problem::not_found)?;
    if if_match.allows(row.version) { Ok(row) } else { Err(Problem::version_conflict(row.version)) }
}
