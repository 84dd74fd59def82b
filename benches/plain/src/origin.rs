//! Where a write comes from, for the audit record.

use poem::{FromRequest, Request, RequestBody};
use uuid::Uuid;

/// The request that makes a change.
#[derive(Clone, Debug)]
pub struct Origin {
    /// A new identifier (UUID version 7), in text.
    pub request_id: String,
    /// The address of the client's end, if it has one.
    pub address: Option<String>,
}

impl<'a> FromRequest<'a> for Origin {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let address = request.remote_addr().as_socket_addr();
        Ok(Self { request_id: Uuid::now_v7().to_string(), address: address.map(|address| address.ip().to_string()) })
    }
}
