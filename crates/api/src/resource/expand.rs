//! Related rows in representations: the seam to whatever reads them.

use async_trait::async_trait;
use kwik_domain::{Ctx, EntityMeta, FieldSet, Fields, Result};
use kwik_openapi::RelationTo;

/// Reads the rows that are related to others, and writes them as members of their JSON.
#[async_trait]
pub trait Expand: Send + Sync {
    /// The relations of an entity.
    fn relations(&self, meta: &'static EntityMeta) -> Vec<RelationTo>;

    /// For each row what stands at the end of its JSON object: members, a comma before each. `names` are those
    /// of relations, separated by commas; `visible` are the fields of the rows that the reader sees.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::InvalidQuery`] for a name that is none, and for what is too much;
    /// [`kwik_domain::Error::Denied`] where the related entity may not be read.
    async fn members(
        &self,
        ctx: &Ctx,
        meta: &'static EntityMeta,
        names: &str,
        rows: &[&dyn Fields],
        visible: FieldSet,
    ) -> Result<Vec<Vec<u8>>>;
}

/// Puts members at the end of a JSON object that has been written.
pub fn close_object(object: &mut Vec<u8>, members: &[u8]) {
    if members.is_empty() {
        return;
    }
    object.pop();
    let first = usize::from(object.ends_with(b"{"));
    object.extend_from_slice(&members[first..]);
    object.push(b'}');
}
