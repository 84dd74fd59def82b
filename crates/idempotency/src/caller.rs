//! Whose a key is.

use kwik_domain::{Ctx, Error, Issue, ParameterError, Result, Subject, Via};

/// Whoever calls, as the owner of keys: the user, apart by API key and by who acts in the user's place. A
/// session does not count: who has signed in again may still repeat a request.
///
/// # Errors
///
/// [`Error::InvalidQuery`] for nobody: a key that everybody shares would tell one the answers of others.
pub(crate) fn caller(ctx: &Ctx) -> Result<String> {
    let caller = match ctx.actor.subject {
        Subject::User(id) => format!("user:{id}"),
        Subject::System => "system".to_owned(),
        Subject::Anonymous => {
            let issue = Issue::new("anonymous", "takes a caller who has signed in");
            return Err(Error::InvalidQuery(vec![ParameterError::new(crate::HEADER, issue)]));
        }
    };
    let key = if let Via::Key(id) = ctx.actor.via { format!(" key:{id}") } else { String::new() };
    let impersonator = ctx.actor.impersonator.map(|id| format!(" by:{id}")).unwrap_or_default();
    Ok(caller + &key + &impersonator)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use kwik_domain::Actor;
    use std::sync::Arc;

    #[test]
    fn keys_are_apart_by_who_acts_and_not_by_session() {
        let of = |actor: Actor| {
            let ctx = Ctx::system(Via::Job("test"), chrono::DateTime::UNIX_EPOCH);
            caller(&Ctx { actor: Arc::new(actor), ..ctx })
        };
        let user = |via| Actor::user(7, via, Arc::default());
        assert_eq!(of(user(Via::Session("a".into()))).unwrap(), "user:7");
        assert_eq!(of(user(Via::Session("b".into()))).unwrap(), "user:7");
        assert_eq!(of(user(Via::Key(3))).unwrap(), "user:7 key:3");
        assert_eq!(of(user(Via::Session("a".into())).impersonated_by(1)).unwrap(), "user:7 by:1");
        assert_eq!(of(Actor::system(Via::CommandLine)).unwrap(), "system");
        assert!(matches!(of(Actor::anonymous()), Err(Error::InvalidQuery(_))));
    }
}
