//! Macros that users call.

/// Declares a permission as a type, for [`Allow`](crate::api::Allow): it registers itself at start.
///
/// ```
/// kwik::permission!(pub ConfirmOrders = "orders_confirm");
/// ```
#[macro_export]
macro_rules! permission {
    ($(#[$attribute:meta])* $visibility:vis $name:ident = $permission:literal) => {
        $(#[$attribute])*
        #[doc = concat!("The permission `", $permission, "`.")]
        #[derive(Clone, Copy, Debug)]
        $visibility struct $name;

        impl $crate::api::Permission for $name {
            const NAME: &'static str = $permission;
        }
    };
}
