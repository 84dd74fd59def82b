//! Reading: one customer by id, and a page of them with their total.

use poem::{
    Response, handler,
    http::StatusCode,
    web::{Data, Json, Path, Query},
};
use serde::Serialize;
use yardstick_plain::{app::App, input::ListQuery, problem::Problem};

use super::Customer;
use crate::access::{Caller, Read};

const BY_ID: &str = "\
SELECT id, name, email, credit_limit, version, creation_time, creator_user_id, last_modification_time, last_modifier_user_id
FROM customers WHERE id = $1";

const PAGE: &str = "\
SELECT id, name, email, credit_limit, version, creation_time, creator_user_id, last_modification_time, last_modifier_user_id
FROM customers ORDER BY id LIMIT $1 OFFSET $2";

/// A page and how many customers there are in all.
#[derive(Serialize)]
pub(crate) struct Page {
    total: i64,
    data: Vec<Customer>,
}

/// `GET /api/v1/customers/{id}`.
#[handler]
pub(crate) async fn read(_: Caller<Read>, Data(app): Data<&App>, Path(id): Path<i64>) -> poem::Result<Response> {
    let customer: Option<Customer> =
        sqlx::query_as(BY_ID).bind(id).fetch_optional(&app.pool).await.map_err(Problem::from)?;
    let customer = customer.ok_or_else(Problem::not_found)?;
    Ok(customer.answer(StatusCode::OK))
}

/// `GET /api/v1/customers/`.
#[handler]
pub(crate) async fn list(
    _: Caller<Read>,
    Data(app): Data<&App>,
    Query(query): Query<ListQuery>,
) -> poem::Result<Json<Page>> {
    query.check()?;
    let total =
        sqlx::query_scalar("SELECT count(*) FROM customers").fetch_one(&app.pool).await.map_err(Problem::from)?;
    let data =
        sqlx::query_as(PAGE).bind(query.limit).bind(query.skip).fetch_all(&app.pool).await.map_err(Problem::from)?;
    Ok(Json(Page { total, data }))
}
