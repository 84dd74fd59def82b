//! What a program of one's own needs in scope.

pub use crate::{App, Ensured, Operations, Section, SectionReader, Services, SettingsError, permission};
pub use async_trait::async_trait;
pub use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
pub use kwik_api::{Access, Allow, ApiResult, Body, Json, Public, SignedIn, problem::Problem};
pub use kwik_app::{Command, Committed, Data, Rule, Work};
pub use kwik_domain::{
    Action, Actor, Ctx, Decision, Denial, Entity, EntityMeta, Error, FieldError, FieldSet, FieldType, Filter, Form,
    Isolation, Issue, ListQuery, Listing, Order, Page, PermissionPolicy, Reason, Repository, Result, Rows,
    RuleViolation, Scope, Stored, Value,
};
pub use kwik_events::{Delivered, Event, Handler, Raise};
pub use kwik_idempotency::{Once, Replayed};
pub use rust_decimal::Decimal;
pub use uuid::Uuid;
// The macros of poem-openapi name their crate by its own name: it must be in scope.
pub use poem_openapi::{
    self, Object, OpenApi,
    param::{Path, Query},
};
