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
    /// one wins, and the others are refused. Any other token of the session ends it: somebody has a copy, and
    /// it cannot be told who.
    ///
    /// # Errors
    ///
    /// [`AuthenticationError::InvalidToken`], whatever is wrong with it.
    pub async fn refresh(&self, ctx: &Ctx, token: &Secret) -> Result<Token> {
        // Not the request's time: it may have held its body back for as long as it liked.
        let came_at = self.now();
        let claims = self.ports.signer.verify(token.expose(), Purpose::Refresh, came_at).map_err(|reason| {
            tracing::debug!(%reason, "a refresh token was refused");
            refused()
        })?;
        let taking = self.refreshing.begin(claims.id.clone());
        let ctx = on_account(ctx, claims.user_id, Via::Session(claims.session.clone()));
        let has_lost = |session: &UserSession| {
            // Whoever came before the token was used up has only lost a race. Of those who came to this process
            // it is known; of others, by the time.
            *claims.id == *session.former_refresh_id
                && (taking.is_parallel || session.rotated_at.is_some_and(|rotated| came_at <= rotated))
        };
        self.rotate(&ctx, &claims, has_lost).await
    }

    async fn rotate(&self, ctx: &Ctx, claims: &Claims, has_lost: impl Fn(&UserSession) -> bool) -> Result<Token> {
        let id = Uuid::try_parse(&claims.session).map_err(|_| refused())?;
        let mut work = self.ports.data.begin().await?;
        let found = work.repo().find_locked::<UserSession>(ctx, Action::Update, &id).await?;
        let session =
            found.filter(|row| is_live(row, self.now()) && row.user_id == claims.user_id).ok_or_else(refused)?;
        if *claims.id != *session.refresh_id {
            if !has_lost(&session) {
                Self::end(ctx, &mut work, &session, "replayed").await?;
                work.commit().await?;
            }
            return Err(refused());
        }
        let user = work.repository::<User>().find(ctx, session.user_id).await?;
        if !user.is_some_and(|user| user.is_active) {
            return Err(refused());
        }
        // As late as can be: those who come until then have lost a race.
        let now = self.now();
        let update = UserSessionUpdate {
            former_refresh_id: Some(session.refresh_id.clone()),
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
