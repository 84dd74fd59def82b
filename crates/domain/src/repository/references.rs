//! References that somebody gives: to rows that they may read, and no others.

use super::{Repo, is_given};
use crate::{
    Action, Change, Comparison, Ctx, Denial, Error, FieldError, Filter, Lock, Page, Permit, Reference, Result, Select,
    authorize,
};

impl Repo<'_> {
    /// Refuses references to rows that the actor may not read, in the words in which those to rows that are
    /// not there are refused. Of an actor who may read all rows the foreign key tells, and nothing is asked here.
    pub(super) async fn check_references(&mut self, ctx: &Ctx, permit: &Permit, values: &[Change<'_>]) -> Result<()> {
        let mut missing = Vec::new();
        for (index, value) in values {
            let field = &permit.entity().fields[*index];
            let Some(reference) = field.references.filter(|_| !ctx.actor.is_elevated()) else { continue };
            if value.is_null() || !is_given(permit, *index, *value) {
                continue;
            }
            let target = self.permit_to_refer(ctx, field.name, &reference)?;
            if target.scope().rows == Filter::All {
                continue;
            }
            let filter = &Filter::Compare(0, Comparison::Eq, (*value).to_owned());
            let page = Some(Page { skip: 0, limit: 1 });
            let select = Select { permit: &target, filter, order: &[], after: None, page, lock: Lock::None };
            let mut found = false;
            let sink = &mut |_: &dyn crate::RowReader| {
                found = true;
                Ok(())
            };
            self.session.fetch(&select, sink).await?;
            if !found {
                missing.push(FieldError::new(field.name, reference.missing()));
            }
        }
        if missing.is_empty() { Ok(()) } else { Err(Error::Invalid(missing)) }
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
