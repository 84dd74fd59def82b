//! Products and categories: a catalogue that is everybody's to read.

use crate::shop::{ACME, CHAIR, Shop, listed, pick, wrong};
use kwik_testkit::on_each_engine;
use serde_json::{Value, json};

/// The shop with the categories Chairs (1) and Sale (2); the kitchen chair stands in both.
async fn sorted(engine: kwik_testkit::database::Engine) -> Shop {
    let shop = Shop::open(engine).await;
    for name in ["Chairs", "Sale", "Tables"] {
        shop.ada.post("/categories/", &json!({ "name": name })).await.ok();
    }
    for category in [1, 2] {
        shop.ada.post("/products/1/categories", &json!({ "category_id": category })).await.ok();
    }
    shop.ada.post("/categories/1/products", &json!({ "product_id": 2 })).await.ok();
    shop
}

on_each_engine! {
    async fn everybody_reads_them(engine) {
        let shop = sorted(engine).await;
        for reader in [shop.app.anonymous(), shop.app.with_permissions(&[]).await] {
            let found = async |query: &str| listed(&reader.get(&format!("/products/?{query}")).await, "sku");
            assert_eq!(found("sorting=price").await, json!(["LEA-001", "NAI-001", "CHR-001", "CHR-002"]));
            assert_eq!(found("filter=price%20%3E%3D%2049").await, json!(["CHR-001", "CHR-002"]));
            assert_eq!(found("q=office").await, json!(["CHR-002"]));
            assert_eq!(found("q=chr%20kitchen").await, json!(["CHR-001"]));
            assert_eq!(reader.get("/products/1").await.ok()["price"], "49.00");
            assert_eq!(listed(&reader.get("/categories/").await, "name"), json!(["Chairs", "Sale", "Tables"]));
            assert_eq!(reader.get("/categories/1").await.ok()["name"], "Chairs");
        }
    }

    async fn the_rest_of_them_is_for_those_who_may(engine) {
        let shop = sorted(engine).await;
        let product = json!({ "sku": "NEW-001", "name": "New", "price": "1" });
        for (reader, status, code) in [
            (shop.app.anonymous(), 401, "not_authenticated"),
            (shop.app.with_permissions(&[]).await, 403, "forbidden"),
        ] {
            reader.post("/products/", &product).await.refused(status, code);
            reader.put("/products/1", &product).await.refused(status, code);
            reader.delete("/products/1").await.refused(status, code);
            reader.get("/products/1/history").await.refused(status, code);
            reader.get("/products/1/categories").await.refused(status, code);
            reader.post("/products/1/categories", &json!({ "category_id": 3 })).await.refused(status, code);
        }
        shop.app.with_permissions(&["products_read"]).await.get("/products/1/history").await.ok();
    }

    async fn what_is_wrong_with_one_is_said(engine) {
        let shop = Shop::open(engine).await;
        for sku in ["chr-001", "CHR-01", "CHAIR-001", "CHR-001 ", "xCHR-001", "CHR-0000001", ""] {
            let body = json!({ "sku": sku, "name": "Chair", "price": "1" });
            assert_eq!(wrong(&shop.ada.post("/products/", &body).await), json!([["/sku", "pattern"]]), "{sku:?}");
        }
        let body = json!({ "sku": "CHR-001", "name": "Chair", "price": "1" });
        shop.ada.post("/products/", &body).await.refused(409, "taken");
        assert_eq!(wrong(&shop.ada.put("/products/1", &json!({ "price": "-0.01" })).await), json!([["/price", "range"]]));
        assert_eq!(wrong(&shop.ada.put("/products/1", &json!({ "price": null })).await), json!([["/price", "null"]]));
    }

    async fn one_may_have_a_small_picture(engine) {
        let shop = Shop::open(engine).await;
        let changed = shop.ada.put("/products/1", &json!({ "picture": "AP//gA==" })).await.ok();
        assert_eq!(changed["picture"], "AP//gA==");
        assert_eq!(shop.app.anonymous().get("/products/1").await.ok()["picture"], "AP//gA==");
        // 65,536 bytes are as many as there may be: 21,845 groups of four letters, and a byte.
        let full = "AAAA".repeat(21_845) + "AA==";
        shop.ada.put("/products/1", &json!({ "picture": full })).await.ok();
        let over = "AAAA".repeat(21_845) + "AAA=";
        assert_eq!(wrong(&shop.ada.put("/products/1", &json!({ "picture": over })).await), json!([["/picture", "length"]]));
        assert_eq!(wrong(&shop.ada.put("/products/1", &json!({ "picture": "?" })).await), json!([["/picture", "type"]]));
        shop.ada.put("/products/1", &json!({ "picture": null })).await.ok();
    }

    async fn they_stand_in_categories(engine) {
        let shop = sorted(engine).await;
        let names = async |path: &str| pick(&shop.ada.get(path).await.ok(), &["name"]);
        assert_eq!(names("/products/1/categories").await, json!([["Chairs"], ["Sale"]]));
        assert_eq!(names("/products/1/available-categories").await, json!([["Tables"]]));
        assert_eq!(names("/categories/1/products").await, json!([["Kitchen chair"], ["Office chair"]]));
        assert_eq!(names("/categories/1/available-products").await, json!([["Nail"], ["Leaflet"]]));
        let page = shop.ada.get("/products/?expand=categories&sorting=id&limit=2").await.ok();
        assert_eq!(pick(&page["data"][0]["categories"], &["name"]), json!([["Chairs"], ["Sale"]]));
        assert_eq!(pick(&page["data"][1]["categories"], &["name"]), json!([["Chairs"]]));
        shop.ada.post("/products/1/categories", &json!({ "category_id": 9 })).await.refused(404, "not_found");
        shop.ada.delete("/products/1/categories/2").await.ok();
        shop.ada.delete("/products/1/categories/2").await.ok();
        assert_eq!(names("/products/1/categories").await, json!([["Chairs"]]));
        shop.ada.delete("/categories/1/products").await.ok();
        assert_eq!(names("/products/2/categories").await, json!([]));
    }

    async fn one_that_goes_leaves_its_categories(engine) {
        let shop = sorted(engine).await;
        let since = shop.last_record().await;
        shop.ada.delete("/products/1").await.ok();
        let records = shop.records_since(since).await;
        let expected = json!([
            ["product_categories", "1,1", "delete"], ["product_categories", "1,2", "delete"], ["products", "1", "delete"],
        ]);
        assert_eq!(records, expected, "each link with a record of its own");
        assert_eq!(pick(&shop.ada.get("/categories/1/products").await.ok(), &["name"]), json!([["Office chair"]]));
        shop.ada.delete("/categories/1").await.ok();
        shop.ada.get("/products/2").await.ok();
    }

    async fn one_that_was_ordered_stays(engine) {
        let shop = Shop::open(engine).await;
        let order = shop.order(ACME, &[(CHAIR, 1)]).await;
        shop.ada.delete("/products/1").await.refused(409, "reference");
        shop.ada.put(&format!("/orders/{order}"), &json!({ "lines": Value::Array(vec![]) })).await.ok();
        shop.ada.delete("/products/1").await.ok();
    }
}
