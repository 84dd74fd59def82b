//! What passwords may be.

use kwik_domain::{Error, FieldError, Issue, Result};
use std::{collections::HashSet, sync::Arc};

/// The commonest passwords that are long enough, one a line.
const COMMONEST: &str = include_str!("commonest_passwords.txt");

/// What passwords may be: of some length, and none of the commonest. What they are composed of is nobody's
/// business (NIST SP 800-63B, section 3.1.1.2).
#[derive(Clone, Debug)]
pub struct PasswordRules {
    /// The least number of characters.
    pub least: usize,
    /// The largest number of characters.
    pub most: usize,
    /// Passwords that are refused, in lower case.
    pub refused: Arc<HashSet<String>>,
}

impl Default for PasswordRules {
    /// 8 to 128 characters, and none of the commonest.
    fn default() -> Self {
        Self { least: 8, most: 128, refused: Arc::new(lines(COMMONEST)) }
    }
}

/// The passwords of a list, one a line, in lower case.
pub fn lines(list: &str) -> HashSet<String> {
    list.lines().map(|line| line.trim().to_lowercase()).filter(|line| !line.is_empty()).collect()
}

impl PasswordRules {
    /// Checks a new password, which stands in `field` of the body.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`], which says what would be right.
    pub fn check(&self, field: &'static str, password: &str) -> Result<()> {
        let length = password.chars().count();
        let issue = if length < self.least {
            Issue::new("length", format!("must have at least {} characters", self.least))
        } else if length > self.most {
            Issue::new("length", format!("must have at most {} characters", self.most))
        } else if self.refused.contains(&password.to_lowercase()) {
            Issue::new("common", "is one of the commonest passwords; take one that nobody would guess")
        } else {
            return Ok(());
        };
        Err(Error::Invalid(vec![FieldError::new(field, issue)]))
    }
}
