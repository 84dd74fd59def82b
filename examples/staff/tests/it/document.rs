//! The document says what policies may keep back.

use crate::people::Office;
use kwik_testkit::on_each_engine;
use serde_json::{Value, json};

on_each_engine! {
    async fn what_may_be_missing_is_not_required(engine) {
        let office = Office::empty(engine).await;
        let document: Value = serde_json::from_str(&office.app.service().document).unwrap();
        let schemas = &document["components"]["schemas"];
        let required = json!([
            "id", "name", "email", "department", "version",
            "creation_time", "creator_user_id", "last_modification_time", "last_modifier_user_id",
        ]);
        assert_eq!(schemas["Employee"]["required"], required);
        assert_eq!(schemas["EmployeeCreate"]["required"], json!(["name", "email", "department"]));
        for field in ["salary", "bonus"] {
            assert!(schemas["Employee"]["properties"][field].is_object(), "{field} is there for who may see it");
        }
        assert!(document["paths"].as_object().unwrap().keys().any(|path| path.ends_with("/access/explain")));
    }
}
