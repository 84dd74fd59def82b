//! What is refused before anything is changed.

use crate::kwik_database::Kwik;
use kwik::takeover::TakeoverError;

async fn refused(kwik: &Kwik) -> Vec<String> {
    let tables = "SELECT string_agg(schemaname || '.' || tablename, ' ' ORDER BY 1) FROM \
                  (SELECT * FROM pg_tables WHERE schemaname IN ('public', 'kwik_python') ORDER BY 1, 2) t";
    let before = kwik.text(tables).await;
    let seen = kwik.examine().await.unwrap().unwrap().refusals;
    let Err(TakeoverError::Refused(refusals)) = kwik.run().await else { panic!("it is refused") };
    assert_eq!(seen, refusals, "a look says the same");
    assert_eq!(kwik.text(tables).await, before, "nothing was changed");
    refusals
}

#[tokio::test]
async fn two_users_with_one_address() {
    let kwik = Kwik::new().await;
    kwik.sql("UPDATE users SET email = 'BEA@example.com' WHERE id = 3").await;
    assert_eq!(refused(&kwik).await, ["users 2, 3 have one email, but for case or blanks; give each an own one"]);
    kwik.sql("UPDATE users SET email = 'cem@example.org' WHERE id = 3").await;
    assert!(kwik.run().await.unwrap().is_some(), "once that is mended it goes on");
}

#[tokio::test]
async fn an_address_that_is_none() {
    let kwik = Kwik::new().await;
    kwik.sql("UPDATE users SET email = 'nobody' WHERE id = 9").await;
    let refusals = refused(&kwik).await;
    assert!(refusals[0].starts_with("user 9: email must"), "{refusals:?}");
}

#[tokio::test]
async fn rows_that_refer_to_a_role_that_is_not_kept() {
    let kwik = Kwik::new().await;
    kwik.sql("INSERT INTO role_colours VALUES (2, 'red')").await;
    let refusals = refused(&kwik).await;
    assert!(refusals[0].starts_with("role_colours has rows that refer by fk_role_colours_role_id_roles to roles"));
}

#[tokio::test]
async fn foreign_keys_that_ours_cannot_stand_in_for() {
    let kwik = Kwik::new().await;
    kwik.sql(
        "CREATE TABLE letters (email varchar CONSTRAINT fk_letters REFERENCES users (email), \
         link integer CONSTRAINT fk_link REFERENCES users_roles (id))",
    )
    .await;
    let refusals = refused(&kwik).await;
    assert!(refusals[0].starts_with("the foreign key fk_letters of letters is onto users (email)"), "{refusals:?}");
    assert!(refusals[1].starts_with("the foreign key fk_link of letters is onto users_roles (id)"), "{refusals:?}");
}

#[tokio::test]
async fn tables_whose_names_ours_have() {
    let kwik = Kwik::new().await;
    kwik.sql("CREATE TABLE sessions (id text)").await;
    assert_eq!(refused(&kwik).await, ["the table sessions is there already, and ours has its name; rename it"]);
}

#[tokio::test]
async fn a_business_table_that_the_programs_entity_does_not_fit() {
    let kwik = Kwik::new().await;
    kwik.sql("ALTER TABLE shop_orders ALTER id DROP DEFAULT, ALTER id TYPE text").await;
    let refusals = refused(&kwik).await;
    assert!(refusals[0].starts_with("the primary key of shop_orders is"), "{refusals:?}");
}

#[tokio::test]
async fn a_database_that_is_none_of_kwiks() {
    let kwik = Kwik::empty().await;
    assert!(matches!(kwik.run().await, Err(TakeoverError::Nothing)));
    kwik.sql("CREATE TABLE users (id serial PRIMARY KEY, name text)").await;
    assert!(matches!(kwik.examine().await, Err(TakeoverError::Nothing)), "somebody else's users are no matter");
}

#[tokio::test]
async fn a_database_of_kwiks_that_lacks_a_table() {
    let kwik = Kwik::new().await;
    kwik.sql("DROP TABLE users_roles").await;
    assert!(matches!(kwik.run().await, Err(TakeoverError::Incomplete("users_roles"))));
}
