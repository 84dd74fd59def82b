//! Who may call an operation, as declared.

use crate::resource::schema::words;
use kwik_domain::{Action, EntityMeta};

/// Who may call an operation. Every route declares one.
#[derive(Clone, Debug)]
pub enum Access {
    /// Everybody.
    Public,
    /// Everybody who has signed in.
    SignedIn,
    /// Whoever has all of these permissions.
    Permissions(Vec<&'static str>),
    /// Whoever the policy allows this action on this entity.
    Entity(Action, &'static EntityMeta),
}

impl Access {
    /// The permissions by name, as scopes of the document.
    pub fn scopes(&self) -> Vec<String> {
        match self {
            Self::Public | Self::SignedIn => Vec::new(),
            Self::Permissions(names) => names.iter().map(|name| (*name).to_owned()).collect(),
            Self::Entity(action, meta) => vec![meta.permission(action.verb())],
        }
    }

    /// The sets of permissions of which each is enough.
    pub fn alternatives(&self) -> Vec<Vec<String>> {
        let own = match self {
            Self::Entity(action, meta) => meta.own_permission(*action),
            _ => None,
        };
        std::iter::once(self.scopes()).chain(own.map(|(own, _)| vec![own])).collect()
    }

    /// The permissions by name, with what each allows in words.
    pub(crate) fn described(&self) -> Vec<(String, String)> {
        let described = |name: String| {
            let words = match self {
                Self::Entity(action, meta) => {
                    let own = if name.ends_with("_own") { "one's own " } else { "" };
                    format!("{} {own}{}", action.verb(), words(meta.plural))
                }
                _ => name.replace('_', " "),
            };
            let mut letters = words.chars();
            let first = letters.next().map(|c| c.to_ascii_uppercase());
            (name, first.into_iter().chain(letters).collect())
        };
        self.alternatives().into_iter().flatten().map(described).collect()
    }
}
