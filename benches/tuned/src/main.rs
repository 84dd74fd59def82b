//! The tuned yardstick: rights from memory, one statement an operation, rows straight into bytes.
//!
//! What does not decide the speed (settings, tables, sign-in, validation, problems) is the plain one's.

mod access;
mod customers;

use poem::{EndpointExt, Route, get, middleware::AddData};
use yardstick_plain::{app::App, login, settings::Settings};

use crate::access::Rights;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let settings = Settings::from_env()?;
    let app = App::start(&settings).await?;
    let rights = Rights::watch(&app.pool, &settings.database_url).await?;
    let routes = routes().with(AddData::new(rights));
    app.serve(&settings, routes).await
}

fn routes() -> Route {
    let collection = || get(customers::list).post(customers::create);
    let item = || get(customers::read).put(customers::update).delete(customers::delete);
    Route::new()
        .at("/api/v1/login/access-token", login::route())
        .at("/api/v1/customers", collection())
        .at("/api/v1/customers/", collection())
        .at("/api/v1/customers/:id", item())
}
