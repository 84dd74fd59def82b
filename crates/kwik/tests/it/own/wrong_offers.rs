//! Operations that are declared wrongly.

use super::shop::Product;
use kwik::prelude::*;
use kwik_testkit::{TestApp, on_each_engine};

/// Something without a trail.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "scraps", unaudited)]
pub struct Scrap {
    #[entity(key)]
    pub id: i64,
}

on_each_engine! {
    async fn what_cannot_be_offered_is_named(engine) {
        use Operations::{Create, Delete, Get, History, List, Patch, Update};
        let product = |options: fn(kwik::ResourceOptions) -> kwik::ResourceOptions| App::new().resource_with::<Product>(options);
        for (app, line) in [
            (product(|r| r.public([Create])), "Product: Create changes rows, and is never for everybody; name a permission for it"),
            (product(|r| r.signed_in([List, Delete])), "Product: Delete changes rows, and is never for everybody"),
            (product(|r| r.signed_in([Patch])), "Product: Patch changes rows"),
            (product(|r| r.only([List]).public([Get])), "Product: Get is opened, but there is no such operation"),
            (product(|r| r.public([List]).signed_in([List])), "Product: List is opened twice; say once who may call it"),
            (product(|r| r.only([])), "Product: no operation is left; add it with App::entity"),
            (product(|r| r.except([Update]).except([Update])), "Product: Update is left out, but there is no such operation"),
            (product(|r| r.permission(Create, "shop manage")), "the permission \"shop manage\" must be a name without spaces"),
            (App::new().resource_with::<Scrap>(|r| r.only([History])), "Scrap: History is asked for, but there is no such operation"),
        ] {
            let error = TestApp::first_start(engine, app, |_| {}).await.err().expect("it must not start");
            assert!(matches!(error, kwik::Error::Declaration(_)), "{error}");
            assert!(error.to_string().contains(line), "{line} in: {error}");
        }
    }

    async fn entities_that_share_permissions_keep_what_one_of_them_needs(engine) {
        let app = || App::new()
            .resource_with::<shared::Shelf>(|r| r.signed_in([Operations::List, Operations::Get, Operations::History]))
            .resource::<shared::Rack>();
        let app = TestApp::start(engine, app).await;
        let reader = app.with_permissions(&["storage_read"]).await;
        reader.get("/racks/").await.ok();
        let nobody = app.with_permissions(&[]).await;
        nobody.get("/shelves/").await.ok();
        nobody.get("/racks/").await.refused(403, "forbidden");
    }
}

mod shared {
    use kwik::prelude::*;

    #[derive(Clone, Debug, Entity)]
    #[entity(collection = "shelves", permissions = "storage")]
    pub struct Shelf {
        #[entity(key)]
        pub id: i64,
    }

    #[derive(Clone, Debug, Entity)]
    #[entity(collection = "racks", permissions = "storage")]
    pub struct Rack {
        #[entity(key)]
        pub id: i64,
    }
}
