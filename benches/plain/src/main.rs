//! The plain yardstick: one permission query a request, explicit transactions, ordinary structs and JSON.

mod access;
mod audit;
mod customers;

use poem::{Route, get};
use yardstick_plain::{app::App, login, settings::Settings};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let settings = Settings::from_env()?;
    let app = App::start(&settings).await?;
    app.serve(&settings, routes()).await
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
