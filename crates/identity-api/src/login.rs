//! `/login/`: signing in, going on, signing out.

use crate::{
    sign_in_form::{FORMS, credentials, form_schema},
    token_answer::{client, message, message_schema, token_answer, token_schema},
    user_answer::{answers_user, user_answer},
};
use kwik_api::{Access, Operation, Registrar, resource::schema};
use kwik_domain::{Entity, Secret};
use kwik_identity::{Attempt, Identity, OwnAccount, Sessions};
use poem::http::Method;
use std::sync::Arc;

/// What refreshing takes.
#[derive(Clone, Debug, Entity)]
#[entity(unaudited, unversioned)]
pub(crate) struct Refresh {
    #[entity(key)]
    id: i64,
    /// The refresh token that came with the last access token.
    #[entity(write_only, example = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.cmVmcmVzaA")]
    refresh_token: String,
}

/// Adds the operations of signing in and out.
pub(crate) fn register_login(registrar: &mut Registrar, identity: &Identity) {
    let sessions = &Arc::new(identity.sessions.clone());
    for operation in [sign_in(identity), refresh(sessions), sign_out(sessions), test_token(identity)] {
        registrar.operation(operation);
    }
}

fn sign_in(identity: &Identity) -> Operation {
    let id = (Method::POST, "/login/access-token", "signIn");
    let service = Arc::new(identity.sign_in.clone());
    let operation = Operation::new(id, Access::Public, &service, async |service, call| {
        call.no_query()?;
        let (ctx, client) = (call.ctx()?.clone(), client(&call));
        let (email, password) = credentials(call).await?;
        Ok(token_answer(&service.run(&ctx, Attempt { email, password, client }).await?))
    });
    let form = form_schema();
    FORMS
        .into_iter()
        .fold(operation, |operation, media_type| operation.body_as(media_type, &form))
        .summary("Sign in")
        .description(
            "OAuth2's password flow: the user's email as `username`. Begins a session; who has tried too often waits \
             (429).",
        )
        .answers(200, "The tokens of the session.", &token_schema())
}

fn refresh(sessions: &Arc<Sessions>) -> Operation {
    let id = (Method::POST, "/login/refresh-token", "refreshToken");
    let operation = Operation::new(id, Access::Public, sessions, async |sessions, mut call| {
        call.no_query()?;
        let form: RefreshCreate = call.input(Refresh::META).await?;
        Ok(token_answer(&sessions.refresh(call.ctx()?, &Secret::new(form.refresh_token)).await?))
    });
    operation
        .summary("Go on with a session")
        .description(
            "Takes a refresh token, which works once, and gives the next ones. One that is used again ends its \
             session: somebody has a copy of it. A session ends at the latest when its time is over, however often \
             it is refreshed.",
        )
        .body(&schema::named("TokenRefresh", schema::create(Refresh::META)))
        .answers(200, "The next tokens of the session.", &token_schema())
}

fn sign_out(sessions: &Arc<Sessions>) -> Operation {
    const MESSAGE: &str = "Signed out successfully";
    let id = (Method::POST, "/login/logout", "signOut");
    let operation = Operation::new(id, Access::Account, sessions, async |sessions, call| {
        call.no_query()?;
        sessions.sign_out(call.ctx()?).await?;
        Ok(message(MESSAGE))
    });
    operation
        .summary("Sign out")
        .description(
            "Ends the session: none of its tokens is good any more. Of somebody who acts in another user's place, \
             that alone ends.",
        )
        .answers(200, "The session has ended.", &message_schema())
}

fn test_token(identity: &Identity) -> Operation {
    let id = (Method::POST, "/login/test-token", "testToken");
    let account = Arc::new(OwnAccount::new(identity.ports.clone()));
    let operation = Operation::new(id, Access::Account, &account, async |account, call| {
        call.no_query()?;
        Ok(user_answer(&account.get(call.ctx()?).await?))
    });
    answers_user(operation.summary("Test a token"), "The user whose token it is.")
}
