//! Which operations an entity has, and who may call each.

use kwik_api::{Access, resource::OperationKind};
use kwik_domain::{Action, EntityMeta};

/// Which operations an entity has, and who may call each; see [`App::resource_with`](crate::App::resource_with).
/// Unless something else is said, there are all, and each is for whoever has the entity's permission for it. A view
/// has `List` and `Get` alone.
///
/// `PUT` and `PATCH` are two operations: what is said of `Update` is not said of `Patch`.
#[derive(Debug)]
pub struct ResourceOptions {
    meta: &'static EntityMeta,
    operations: Vec<OperationKind>,
    opened: Vec<(OperationKind, Access)>,
    problems: Vec<String>,
}

/// What came of it.
pub(crate) struct Offer {
    /// The operations, with who may call them if that is not whoever has the entity's permission.
    pub(crate) operations: Vec<(OperationKind, Option<Access>)>,
    /// Permissions of the entity that no operation needs any more.
    pub(crate) unneeded: Vec<String>,
    pub(crate) problems: Vec<String>,
}

impl ResourceOptions {
    pub(crate) fn new(meta: &'static EntityMeta) -> Self {
        let possible = |kind: &OperationKind| match kind {
            OperationKind::List | OperationKind::Get => true,
            OperationKind::History => meta.audited && meta.view.is_none(),
            _ => meta.view.is_none(),
        };
        let operations = OperationKind::ALL.into_iter().filter(possible).collect();
        Self { meta, operations, opened: Vec::new(), problems: Vec::new() }
    }

    /// These operations and no others.
    #[must_use]
    pub fn only(mut self, operations: impl IntoIterator<Item = OperationKind>) -> Self {
        let wanted: Vec<_> = operations.into_iter().collect();
        self.expect_all(&wanted, "is asked for");
        self.operations.retain(|kind| wanted.contains(kind));
        self
    }

    /// All operations but these. One that is left out can be written by hand at the same path.
    #[must_use]
    pub fn except(mut self, operations: impl IntoIterator<Item = OperationKind>) -> Self {
        let unwanted: Vec<_> = operations.into_iter().collect();
        self.expect_all(&unwanted, "is left out");
        self.operations.retain(|kind| !unwanted.contains(kind));
        self
    }

    /// These operations, which only read, are for everybody. Whoever signs in nevertheless is known: policies and
    /// groups of fields bound everybody as they do elsewhere.
    #[must_use]
    pub fn public(self, operations: impl IntoIterator<Item = OperationKind>) -> Self {
        self.opened(operations, &Access::Optional)
    }

    /// These operations, which only read, are for whoever has signed in.
    #[must_use]
    pub fn signed_in(self, operations: impl IntoIterator<Item = OperationKind>) -> Self {
        self.opened(operations, &Access::SignedIn)
    }

    /// This operation is for whoever has that permission, in place of the entity's own.
    #[must_use]
    pub fn permission(mut self, operation: OperationKind, name: &'static str) -> Self {
        if name.is_empty() || name.contains(|c: char| c.is_control() || c.is_whitespace()) {
            self.complain(&format!("the permission {name:?} must be a name without spaces, such as shop_manage"));
        }
        self.opened([operation], &Access::Permissions(vec![name]))
    }

    fn opened(mut self, operations: impl IntoIterator<Item = OperationKind>, access: &Access) -> Self {
        self.opened.extend(operations.into_iter().map(|kind| (kind, access.clone())));
        self
    }

    fn complain(&mut self, what: &str) {
        self.problems.push(format!("{}: {what}", self.meta.name));
    }

    fn expect_all(&mut self, kinds: &[OperationKind], what: &str) {
        let missing = kinds.iter().filter(|kind| !self.operations.contains(kind));
        let missing: Vec<_> = missing.map(|kind| format!("{kind:?} {what}, but there is no such operation")).collect();
        for line in missing {
            self.complain(&line);
        }
    }

    fn access_of(&self, kind: OperationKind) -> Option<&Access> {
        self.opened.iter().find(|(opened, _)| *opened == kind).map(|(_, access)| access)
    }

    pub(crate) fn finish(mut self) -> Offer {
        for (index, (kind, access)) in self.opened.clone().into_iter().enumerate() {
            self.expect_all(&[kind], "is opened");
            if self.opened[..index].iter().any(|(other, _)| *other == kind) {
                self.complain(&format!("{kind:?} is opened twice; say once who may call it"));
            }
            if kind.action() != Action::Read && !matches!(access, Access::Permissions(_)) {
                self.complain(&format!("{kind:?} changes rows, and is never for everybody; name a permission for it"));
            }
        }
        if self.operations.is_empty() {
            self.complain("no operation is left; add it with App::entity");
        }
        let operations: Vec<_> = self.operations.iter().map(|kind| (*kind, self.access_of(*kind).cloned())).collect();
        // Whoever refers to its rows, or embeds them, is asked for the permission to read them all the same.
        let changing = Action::ALL.into_iter().filter(|action| *action != Action::Read);
        let unneeded = changing.filter(|action| {
            let mut of_action = operations.iter().filter(|(kind, _)| kind.action() == *action).peekable();
            of_action.peek().is_some() && of_action.all(|(_, access)| access.is_some())
        });
        let names = |action: Action| {
            let own = self.meta.own_permission(action).map(|(own, _)| own);
            own.into_iter().chain([self.meta.permission(action.verb())])
        };
        Offer { unneeded: unneeded.flat_map(names).collect(), operations, problems: self.problems }
    }
}
