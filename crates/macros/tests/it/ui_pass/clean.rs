//! What the derives write has no warnings of its own, however strict the crate is.
#![deny(
    warnings,
    unused,
    missing_docs,
    missing_debug_implementations,
    missing_copy_implementations,
    unreachable_pub,
    unused_qualifications,
    elided_lifetimes_in_paths,
    single_use_lifetimes,
    trivial_casts,
    unused_results,
    variant_size_differences
)]
#![forbid(unsafe_code)]

/// Public, documented.
pub mod shop {
    use kwik_domain::{Entity, FieldType};

    /// How big.
    #[derive(Clone, Copy, Debug, FieldType)]
    pub enum Size {
        /// Small.
        Small,
        /// Large.
        Large,
    }

    /// A name.
    #[derive(Clone, Debug, FieldType)]
    #[field(validate = filled)]
    pub struct Name(String);

    /// Somebody.
    #[derive(Clone, Debug, Entity)]
    #[entity(unique(name, size))]
    pub struct Customer {
        /// Key.
        #[entity(key)]
        pub id: i64,
        /// Name.
        pub name: Name,
        /// Size.
        #[entity(default = "small", create_only)]
        pub size: Size,
        /// Whether it is asked.
        #[entity(validate = filled)]
        pub note: String,
        /// Nobody sees it.
        #[entity(hidden)]
        pub secret: Option<String>,
        private: Option<bool>,
    }

    fn filled(text: &str) -> Result<(), &'static str> {
        if text.is_empty() {
            Err("must not be empty")
        } else {
            Ok(())
        }
    }
}

/// Of this crate only, and nothing of it is used by name.
mod inner {
    #[derive(Clone, Debug, kwik_domain::Entity)]
    pub(crate) struct Note {
        #[entity(key)]
        pub(crate) id: i64,
        pub(super) text: String,
    }
}

fn main() {
    fn meta<E: kwik_domain::Entity>() -> &'static str {
        E::META.collection
    }
    assert_eq!(
        (meta::<shop::Customer>(), meta::<inner::Note>()),
        ("customers", "notes")
    );
}
