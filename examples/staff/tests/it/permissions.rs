//! Permissions: which there are, and that nothing goes without.

use crate::people::{Office, forbidden};
use http::Method;
use kwik_testkit::on_each_engine;

/// Every permission that the example's entities and policies look for.
const ALL: [&str; 20] = [
    "profiles_create",
    "profiles_read",
    "profiles_update",
    "profiles_delete",
    "employees_create",
    "employees_read",
    "employees_update",
    "employees_delete",
    "employees_read_salary",
    "employees_update_salary",
    "employees_any_department",
    "tickets_create",
    "tickets_read",
    "tickets_update",
    "tickets_delete",
    "tickets_read_own",
    "tickets_update_own",
    "tickets_delete_own",
    "tickets_close",
    "access_explain",
];

on_each_engine! {
    async fn all_of_them_are_there_for_roles_to_grant(engine) {
        let office = Office::empty(engine).await;
        // It would fail for one that does not exist.
        office.user(&ALL).await.get("/employees/").await.ok();
    }

    async fn nothing_goes_without(engine) {
        let office = Office::with_employees(engine).await;
        office.ticket("printer", None).await;
        let nora = office.nora().await;
        for (method, path, permission) in [
            (Method::GET, "/employees/", "employees_read"),
            (Method::POST, "/employees/", "employees_create"),
            (Method::GET, "/employees/1", "employees_read"),
            (Method::GET, "/employees/1/history", "employees_read"),
            (Method::PUT, "/employees/1", "employees_update"),
            (Method::PATCH, "/employees/1", "employees_update"),
            (Method::DELETE, "/employees/1", "employees_delete"),
            (Method::GET, "/employees/99999", "employees_read"),
            (Method::GET, "/tickets/", "tickets_read or tickets_read_own"),
            (Method::POST, "/tickets/", "tickets_create"),
            (Method::GET, "/tickets/1", "tickets_read or tickets_read_own"),
            (Method::PUT, "/tickets/1", "tickets_update or tickets_update_own"),
            (Method::DELETE, "/tickets/1", "tickets_delete or tickets_delete_own"),
        ] {
            let refused = forbidden(&format!("the permission {permission} is needed"));
            assert_eq!(nora.raw(method.clone(), path, "{ not json").await.problem(403), refused, "{method} {path}");
            office.app.anonymous().raw(method, path, "{ not json").await.refused(401, "not_authenticated");
        }
    }
}
