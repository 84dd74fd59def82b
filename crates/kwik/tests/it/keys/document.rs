//! What the document says of keys.

use super::app;
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::{Value, json};

fn key<'d>(document: &'d Value, path: &str) -> &'d Value {
    let operation = &document["paths"][path]["get"];
    operation["parameters"].as_array().unwrap().iter().find(|parameter| parameter["name"] == "id").unwrap()
}

on_each_engine! {
    async fn says_how_keys_are_written(engine) {
        let app = TestApp::start(engine, app).await;
        let document = app.anonymous().get("/openapi.json").await.json();
        let stock = key(&document, "/stocks/{id}");
        assert_eq!(stock["schema"], json!({ "type": "string", "pattern": "^[^,]+,[^,]+$" }));
        assert_eq!(stock["description"], "Key of the stock: `store,product`, with commas between them.");
        assert_eq!(stock["example"], "1,1");
        let country = key(&document, "/countries/{id}/history");
        assert_eq!(country["schema"]["type"], "string");
        assert_eq!(key(&document, "/holidays/{id}")["schema"], json!({ "type": "string", "format": "date" }));
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["StockCreate"]["required"], json!(["store", "product", "pieces"]));
        assert!(schemas["StockUpdate"]["properties"]["store"].is_null());
        assert_eq!(schemas["CountryCreate"]["required"], json!(["code", "name"]));
        let cells = &schemas["CrateUpdate"]["properties"]["cells"]["items"];
        assert_eq!(cells["$ref"], "#/components/schemas/CellPartUpdate");
        let cell = &schemas["CellPartUpdate"];
        let names: Vec<_> = cell["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["place", "content"]);
        assert!(schemas["CitizenCreate"]["properties"]["id"].is_null());
    }
}
