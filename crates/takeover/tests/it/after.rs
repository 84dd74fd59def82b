//! What is in the database afterwards, and what is reported.

use crate::kwik_database::Kwik;

#[tokio::test]
async fn ids_are_kept_and_doubtful_links_are_left_out() {
    let kwik = Kwik::new().await;
    kwik.run().await.unwrap().unwrap();
    let rows = |table: &str, columns: &str| {
        format!("SELECT string_agg(concat_ws(':', {columns}), ' ' ORDER BY id) FROM public.{table}")
    };
    for (table, columns, expected) in [
        (
            "users",
            "id, name, surname, login, is_active",
            "1:Ada:Byron:ada@example.com:t 2:Bea:Clerk:bea@example.com:t \
          3:Cem:Gone:cem@example.com:f 9:Dee:-:dee@example.com:f",
        ),
        ("roles", "id, name, is_active", "1:clerk:t 3:role 3:t 4:retired:f 5:admin:t"),
        ("permissions", "id, name", "1:orders_read 3:orders_create 5:orders_delete"),
        ("user_roles", "id, user_id, role_id", "1:2:1 4:9:3 5:2:4 6:1:5"),
        ("role_permissions", "id, role_id, permission_id", "1:1:1 2:1:3 6:4:5 7:5:1 8:5:3 9:5:5"),
    ] {
        assert_eq!(kwik.text(&rows(table, columns)).await, expected, "{table}");
    }
}

#[tokio::test]
async fn each_row_has_its_audit_record_and_the_takeover_has_one() {
    let kwik = Kwik::new().await;
    kwik.run().await.unwrap().unwrap();
    let counts = "SELECT string_agg(entity || ':' || action || ':' || n || ':' || via, ' ' ORDER BY entity, action) \
                  FROM (SELECT entity, action, count(*) n, via FROM kwik_audit GROUP BY entity, action, via) t";
    assert_eq!(
        kwik.text(counts).await,
        "access:takeover:1:command line permissions:create:3:command line role_permissions:create:6:command line \
         roles:create:4:command line user_roles:create:4:command line users:create:4:command line"
    );
    assert_eq!(kwik.text("SELECT count(*)::text FROM kwik_audit WHERE after::text LIKE '%$2b$%'").await, "0");
}

#[tokio::test]
async fn foreign_keys_keep_their_names_and_terms() {
    let kwik = Kwik::new().await;
    kwik.run().await.unwrap().unwrap();
    let keys = "SELECT string_agg(conrelid::regclass || ': ' || conname || ' ' || pg_get_constraintdef(oid) || \
                CASE WHEN convalidated THEN '' ELSE '!' END, '; ' ORDER BY conrelid::regclass::text, conname) \
                FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text NOT LIKE 'kwik_python.%'";
    assert_eq!(
        kwik.text(keys).await,
        "notes: fk notes FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE DEFERRABLE; \
         role_colours: fk_role_colours_role_id_roles FOREIGN KEY (role_id) REFERENCES roles(id); \
         shop_orders: fk_shop_orders_creator_user_id_users FOREIGN KEY (creator_user_id) REFERENCES users(id); \
         shop_orders: fk_shop_orders_last_modifier_user_id_users FOREIGN KEY (last_modifier_user_id) REFERENCES users(id)"
    );
    kwik.sql("INSERT INTO notes (user_id) VALUES (1)").await;
}

#[tokio::test]
async fn a_look_reports_everything_and_changes_nothing() {
    let kwik = Kwik::new().await;
    kwik.sql("CREATE VIEW people AS SELECT name FROM users").await;
    let before = kwik.text(TABLES).await;
    let report = kwik.examine().await.unwrap().unwrap();
    assert_eq!(kwik.text(TABLES).await, before);
    assert_eq!(report.refusals, Vec::<String>::new());
    assert_eq!((report.users, report.roles, report.permissions), (4, 4, 3));
    assert_eq!((report.user_roles, report.role_permissions, report.foreign_keys, report.api_keys), (4, 6, 4, 1));
    let lines = report.lines().join("\n");
    for part in [
        "users 9 get a name that can be shown in one line",
        "users 9 are neither active nor inactive",
        "users 3 are inactive",
        "role 3 has no name",
        "roles 1, 2 are one by name",
        "permissions 1, 2 are one by name",
        "permissions 4 have no name",
        "roles 4 are inactive",
        "users_roles: links 3 lead nowhere",
        "users_roles: links 2 say what others say",
        "roles_permissions: links 3, 5 lead nowhere",
        "roles_permissions: links 4 say what others say",
        "role 5, \"admin\", is made",
        "users 1 are superusers",
        "the views people",
        "left: 1 API keys",
    ] {
        assert!(lines.contains(part), "{part}:\n{lines}");
    }
}

/// All tables of all schemas but the system's, and how many rows Kwik's have.
const TABLES: &str = "SELECT string_agg(schemaname || '.' || tablename, ' ' ORDER BY schemaname, tablename) \
    FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')";

#[tokio::test]
async fn kwiks_tables_stay_as_they_were_in_their_new_schema() {
    let kwik = Kwik::new().await;
    let (report, said) = kwik.run().await.unwrap().unwrap();
    assert_eq!(report.users, 4);
    assert_eq!(said.len(), 4, "{said:?}");
    let tables = "SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'kwik_python'";
    assert_eq!(kwik.text(tables).await, "api_keys permissions roles roles_permissions users users_roles");
    assert_eq!(kwik.text("SELECT count(*)::text FROM kwik_python.users").await, "4");
    kwik.sql("DROP SCHEMA kwik_python CASCADE").await;
    assert!(kwik.run().await.unwrap().is_none(), "a database without them was taken over all the same");
}
