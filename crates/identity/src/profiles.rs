//! What the app keeps of its users: the attributes that policies decide by.

use kwik_app::{AnyRow, Data};
use kwik_domain::{Comparison, EntityMeta, Fields, Filter, Grants, Result, Value, Via};

/// Reads the rows of the entity that is the [profile](EntityMeta::profile) of users.
#[derive(Clone)]
pub struct Profiles {
    data: Data,
    meta: &'static EntityMeta,
    user: usize,
}

impl Profiles {
    /// The profiles among the entities, if one of them is.
    pub fn among(data: &Data, entities: &[&'static EntityMeta]) -> Option<Self> {
        let (meta, user) = entities.iter().find_map(|meta| Some((*meta, meta.profile?)))?;
        Some(Self { data: data.clone(), meta, user })
    }

    /// The entity.
    pub fn meta(&self) -> &'static EntityMeta {
        self.meta
    }

    /// The profile of a user, if there is one. No policy is asked: users see what is said of them.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::Store`].
    pub async fn find(&self, user_id: i64) -> Result<Option<AnyRow>> {
        let filter = Filter::Compare(self.user, Comparison::Eq, Value::Int(user_id));
        AnyRow::find(&self.data, &self.data.system(Via::Job("profile")), self.meta, &filter).await
    }

    /// Adds what a user's profile says to the user's rights.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::Store`].
    pub(crate) async fn describe(&self, user_id: i64, grants: &mut Grants) -> Result<()> {
        if let Some(row) = self.find(user_id).await? {
            let named = self.meta.own_fields().map(|(index, field)| (field.name.into(), row.get(index).to_owned()));
            grants.attributes = named.collect();
        }
        Ok(())
    }
}
