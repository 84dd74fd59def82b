//! What a new user is made of.

use crate::passwords::limit;
use kwik_api::resource::schema;
use kwik_domain::Entity;
use kwik_identity::PasswordRules;
use serde_json::{Value, json};

/// The body that makes a user.
#[derive(Clone, Debug, Entity)]
#[entity(plural = "UserForms")]
pub(crate) struct UserForm {
    /// Key.
    #[entity(key)]
    id: i64,
    /// Given name.
    #[entity(length(1..=200), example = "Ada", validate = kwik_domain::access::single_line)]
    pub(crate) name: String,
    /// Family name.
    #[entity(length(1..=200), example = "Byron", validate = kwik_domain::access::single_line)]
    pub(crate) surname: String,
    /// Address, with which the user signs in, whatever the case of its letters.
    #[entity(email, length(..=254), example = "ada@example.com")]
    pub(crate) email: String,
    /// Password, within the rules of passwords.
    #[entity(write_only, example = "correct horse battery staple")]
    pub(crate) password: String,
    /// Whether the user may sign in.
    #[entity(default = true)]
    pub(crate) is_active: bool,
}

/// Its schema.
pub(crate) fn schema(rules: &PasswordRules) -> Value {
    let mut schema = schema::create(UserForm::META);
    schema["description"] = json!("What a new user is made of.");
    limit(&mut schema, "password", rules);
    schema
}
