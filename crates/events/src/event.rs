//! What events are.

use serde::{Serialize, de::DeserializeOwned};

/// Something that has happened in the business, in the past tense: an order was confirmed. A struct with
/// named fields; it is stored as JSON, as it is, so that it holds what its handlers need and no secrets.
///
/// Stored events outlive releases: a field that is added later needs `#[serde(default)]`, and what means
/// something else gets another name.
///
/// ```
/// use kwik_events::Event;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct OrderConfirmed {
///     order_id: i64,
/// }
///
/// impl Event for OrderConfirmed {
///     const NAME: &'static str = "order_confirmed";
/// }
/// ```
pub trait Event: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// What it is called where it is stored: `order_confirmed`. No two types have the same name.
    const NAME: &'static str;
}
