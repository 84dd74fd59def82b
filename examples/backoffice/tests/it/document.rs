//! The document describes commands beside the generated operations.

use kwik_testkit::{TestApp, database::Engine};
use serde_json::{Value, json};

async fn document() -> Value {
    let app = TestApp::start(Engine::Sqlite, backoffice::app).await;
    serde_json::from_str(&app.service().document).unwrap()
}

#[tokio::test]
async fn commands_stand_beside_the_generated_operations() {
    let document = document().await;
    for (path, id, permission, entity) in [
        ("/orders/{id}/confirm", "confirmOrder", "orders_confirm", "Order"),
        ("/orders/{id}/cancel", "cancelOrder", "orders_cancel", "Order"),
        ("/invoices/{id}/pay", "payInvoice", "invoices_pay", "Invoice"),
    ] {
        let operation = &document["paths"][path]["post"];
        assert_eq!(operation["operationId"], id);
        assert!(operation["summary"].is_string() && operation["description"].is_string(), "{path}");
        assert_eq!(operation["security"][0], json!({ "oauth2": [permission] }), "{path}");
        let header = operation["parameters"].as_array().unwrap().iter().find(|parameter| parameter["in"] == "header");
        assert_eq!(header.unwrap()["name"], "Idempotency-Key", "{path}");
        let answer = &operation["responses"]["200"];
        let schema = &answer["content"]["application/json"]["schema"]["$ref"];
        assert_eq!(schema, &json!(format!("#/components/schemas/{entity}")), "{answer}");
        assert!(
            answer["headers"]["Idempotency-Replayed"].is_object() && operation["responses"]["default"].is_object(),
            "{path}"
        );
    }
    let scopes =
        document["components"]["securitySchemes"]["oauth2"]["flows"]["password"]["scopes"].as_object().unwrap();
    for permission in ["orders_confirm", "orders_cancel", "invoices_pay", "orders_create"] {
        assert!(scopes.contains_key(permission), "{permission} in {scopes:?}");
    }
}

#[tokio::test]
async fn bodies_say_what_they_take() {
    let document = document().await;
    let schemas = &document["components"]["schemas"];
    let payment = &schemas["PaymentForm"];
    assert_eq!(payment["required"], json!(["amount", "reference"]));
    assert_eq!(payment["properties"]["reference"]["maxLength"], 140);
    let body = &document["paths"]["/invoices/{id}/pay"]["post"]["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(body["$ref"], "#/components/schemas/PaymentForm");
    assert_eq!(schemas["OrderCreate"]["required"], json!(["customer_id"]));
    let line = &schemas["OrderCreate"]["properties"]["lines"]["items"]["$ref"];
    let line = &schemas[line.as_str().unwrap().rsplit('/').next().unwrap()];
    assert_eq!(line["required"], json!(["product_id", "quantity"]));
    assert_eq!(line["properties"]["order_id"], Value::Null, "a line is its order's");
    assert_eq!(schemas["Order"]["properties"]["status"]["enum"], json!(["open", "confirmed", "settled", "cancelled"]));
    assert!(schemas["Product"]["properties"]["sku"]["pattern"].is_string());
}
