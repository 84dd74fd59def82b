//! The derives of Kwik: `Entity` describes a struct once, as static data, and `FieldType` makes an
//! enum or a newtype a type that fields may have.
//!
//! # Invariants
//!
//! - The derives understand no types. Whatever depends on a field's type is said by its
//!   `FieldType`, in constants that the compiler evaluates; only attributes are read as syntax.
//! - What they write, a person could have written: full paths, no hidden state, documented items.
//! - A misuse is a compile error that points at the attribute and says what is allowed. As many
//!   as can be found are reported at once.
//!
//! # What this crate must not do
//!
//! Depend on any other crate of Kwik, or write paths that lead anywhere but the domain crate and
//! `core`.

mod attributes;
mod crate_path;
mod documentation;
mod entity;
mod errors;
mod field_type;
mod literal;
mod migrations;
mod names;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct an entity: metadata, `…Create` and `…Update`, typed field handles.
///
/// On the struct, in `#[entity(...)]`:
///
/// | Attribute | Meaning |
/// |---|---|
/// | `collection = "customers"` | name in paths and permissions; else the plural in `snake_case` |
/// | `table = "…"` | name of the table; else the collection |
/// | `plural = "Customers"` | the plural of the name, in `PascalCase`; else guessed |
/// | `permissions = "customer"` | what the names of its permissions begin with; else the collection |
/// | `unique(a, b)` | the values of these fields together are unique; may be repeated |
/// | `owner(field)` | whose a row is, a user's key: `…_read_own` and the like reach it; also `owner(creator_user_id)` |
/// | `profile(field)` | rows describe users: their fields are attributes of actors |
/// | `unaudited`, `unversioned` | no audit trail, no version |
/// | `validate = path` | `fn(&Self) -> Result<(), Vec<FieldError>>`, on the row as it is going to be |
/// | `max_limit = 500` | the largest `limit` of a list |
/// | `renamed_from = "…"` | former name of the table |
/// | `crate = path` | where the domain crate is; else found from `Cargo.toml` |
///
/// On a field:
///
/// | Attribute | Meaning |
/// |---|---|
/// | `key` | the key, which is the first field: an `i64` that the database counts, or a `Uuid` that the program makes |
/// | `key, given` | the key, given by whoever creates a row: an `i32`, an `i64`, a `Uuid`, a date or text |
/// | `key` on the first 2 to 4 fields | a key of several fields, which is given; none of them is text |
/// | `column = "…"`, `renamed_from = "…"` | name and former name of the column |
/// | `unique`, `indexed` | the column's index; lists sorted by it are as quick as by the key |
/// | `default = 5` | what a missing value becomes |
/// | `length(1..=200)` | number of characters, of text |
/// | `range(0..=10)`, `range("0.01"..)` | least and largest value |
/// | `email`, `trim`, `lowercase` | form of text |
/// | `validate = path` | `fn(&T) -> Result<(), impl Into<Issue>>` |
/// | `read_only`, `create_only`, `write_only`, `hidden` | who gives it, who sees it |
/// | `guard = "salary"` | in a group that `…_read_salary` and `…_update_salary` open |
/// | `sensitive` | masked in the audit trail, in logs and in errors |
/// | `label = "…"`, `example = …` | for people; the label is else made from the name |
///
/// Doc comments become the documentation of the entity and its fields.
///
/// ```
/// use kwik_domain::{Entity, Filter, ValueRef};
///
/// /// Somebody who buys.
/// #[derive(Clone, Debug, Entity)]
/// pub struct Customer {
///     #[entity(key)]
///     pub id: i64,
///     #[entity(length(1..=200))]
///     pub name: String,
///     #[entity(email, unique)]
///     pub email: String,
/// }
///
/// assert_eq!(Customer::META.collection, "customers");
/// assert!(matches!(Customer::EMAIL.eq("ada@example.com"), Filter::Compare(..)));
///
/// let change = CustomerUpdate { name: Some("Ada".into()), ..Default::default() };
/// assert_eq!(change.email, None);
/// ```
#[proc_macro_derive(Entity, attributes(entity))]
pub fn derive_entity(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    entity::expand(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Makes a struct what a body of JSON takes, described as an entity's fields are, and as strictly read: for
/// commands. `Body<PaymentForm>` is the extractor.
///
/// ```
/// use kwik_domain::{Form, entity::parse_json};
///
/// #[derive(Clone, Debug, Form)]
/// struct PaymentForm {
///     #[entity(range(1..))]
///     amount: i64,
///     #[entity(length(1..=140))]
///     reference: String,
/// }
///
/// let form: PaymentForm = parse_json(PaymentForm::META, br#"{ "amount": 5, "reference": "thanks" }"#).unwrap();
/// assert_eq!(form.amount, 5);
/// assert!(parse_json::<PaymentForm>(PaymentForm::META, br#"{ "amount": 0, "id": 1 }"#).is_err());
/// ```
#[proc_macro_derive(Form, attributes(entity))]
pub fn derive_form(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    entity::expand_form(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Makes a type one that fields of entities may have.
///
/// - An enum without fields is stored and shown as text, each variant under its name in
///   `snake_case` or under `#[field(name = "…")]`. It also gets `name()` and `Display`.
/// - A tuple struct with one field is a newtype: it is what its field is.
///   `#[field(validate = path)]`, a `fn(&Inner) -> Result<(), impl Into<Issue>>`, is asked
///   whenever one is read from text or JSON.
///
/// ```
/// use kwik_domain::FieldType;
///
/// #[derive(Clone, Copy, Debug, PartialEq, FieldType)]
/// enum Tier {
///     Basic,
///     #[field(name = "gold+")]
///     GoldPlus,
/// }
///
/// assert_eq!(Tier::from_text("gold+"), Ok(Tier::GoldPlus));
/// assert_eq!(Tier::Basic.to_string(), "basic");
/// ```
///
/// `#[field(crate = path)]` says where the domain crate is, if `Cargo.toml` does not.
#[proc_macro_derive(FieldType, attributes(field))]
pub fn derive_field_type(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    field_type::expand(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// The migrations in the folder `migrations` beside `Cargo.toml`, embedded in the program:
/// `App::new().migrations(kwik::migrations!())`.
///
/// The program's `migrate new` writes them. None are fine, too.
#[proc_macro]
pub fn migrations(_: TokenStream) -> TokenStream {
    migrations::expand().unwrap_or_else(syn::Error::into_compile_error).into()
}
