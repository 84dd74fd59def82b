//! What a program of one's own needs in scope.

pub use crate::{App, Services, permission};
pub use async_trait::async_trait;
pub use chrono::{DateTime, NaiveDate, Utc};
pub use kwik_api::{Allow, ApiResult, Json, Public, SignedIn, problem::Problem};
pub use kwik_app::{Data, Rule, Work};
pub use kwik_domain::{
    Action, Actor, Ctx, Decision, Denial, Entity, EntityMeta, Error, FieldError, FieldSet, FieldType, Filter, Issue,
    ListQuery, Listing, Order, Page, PermissionPolicy, Reason, Repository, Result, Rows, RuleViolation, Scope, Stored,
    Value,
};
pub use rust_decimal::Decimal;
pub use uuid::Uuid;
// The macros of poem-openapi name their crate by its own name: it must be in scope.
pub use poem_openapi::{
    self, Object, OpenApi,
    param::{Path, Query},
};
