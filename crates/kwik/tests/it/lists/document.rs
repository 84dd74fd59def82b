//! What the document says of lists, owners and fields that not everybody sees.

use super::specimen::app;
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::{Value, json};

fn document(app: &TestApp) -> Value {
    serde_json::from_str(&app.service().document).unwrap()
}

/// The parameters of a list, each with its schema.
const LIST: &str = r#"{
  "skip": { "type": "integer", "format": "int64", "minimum": 0, "default": 0 },
  "limit": { "type": "integer", "minimum": 0, "maximum": 50, "default": 50 },
  "sorting": { "type": "string", "pattern": "^((FIELDS)(:(asc|desc))?)?(,((FIELDS)(:(asc|desc))?)?)*$" },
  "filter_key": { "type": "string", "enum": [] },
  "value": { "type": "string" },
  "filter": { "type": "string", "maxLength": 4096 },
  "page_token": { "type": "string" },
  "count": { "type": "string", "enum": ["exact", "estimated", "none"], "default": "exact" }
}"#;

on_each_engine! {
    async fn a_list_says_what_it_may_be_asked(engine) {
        let app = TestApp::start(engine, app).await;
        let document = document(&app);
        let operation = &document["paths"]["/specimens/"]["get"];
        let fields: Vec<_> = document["components"]["schemas"]["Specimen"]["properties"].as_object().unwrap().keys()
            .filter(|name| *name != "tax_number").cloned().collect();
        let mut expected: Value = serde_json::from_str(&LIST.replace("FIELDS", &fields.join("|"))).unwrap();
        expected["filter_key"]["enum"] = json!(fields);
        let mut found = json!({});
        for parameter in operation["parameters"].as_array().unwrap() {
            assert_eq!((&parameter["in"], &parameter["required"]), (&json!("query"), &json!(false)), "{parameter}");
            assert!(parameter["description"].as_str().unwrap().ends_with('.'), "{parameter}");
            found[parameter["name"].as_str().unwrap()] = parameter["schema"].clone();
        }
        assert_eq!(found, expected);
        assert!(fields.contains(&"creation_time".to_owned()) && !fields.iter().any(|name| name == "pin" || name == "remark"));
        assert!(operation["responses"]["200"]["headers"]["Link"].is_object());
        let page = &document["components"]["schemas"]["SpecimenPage"];
        assert_eq!(page["required"], json!(["total", "data"]));
        assert_eq!(page["properties"]["total"]["nullable"], true);
        assert_eq!(page["properties"]["next_page_token"]["type"], "string");
    }

    async fn the_history_takes_pages_and_nothing_else(engine) {
        let app = TestApp::start(engine, app).await;
        let document = document(&app);
        let parameters = document["paths"]["/specimens/{id}/history"]["get"]["parameters"].as_array().unwrap();
        let names: Vec<_> = parameters.iter().map(|parameter| parameter["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["id", "skip", "limit"]);
    }

    async fn a_single_read_says_that_it_may_be_known(engine) {
        let app = TestApp::start(engine, app).await;
        let document = document(&app);
        let operation = &document["paths"]["/specimens/{id}"]["get"];
        assert!(operation["responses"]["304"]["description"].is_string());
        assert!(operation["responses"]["200"]["headers"]["ETag"].is_object());
        let parameters = operation["parameters"].as_array().unwrap();
        assert!(parameters.iter().any(|p| p["name"] == "If-None-Match" && p["in"] == "header" && p["required"] == false));
    }

    async fn fields_that_not_everybody_sees_need_not_be_there(engine) {
        let app = TestApp::start(engine, app).await;
        let schemas = document(&app)["components"]["schemas"].clone();
        let required = schemas["Specimen"]["required"].as_array().unwrap();
        for (name, is_required) in [("price", false), ("cost", false), ("tax_number", true), ("name", true), ("maybe_name", true)] {
            assert_eq!(required.contains(&json!(name)), is_required, "{name}");
            assert!(schemas["Specimen"]["properties"][name].is_object(), "{name}");
        }
        let description = schemas["Specimen"]["properties"]["price"]["description"].as_str().unwrap();
        assert!(description.contains("specimens_read_price"), "{description}");
        let required = schemas["SpecimenCreate"]["required"].as_array().unwrap();
        assert!(!required.contains(&json!("price")) && !required.contains(&json!("cost")));
    }

    async fn owners_have_another_way_in(engine) {
        let app = TestApp::start(engine, app).await;
        let document = document(&app);
        for (path, method, verb, has_owner) in [
            ("/specimens/", "get", "read", true),
            ("/specimens/", "post", "create", false),
            ("/specimens/{id}", "get", "read", true),
            ("/specimens/{id}", "put", "update", true),
            ("/specimens/{id}", "patch", "update", true),
            ("/specimens/{id}", "delete", "delete", true),
            ("/specimens/{id}/history", "get", "read", true),
        ] {
            let mut expected = vec![json!({ "oauth2": [format!("specimens_{verb}")] })];
            if has_owner {
                expected.push(json!({ "oauth2": [format!("specimens_{verb}_own")] }));
            }
            expected.push(json!({ "apiKey": [] }));
            assert_eq!(document["paths"][path][method]["security"], json!(expected), "{method} {path}");
        }
        let scopes = &document["components"]["securitySchemes"]["oauth2"]["flows"]["password"]["scopes"];
        assert_eq!(scopes["specimens_read_own"], "Read one's own specimens");
        assert_eq!(scopes["specimens_create_own"], Value::Null);
        let security = &document["paths"]["/access/explain"]["get"]["security"];
        assert_eq!(security, &json!([{ "oauth2": ["access_explain"] }, { "apiKey": [] }]));
    }
}
