//! What every [`Store`] must do, with its sessions and its units of work, and what stands beside it: its
//! [`Notifier`], its [`AccessDirectory`] and its [`Throttle`].
//!
//! Each function checks one promise on an empty database of its own. [`store_promises!`] names them
//! all, so that an adapter's tests cannot miss one:
//!
//! ```
//! macro_rules! tests {
//!     ($($topic:ident { $($promise:ident)* })*) => {$(
//!         mod $topic {
//!             $(#[tokio::test]
//!             async fn $promise() {
//!                 let given = crate::open_an_empty_database().await;
//!                 kwik_testkit::conformance::store::$topic::$promise(given).await;
//!             })*
//!         }
//!     )*};
//! }
//! kwik_testkit::store_promises!(tests);
//! # async fn open_an_empty_database() -> kwik_testkit::conformance::store::Given { unimplemented!() }
//! # fn main() {}
//! ```
//!
//! The tests need a runtime with timers; with more than one thread they also meet real races.
//!
//! [`store_promises!`]: crate::store_promises

mod caller;
mod entities;
mod strategies;

pub mod audit;
pub mod concurrency;
pub mod cursors;
pub mod directory;
pub mod entries;
pub mod estimates;
pub mod filters;
pub mod foreign_keys;
pub mod history;
pub mod keys;
pub mod order;
pub mod paging;
pub mod properties;
pub mod related;
pub mod rights;
pub mod scopes;
pub mod throttle;
pub mod unique;
pub mod unit_of_work;
pub mod values;
pub mod writes;

pub use entities::ENTITIES;

use caller::Caller;
use entities::{Color, Grant, Holding, Keyed, Plain, Sample, Unaudited, Unversioned, sample};
use kwik_domain::{AccessDirectory, Notifier, Session, Store, Throttle};
use std::sync::Arc;

/// What the promises are checked on: an empty database with the tables of [`ENTITIES`] and of
/// [`kwik_domain::access::ENTITIES`].
#[derive(Clone)]
pub struct Given {
    /// The store.
    pub store: Arc<dyn Store>,
    /// What tells of changed rights in that store.
    pub notifier: Arc<dyn Notifier>,
    /// What reads users and their rights in that store.
    pub directory: Arc<dyn AccessDirectory>,
    /// What counts tries in that store.
    pub throttle: Arc<dyn Throttle>,
}

impl Given {
    fn session(&self) -> Box<dyn Session> {
        self.store.session()
    }
}

/// Gives the names of all promises of a store to a macro, as `topic { promise promise } topic { … }`.
#[macro_export]
macro_rules! store_promises {
    ($tests:ident) => {
        $tests! {
            values {
                every_kind_comes_back
                extremes_come_back
                decimals_keep_their_scale
                text_comes_back_byte_for_byte
                times_come_back
                bytes_come_back
                json_comes_back
                arrays_come_back
                nulls_come_back
                variants_come_back
                fields_not_named_take_their_default
                a_uuid_key_is_the_callers
            }
            filters {
                all_and_nothing
                comparisons_of_every_kind
                a_null_field_is_only_other
                not_turns_round_what_null_makes_false
                lists
                long_lists
                text_is_taken_literally
                text_compares_bytewise
                decimals_compare_by_value
                connectives_of_none_and_of_one
                thousands_of_parts
            }
            order {
                of_every_kind
                nulls_come_last_ascending_and_first_descending
                the_key_decides_at_last
                several_fields
            }
            paging {
                pages_make_the_whole
                the_total_stands_on_every_page
                pages_and_no_pages_are_not_mixed_up
                counts
            }
            cursors {
                compare_as_the_order_does
                find_their_place_between_rows
                do_not_change_the_total
                walk_over_every_row_once
                hold_while_rows_come_and_go
            }
            estimates {
                within_a_scope_are_exact
                agree_with_memory
            }
            writes {
                an_update_sets_only_what_it_names
                an_update_of_nothing_counts
                a_delete_gives_the_row_as_it_was
                what_is_not_there_is_not_found
                versions_are_compared
                without_a_version_none_is_compared
                system_columns_tell_who_and_when
                of_entities_without_version_or_audit
                need_a_permit_for_themselves
                last_when_they_return
            }
            scopes {
                bound_every_read
                bound_the_old_row
                bound_the_new_row
                come_before_constraints
                bound_an_inserted_row
                know_defaults
                know_the_creator_and_the_modifier
                compare_text_bytewise
                on_different_fields_are_told_apart
                leave_the_unit_of_work_usable
            }
            unique {
                one_field_is_named
                a_pair_is_named
                nulls_do_not_collide
                decimals_collide_by_value
                a_key_is_unique
            }
            foreign_keys {
                a_new_row_names_the_field
                a_changed_row_names_the_field
                a_row_that_is_referred_to_stays
                the_scope_comes_first
            }
            unit_of_work {
                commits
                dropped_is_rolled_back
                is_alone_until_it_commits
                sees_what_it_wrote
                with_a_failed_statement_does_not_commit
                locked_rows_are_not_overwritten
                serializable_ones_hold_what_they_read
                no_row_is_written_behind_a_lock
                dropped_many_times_leaves_the_store_usable
            }
            audit {
                tells_who_when_and_what
                of_a_delete_has_the_whole_row
                masks_secrets
                has_every_kind_in_its_form
                nothing_of_a_failed_write_remains
                of_the_program_names_no_user
                without_audit_leaves_none
            }
            entries {
                tell_what_happened_to_access
                of_a_unit_of_work_last_with_it
                of_every_write_are_listed
                are_filtered_sorted_and_paged
            }
            history {
                has_the_latest_first_in_pages
                is_bounded_by_the_scope
                of_a_deleted_row_is_for_those_who_see_all
                of_what_never_was_is_none
                names_the_user
            }
            keys {
                of_several_fields_find_one_row
                of_four_fields_find_one_row
                of_text_are_taken_literally
                of_numbers_are_the_callers
                are_named_when_taken
                of_many_writers_leave_a_gapless_chain
                of_several_fields_are_walked_over_once
                are_never_mixed_up
            }
            rights {
                a_change_advances_the_epoch
                a_change_of_one_users_rights_advances_theirs
                a_row_that_moves_advances_both
                a_committed_unit_of_work_advances_the_epoch
            }
            directory {
                finds_credentials_whatever_the_case
                knows_familiar_networks
                finds_the_rights_of_active_roles
                gives_no_rights_until_the_password_is_changed
                finds_sessions_that_were_not_ended
                finds_keys_that_were_not_revoked
                counts_holders
                tells_last_uses
                forgets_what_is_over
            }
            throttle {
                lets_a_burst_through_and_then_one_each_interval
                says_how_long_to_wait
                forgives_what_was_refused
                keeps_buckets_apart
                gives_turns_back
                refuses_nothing_without_a_burst
                lets_a_burst_of_many_at_once_through
                takes_any_rate
            }
            concurrency {
                writers_leave_a_gapless_chain
                writers_without_a_version_leave_a_gapless_chain
                conditional_writers_lose_nothing
                one_of_many_takes_a_unique_value
                one_of_many_deletes
            }
            related {
                agree_with_memory
                bound_writes
                bound_writes_before_constraints
                are_never_guessed
                have_values_of_their_own
            }
            properties {
                filters_agree_with_memory
                scopes_of_writes_agree_with_memory
                statements_are_never_mixed_up
            }
        }
    };
}
