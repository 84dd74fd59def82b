//! Reading: one customer by id, and a page of them with their total.

use poem::{
    Response, handler,
    http::StatusCode,
    web::{Data, Path, Query},
};
use sqlx::postgres::PgRow;
use yardstick_plain::{app::App, input::ListQuery, problem::Problem};

use super::{
    encode::{ROOM, json},
    row::{CustomerRow, first},
    sql,
};
use crate::access::{Caller, Read};

/// `GET /api/v1/customers/{id}`.
#[handler]
pub(crate) async fn read(_: Caller<Read>, Data(app): Data<&App>, Path(id): Path<i64>) -> Result<Response, Problem> {
    let row = sqlx::query(sql::READ).bind(id).fetch_optional(&app.pool).await?.ok_or_else(Problem::not_found)?;
    let customer = CustomerRow::read(&row)?.ok_or_else(Problem::not_found)?;
    Ok(customer.answer(StatusCode::OK))
}

/// `GET /api/v1/customers/`.
#[handler]
pub(crate) async fn list(
    _: Caller<Read>,
    Data(app): Data<&App>,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    query.check()?;
    let rows = sqlx::query(sql::LIST).bind(query.limit).bind(query.skip).fetch_all(&app.pool).await?;
    Ok(json(page(&rows)?))
}

/// `{"total":…,"data":[…]}`.
fn page(rows: &[PgRow]) -> Result<Vec<u8>, sqlx::Error> {
    let total = rows.first().map(first).transpose()?.unwrap_or_default();
    let mut body = Vec::with_capacity(32 + ROOM * rows.len());
    body.extend_from_slice(b"{\"total\":");
    body.extend_from_slice(total.to_string().as_bytes());
    body.extend_from_slice(b",\"data\":[");
    for (at, row) in rows.iter().enumerate() {
        if let Some(customer) = CustomerRow::read(row)? {
            if at > 0 {
                body.push(b',');
            }
            customer.encode(&mut body);
        }
    }
    body.extend_from_slice(b"]}");
    Ok(body)
}
