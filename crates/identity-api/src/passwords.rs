//! Changing passwords, and setting new ones.

use crate::{
    token_answer::{message, message_schema},
    user_answer::{answers_user, user_answer},
};
use kwik_api::{Access, Operation, Registrar, resource::schema};
use kwik_domain::{Entity, Result, Secret};
use kwik_identity::{Identity, PasswordChange, PasswordResets, PasswordRules};
use poem::http::Method;
use serde_json::Value;
use std::sync::Arc;

/// What changing a password takes.
#[derive(Clone, Debug, Entity)]
#[entity(unaudited, unversioned)]
pub(crate) struct PasswordChangeForm {
    #[entity(key)]
    id: i64,
    /// The password until now.
    #[entity(write_only, example = "correct horse battery staple")]
    old_password: String,
    /// The password from now on.
    #[entity(write_only, example = "another horse, the same battery")]
    new_password: String,
}

/// What an administrator gives.
#[derive(Clone, Debug, Entity)]
#[entity(unaudited, unversioned)]
pub(crate) struct PasswordForm {
    #[entity(key)]
    id: i64,
    /// The password for the next sign-in, which must then be changed.
    #[entity(write_only, example = "another horse, the same battery")]
    new_password: String,
}

/// Who asks for a letter.
#[derive(Clone, Debug, Entity)]
#[entity(unaudited, unversioned)]
pub(crate) struct LetterForm {
    #[entity(key)]
    id: i64,
    /// The user's address.
    #[entity(email, length(..=254), example = "ada@example.com")]
    email: String,
}

/// What the letter's token is given with.
#[derive(Clone, Debug, Entity)]
#[entity(unaudited, unversioned)]
pub(crate) struct ResetForm {
    #[entity(key)]
    id: i64,
    /// The token of the letter.
    #[entity(write_only, example = "6f1ed002ab5595859014ebf0951522d96f1ed002ab5595859014ebf0951522d9")]
    token: String,
    /// The password from now on.
    #[entity(write_only, example = "another horse, the same battery")]
    password: String,
}

/// Adds the operations of passwords.
pub(crate) fn register_passwords(registrar: &mut Registrar, identity: &Identity) {
    let (changes, resets) = (&Arc::new(identity.password_change.clone()), &Arc::new(identity.password_resets.clone()));
    let rules = &identity.ports.settings.passwords;
    for operation in [change_own(changes, rules), change(changes, rules), reset_by_administrator(changes, rules)] {
        registrar.operation(operation);
    }
    for operation in [request(resets, rules), reset(resets, rules)] {
        registrar.operation(operation);
    }
}

/// The body in the document.
fn form_schema<E: Entity>(name: &str, rules: &PasswordRules) -> Value {
    let mut schema = schema::create(E::META);
    schema["description"] = E::META.doc.into();
    for new in ["new_password", "password"] {
        limit(&mut schema, new, rules);
    }
    schema::named(name, schema)
}

/// Says in the document how long a new password is; that it is none of the commonest, no schema can say.
pub(crate) fn limit(schema: &mut Value, field: &str, rules: &PasswordRules) {
    if let Some(property) = schema["properties"].get_mut(field) {
        property["minLength"] = rules.least.into();
        property["maxLength"] = rules.most.into();
    }
}

/// Old and new.
fn both(form: PasswordChangeFormCreate) -> (Secret, Secret) {
    (Secret::new(form.old_password), Secret::new(form.new_password))
}

fn change_own(changes: &Arc<PasswordChange>, rules: &PasswordRules) -> Operation {
    let id = (Method::PUT, "/users/me/password", "changeMyPassword");
    let operation = Operation::new(id, Access::Account, changes, async |changes, mut call| {
        call.no_query()?;
        let (old, new) = both(call.input(PasswordChangeForm::META).await?);
        Ok(user_answer(&changes.change_own(call.ctx()?, old, new).await?))
    });
    let operation = operation
        .summary("Change one's own password")
        .description("In person alone. Ends one's other sessions, and letters for a new password are void.")
        .body(&form_schema::<PasswordChangeForm>("PasswordChange", rules));
    answers_user(operation, "The user.")
}

fn change(changes: &Arc<PasswordChange>, rules: &PasswordRules) -> Operation {
    let id = (Method::PUT, "/users/{user_id}/password", "changeUserPassword");
    let access = Access::Permissions(vec!["user_update"]);
    let operation = Operation::new(id, access, changes, async |changes, mut call| {
        let user_id = call.path(0, "user_id")?;
        call.no_query()?;
        let (old, new) = both(call.input(PasswordChangeForm::META).await?);
        Ok(user_answer(&changes.change(call.ctx()?, user_id, old, new).await?))
    });
    let operation = operation
        .summary("Change a user's password")
        .description("By the user's old one. Ends the user's sessions.")
        .body(&form_schema::<PasswordChangeForm>("PasswordChange", rules));
    answers_user(operation, "The user.")
}

fn reset_by_administrator(changes: &Arc<PasswordChange>, rules: &PasswordRules) -> Operation {
    let id = (Method::PUT, "/users/{user_id}/reset-password", "resetUserPassword");
    let access = Access::Permissions(vec!["password_reset"]);
    let operation = Operation::new(id, access, changes, async |changes, mut call| {
        let user_id = call.path(0, "user_id")?;
        call.no_query()?;
        let form: PasswordFormCreate = call.input(PasswordForm::META).await?;
        Ok(user_answer(&changes.reset_by_administrator(call.ctx()?, user_id, Secret::new(form.new_password)).await?))
    });
    let operation = operation
        .summary("Give a user a temporary password")
        .description(
            "The user signs in with it and must change it before anything else. Ends the user's sessions. Not of \
             oneself, nor of somebody who may do what one may not.",
        )
        .body(&form_schema::<PasswordForm>("PasswordReset", rules));
    answers_user(operation, "The user.")
}

fn request(resets: &Arc<PasswordResets>, rules: &PasswordRules) -> Operation {
    const MESSAGE: &str = "If there is such an account, a letter is on its way";
    let id = (Method::POST, "/login/request-password-reset", "requestPasswordReset");
    let operation = Operation::new(id, Access::Public, resets, async |resets, mut call| {
        call.no_query()?;
        let form: LetterFormCreate = call.input(LetterForm::META).await?;
        resets.request(call.ctx()?, &form.email).await?;
        Ok(message(MESSAGE))
    });
    operation
        .summary("Ask for a letter for a new password")
        .description("The answer is the same whether or not there is such an account.")
        .body(&form_schema::<LetterForm>("PasswordResetRequest", rules))
        .answers(200, "It was asked for.", &message_schema())
}

fn reset(resets: &Arc<PasswordResets>, rules: &PasswordRules) -> Operation {
    const MESSAGE: &str = "Password updated successfully";
    let id = (Method::POST, "/login/reset-password", "resetPassword");
    let operation = Operation::new(id, Access::Public, resets, async |resets, mut call| -> Result<_> {
        call.no_query()?;
        let form: ResetFormCreate = call.input(ResetForm::META).await?;
        resets.reset(call.ctx()?, &Secret::new(form.token), Secret::new(form.password)).await?;
        Ok(message(MESSAGE))
    });
    operation
        .summary("Set a new password by a letter's token")
        .description("The token works once. All sessions of the user end.")
        .body(&form_schema::<ResetForm>("NewPassword", rules))
        .answers(200, "The password is set.", &message_schema())
}
