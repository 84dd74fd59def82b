//! Settings of the shop.

use kwik::prelude::*;

/// Variables that begin with `SHOP_`.
pub struct Shop {
    /// Who we are, in letters.
    pub name: String,
    /// How many days customers have to pay.
    pub due_days: u32,
}

impl Section for Shop {
    const PREFIX: &'static str = "SHOP";

    fn read(reader: &mut SectionReader) -> Result<Self, SettingsError> {
        Ok(Self {
            name: reader.text("NAME", "who we are, in letters; by default The shop").or("The shop".to_owned())?,
            due_days: reader
                .number("DUE_DAYS", "how many days customers have to pay; by default 30", 0..=365)
                .or(30)?,
        })
    }
}
