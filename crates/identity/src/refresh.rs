//! Going on with a session.

use crate::{
    Sessions, Token,
    digest::random_text,
    sessions::{is_live, on_account},
};
use kwik_domain::{
    Action, AuthenticationError, Claims, Ctx, Error, Purpose, Repository, Result, Secret, Via,
    access::{User, UserSession, UserSessionUpdate},
};
use uuid::Uuid;

impl Sessions {
    /// Takes a refresh token, which works once, and gives the next ones of its session. Of parallel tries
    /// one wins, and the others are refused. A token that was used up before ends its session: somebody has
    /// a copy of it, and it cannot be told who.
    ///
    /// # Errors
    ///
    /// [`AuthenticationError::InvalidToken`], whatever is wrong with it.
    pub async fn refresh(&self, ctx: &Ctx, token: &Secret) -> Result<Token> {
        let claims = self.ports.signer.verify(token.expose(), Purpose::Refresh, self.now()).map_err(|reason| {
            tracing::debug!(%reason, "a refresh token was refused");
            refused()
        })?;
        let taking = self.refreshing.begin(claims.id.clone());
        let ctx = on_account(ctx, claims.user_id, Via::Session(claims.session.clone()));
        self.rotate(&ctx, &claims, taking.is_parallel).await
    }

    async fn rotate(&self, ctx: &Ctx, claims: &Claims, is_parallel: bool) -> Result<Token> {
        let id = Uuid::try_parse(&claims.session).map_err(|_| refused())?;
        let mut work = self.ports.data.begin().await?;
        let found = work.repo().find_locked::<UserSession>(ctx, Action::Update, &id).await?;
        let now = self.now();
        let session = found.filter(|row| is_live(row, now) && row.user_id == claims.user_id).ok_or_else(refused)?;
        if *claims.id != *session.refresh_id {
            // Whoever came before the token was used up has only lost a race. Of those who came to this process
            // it is known; of others, by the time, which is that of the lock and so a little early.
            let has_lost = is_parallel || session.rotated_at.is_some_and(|rotated| ctx.now <= rotated);
            if !has_lost {
                Self::end(ctx, &mut work, &session, "replayed").await?;
                work.commit().await?;
            }
            return Err(refused());
        }
        let user = work.repository::<User>().find(ctx, session.user_id).await?;
        if !user.is_some_and(|user| user.is_active) {
            return Err(refused());
        }
        let update = UserSessionUpdate {
            refresh_id: Some(random_text(&*self.ports.random)),
            rotated_at: Some(Some(now)),
            last_used_at: Some(now),
            ..UserSessionUpdate::default()
        };
        let session = work.repository::<UserSession>().update(ctx, id, None, &update).await?;
        work.commit().await?;
        self.token(&session, now)
    }
}

fn refused() -> Error {
    AuthenticationError::InvalidToken.into()
}
