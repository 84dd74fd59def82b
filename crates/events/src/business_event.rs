//! Events as rows.

use chrono::{DateTime, Utc};
use kwik_domain::Entity;

/// Something that has happened in the business, stored together with the change that brought it about.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "events", table = "kwik_events", unaudited, unversioned)]
pub struct BusinessEvent {
    /// Identity; of one row's events, the later is larger.
    #[entity(key)]
    pub id: i64,
    /// When the request that raised it began.
    #[entity(indexed)]
    pub at: DateTime<Utc>,
    /// What has happened: `order_confirmed`.
    #[entity(indexed, example = "order_confirmed")]
    pub name: String,
    /// The collection of the row that it is about.
    #[entity(example = "orders")]
    pub entity: String,
    /// The key of that row.
    #[entity(indexed, example = "17")]
    pub entity_key: String,
    /// What there is to say of it: a JSON object.
    #[entity(json, sensitive, example = r#"{"order_id": 17}"#)]
    pub payload: String,
    /// The user on whose account; null for the program itself and for nobody.
    pub user_id: Option<i64>,
    /// The user who acted in that user's place.
    pub impersonator_id: Option<i64>,
    /// The request.
    pub request_id: String,
}
