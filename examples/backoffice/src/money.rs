//! What money is: whole cents.

use kwik::prelude::*;

/// Refuses fractions of a cent, which nobody can pay.
pub fn cents(amount: &Decimal) -> Result<(), &'static str> {
    if amount.normalize().scale() <= 2 { Ok(()) } else { Err("must have at most two decimal places") }
}
