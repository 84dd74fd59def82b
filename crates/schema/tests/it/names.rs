//! Names that a database finds odd.

use super::{
    database::each_engine,
    entities::{plain, schema},
};
use kwik_domain::{EntityMeta, FieldMeta};
use kwik_schema::{Schema, unique_name};

/// 63 bytes, the longest that both databases keep.
const LONG: &str = "a_rather_long_name_of_sixty_three_bytes_as_long_as_names_can_be";

each_engine! {
    async fn odd_names_are_kept(database) {
        let odd = ["grüße 'an\" -- alle; $1 ?", "select", "Größe", LONG];
        let fields = |unique: bool| -> Vec<FieldMeta> {
            let field = |name| if unique { FieldMeta::of::<String>(name).unique() } else { FieldMeta::of::<String>(name) };
            odd.iter().skip(1).map(|name| field(name)).collect()
        };
        for table in odd {
            let with = |unique| schema([plain(table, &fields(unique))]);
            assert!(!database.develop(&with(true)).await.is_empty());
            assert!(database.develop(&with(true)).await.is_empty(), "{table}");
            let removed = database.develop(&with(false)).await;
            assert_eq!(removed.len(), 3, "{removed:#?}");
            assert!(database.drift(&with(false)).await.is_empty());
            // By a rebuild on SQLite.
            let optional: Vec<FieldMeta> = odd.iter().skip(1).map(|name| FieldMeta::of::<Option<String>>(name)).collect();
            let optional = schema([plain(table, &optional)]);
            database.develop(&optional).await;
            assert!(database.develop(&optional).await.is_empty(), "{table}");
        }
    }
}

#[test]
fn long_names_are_cut_once_and_longer_ones_refused() {
    assert_eq!(LONG.len(), 63);
    assert_eq!(unique_name(LONG, &["a"]).len(), 63);
    let long: &'static str = format!("{LONG}x").leak();
    let entities: Vec<&'static EntityMeta> = vec![Box::leak(Box::new(plain(long, &[])))];
    let error = Schema::of(&entities).unwrap_err().to_string();
    assert!(error.contains("is 64 bytes long; a database keeps at most 63"), "{error}");
}
