//! References that somebody gives: to rows that they may read, and no others.

use super::{Repo, is_given};
use crate::{
    Action, Change, Comparison, Ctx, Denial, Error, FieldError, Filter, KeyRef, Lock, Page, Permit, Reference, Result,
    Select, ValueRef, authorize,
};

impl Repo<'_> {
    /// Refuses references to rows that the actor may not read, in the words in which those to rows that are
    /// not there are refused. Of an actor who may read all rows the foreign key tells, and nothing is asked here.
    /// What a row refers to already may be sent back as it was read.
    pub(super) async fn check_references(
        &mut self,
        ctx: &Ctx,
        permit: &Permit,
        row: Option<KeyRef<'_>>,
        values: &[Change<'_>],
    ) -> Result<()> {
        let mut missing = Vec::new();
        for (index, value) in values {
            let field = &permit.entity().fields[*index];
            let Some(reference) = field.references.filter(|_| !ctx.actor.is_elevated()) else { continue };
            if value.is_null() || !is_given(permit, *index, *value) {
                continue;
            }
            let refused = match self.permit_to_refer(ctx, field.name, &reference) {
                Ok(target) if target.scope().rows == Filter::All => continue,
                Ok(target) if self.is_there(&target, &same(0, *value)).await? => continue,
                Ok(_) => None,
                Err(denied) => Some(denied),
            };
            if let Some(row) = row.filter(|_| permit.scope().read.contains(*index))
                && self.is_there(permit, &(row.filter() & same(*index, *value))).await?
            {
                continue;
            }
            match refused {
                Some(denied) => return Err(denied),
                None => missing.push(FieldError::new(field.name, reference.missing())),
            }
        }
        if missing.is_empty() { Ok(()) } else { Err(Error::Invalid(missing)) }
    }

    async fn is_there(&mut self, permit: &Permit, filter: &Filter) -> Result<bool> {
        let page = Some(Page { skip: 0, limit: 1 });
        let select = Select { permit, filter, order: &[], after: None, page, lock: Lock::None };
        Ok(self.session.count(&select).await? > 0)
    }

    fn permit_to_refer(&self, ctx: &Ctx, field: &str, reference: &Reference) -> Result<Permit> {
        let target = reference.target();
        authorize(self.policy, ctx, Action::Read, target).map_err(|error| match error {
            Error::Denied(denial) => {
                let permission = target.permission(Action::Read.verb());
                let reason =
                    format!("the field {field} takes the permission {permission} to refer to {}", target.collection);
                Error::Denied(Denial::new(reason).with_code(denial.code))
            }
            other => other,
        })
    }
}

fn same(field: usize, value: ValueRef<'_>) -> Filter {
    Filter::Compare(field, Comparison::Eq, value.to_owned())
}
