//! Settings of a program's own.

use kwik::{domain::Secret, prelude::*};
use kwik_testkit::{TestApp, on_each_engine};
use poem_openapi::payload::PlainText;
use std::time::Duration;

/// How the shop delivers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Delivery {
    Post,
    Courier,
}

/// What can be set of the shop.
#[derive(Debug)]
pub struct ShopSettings {
    pub currency: String,
    pub most_lines: u32,
    pub delivery: Delivery,
    pub patience: Duration,
    pub payment_key: Option<Secret>,
    pub countries: Vec<String>,
}

impl Section for ShopSettings {
    const PREFIX: &'static str = "SHOP";

    fn read(reader: &mut SectionReader) -> Result<Self, SettingsError> {
        let deliveries = [("post", Delivery::Post), ("courier", Delivery::Courier)];
        let day = Duration::from_hours(24);
        let settings = Self {
            currency: reader.text("CURRENCY", "what prices are in").required()?,
            most_lines: reader.number("MOST_LINES", "the most lines of an order (100)", 1..=1000).or(100)?,
            delivery: reader.choice("DELIVERY", "how goods are sent (post)", &deliveries).or(Delivery::Post)?,
            patience: reader.duration("PATIENCE", "how long a basket is kept (1d)", day / 24..=7 * day).or(day)?,
            payment_key: reader.secret("PAYMENT_KEY", "the key of the payment service").optional()?,
            countries: reader.list("COUNTRIES", "where to (everywhere)").or(Vec::new())?,
        };
        if settings.delivery == Delivery::Courier && settings.countries.is_empty() {
            return Err(reader.wrong("COUNTRIES", "set where a courier delivers"));
        }
        Ok(settings)
    }
}

pub struct Prices {
    currency: String,
}

#[OpenApi]
impl Prices {
    /// What prices are in.
    #[oai(path = "/currency", method = "get", operation_id = "getCurrency")]
    async fn currency(&self, _everybody: Public) -> PlainText<String> {
        PlainText(self.currency.clone())
    }
}

fn app() -> App {
    App::new().settings::<ShopSettings>().api(|services| {
        let currency = services.state::<ShopSettings>().map(|shop| shop.currency.clone());
        Prices { currency: currency.unwrap_or_default() }
    })
}

const CURRENCY: (&str, &str) = ("SHOP_CURRENCY", "EUR");

on_each_engine! {
    async fn a_section_is_in_reach(engine) {
        let app = TestApp::start_with(engine, app, |settings| {
            for (name, value) in [CURRENCY, ("SHOP_PATIENCE", "2d"), ("SHOP_COUNTRIES", "at, de"), ("SHOP_PAYMENT_KEY", "hunter2")] {
                settings.set(name, value);
            }
        }).await;
        assert_eq!(app.anonymous().get("/currency").await.body, b"EUR");
        let shop = app.service().services.state::<ShopSettings>().unwrap();
        assert_eq!((shop.most_lines, shop.delivery, shop.patience.as_secs()), (100, Delivery::Post, 172_800));
        assert_eq!(shop.countries, ["at", "de"]);
        assert_eq!(shop.payment_key.as_ref().map(Secret::expose), Some("hunter2"));
        let shown = format!("{shop:?} {:?}", app.settings());
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    async fn what_is_wrong_is_one_line_that_names_the_variable(engine) {
        for (set, line) in [
            (&[][..], "SHOP_CURRENCY must be set: what prices are in"),
            (&[CURRENCY, ("SHOP_MOST_LINES", "1001")], "SHOP_MOST_LINES must be a number from 1 to 1000"),
            (&[CURRENCY, ("SHOP_MOST_LINES", "many")], "SHOP_MOST_LINES must be a number from 1 to 1000"),
            (&[CURRENCY, ("SHOP_DELIVERY", "pigeon")], "SHOP_DELIVERY must be post or courier"),
            (&[CURRENCY, ("SHOP_PATIENCE", "1m")], "SHOP_PATIENCE must be a length of time such as 90s, 15m, 8h or 7d, from 1h to 7d"),
            (&[CURRENCY, ("SHOP_DELIVERY", "courier")], "SHOP_COUNTRIES must be set where a courier delivers"),
            (&[("SHOP_CURENCY", "EUR")], "SHOP_CURENCY is not a setting; did you mean SHOP_CURRENCY?"),
            (&[CURRENCY, ("SHOP_ANYTHING_ELSE", "1")], "SHOP_ANYTHING_ELSE is not a setting"),
        ] {
            let adjust = |settings: &mut kwik::Settings| set.iter().for_each(|(name, value)| settings.set(*name, *value));
            let error = TestApp::first_start(engine, app(), adjust).await.err().expect("it must not start");
            assert!(matches!(error, kwik::Error::Settings(_)), "{error}");
            assert_eq!(error.to_string(), line);
        }
    }

    async fn prefixes_are_told_apart(engine) {
        struct Named<const N: usize>;
        const PREFIXES: [&str; 5] = ["SHOP_MAIL", "KWIK_SHOP", "shop", "", "SHOP"];
        impl<const N: usize> Section for Named<N> {
            const PREFIX: &'static str = PREFIXES[N];

            fn read(_: &mut SectionReader) -> Result<Self, SettingsError> {
                Ok(Self)
            }
        }
        let app = || App::new().settings::<ShopSettings>();
        for (app, line) in [
            (app().settings::<Named<0>>(), "the prefix SHOP_MAIL of settings cannot be told from SHOP; choose another"),
            (app().settings::<Named<1>>(), "the prefix KWIK_SHOP of settings cannot be told from KWIK"),
            (app().settings::<Named<2>>(), "the prefix \"shop\" of settings must be capital letters"),
            (app().settings::<Named<3>>(), "the prefix \"\" of settings must be capital letters"),
            (app().settings::<Named<4>>(), "the prefix SHOP of settings cannot be told from SHOP"),
        ] {
            let error = TestApp::first_start(engine, app, |_| {}).await.err().expect("it must not start").to_string();
            assert!(error.contains(line), "{line} in: {error}");
        }
    }
}
