//! What can be set of sign-in.

use crate::PasswordRules;
use kwik_domain::Rate;
use std::time::Duration;

/// What can be set of sign-in, sessions and passwords.
#[derive(Clone, Debug, Default)]
pub struct IdentitySettings {
    /// How long what lasts.
    pub lifetimes: Lifetimes,
    /// What passwords may be.
    pub passwords: PasswordRules,
    /// How often may be tried what.
    pub throttle: ThrottleSettings,
    /// The page on which a new password is set, with `{token}` where the token goes. Without one, letters
    /// hold the token alone.
    pub reset_link: Option<String>,
}

/// How long what lasts.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// An access token.
    pub access: Duration,
    /// A refresh token: how long a session may go unused.
    pub refresh: Duration,
    /// A session, whatever is refreshed.
    pub session: Duration,
    /// Acting in another user's place; an hour at the most.
    pub impersonation: Duration,
    /// A letter that lets somebody set a new password.
    pub reset: Duration,
}

impl Default for Lifetimes {
    /// 15 minutes; 24 hours unused, 7 days in all; 15 minutes in another's place; 30 minutes for a letter.
    fn default() -> Self {
        let minutes = |n: u64| Duration::from_secs(60 * n);
        Self {
            access: minutes(15),
            refresh: minutes(24 * 60),
            session: minutes(7 * 24 * 60),
            impersonation: minutes(15),
            reset: minutes(30),
        }
    }
}

/// How often may be tried what.
#[derive(Clone, Copy, Debug)]
pub struct ThrottleSettings {
    /// Passwords of one account.
    pub account: Rate,
    /// Passwords from one address.
    pub address: Rate,
    /// Letters to one account.
    pub mail: Rate,
}

impl Default for ThrottleSettings {
    /// An account: 10 tries, then one every 30 seconds. An address: 100, then one a second. Letters: 3, then
    /// one every 10 minutes.
    fn default() -> Self {
        let rate = |burst, seconds| Rate { burst, interval: Duration::from_secs(seconds) };
        Self { account: rate(10, 30), address: rate(100, 1), mail: rate(3, 600) }
    }
}
