//! Decimals on PostgreSQL's wire, digit for digit: the driver's own form drops the zeros of zero, so that
//! `0.00` would come back as `0`.
//!
//! The binary form of `numeric`: the number of groups, the weight of the first, the sign, the number of
//! digits after the point, then the groups of four digits each (`numeric_send` in PostgreSQL's
//! `numeric.c`).

use rust_decimal::Decimal;
use sqlx::{
    Decode, Encode, Postgres, Type,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgTypeInfo, PgValueFormat, PgValueRef},
};

/// What a group counts to.
const BASE: i128 = 10_000;
/// The bytes before the groups.
const HEAD: usize = 8;
const POSITIVE: u16 = 0x0000;
const NEGATIVE: u16 = 0x4000;

/// A decimal with all of its zeros.
pub(super) struct Numeric(pub(super) Decimal);

impl Type<Postgres> for Numeric {
    fn type_info() -> PgTypeInfo {
        Decimal::type_info()
    }
}

impl Encode<'_, Postgres> for Numeric {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let (mantissa, scale) = (self.0.mantissa(), self.0.scale());
        // Whole groups after the point.
        let after = scale.div_ceil(4);
        let mut rest = mantissa.unsigned_abs() * 10u128.pow(after * 4 - scale);
        let mut groups = Vec::with_capacity(9);
        while rest > 0 {
            groups.push(u16::try_from(rest % BASE.unsigned_abs())?);
            rest /= BASE.unsigned_abs();
        }
        let count = i16::try_from(groups.len())?;
        let weight = if count == 0 { 0 } else { count - i16::try_from(after)? - 1 };
        let sign = if mantissa < 0 { NEGATIVE } else { POSITIVE };
        for part in [count.to_be_bytes(), weight.to_be_bytes(), sign.to_be_bytes(), u16::try_from(scale)?.to_be_bytes()]
        {
            buffer.extend(&part);
        }
        for group in groups.iter().rev() {
            buffer.extend(&group.to_be_bytes());
        }
        Ok(IsNull::No)
    }
}

impl Decode<'_, Postgres> for Numeric {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        match value.format() {
            PgValueFormat::Binary => {
                read(value.as_bytes()?).map(Self).ok_or_else(|| "a numeric is no decimal of 28 digits".into())
            }
            PgValueFormat::Text => Ok(Self(Decimal::from_str_exact(value.as_str()?)?)),
        }
    }
}

/// The decimal in these bytes; none when they hold no number, or one that a decimal cannot hold.
fn read(bytes: &[u8]) -> Option<Decimal> {
    let (head, groups) = bytes.split_at_checked(HEAD)?;
    let part = |n: usize| head.get(2 * n..2 * n + 2).and_then(|pair| pair.try_into().ok());
    let (weight, sign) = (i16::from_be_bytes(part(1)?), u16::from_be_bytes(part(2)?));
    let scale = u32::from(u16::from_be_bytes(part(3)?));
    // In units of the last digit after the point.
    let mut mantissa = 0i128;
    for (n, group) in groups.chunks_exact(2).enumerate() {
        let group = i128::from(u16::from_be_bytes(group.try_into().ok()?));
        let power = 4 * (i64::from(weight) - i64::try_from(n).ok()?) + i64::from(scale);
        let units = match u32::try_from(power) {
            Ok(power) => group.checked_mul(10i128.checked_pow(power)?)?,
            // The last group reaches beyond the scale, with zeros.
            Err(_) => group / 10i128.checked_pow(u32::try_from(-power).ok()?)?,
        };
        mantissa = mantissa.checked_add(units)?;
    }
    match sign {
        POSITIVE => Decimal::try_from_i128_with_scale(mantissa, scale).ok(),
        NEGATIVE => Decimal::try_from_i128_with_scale(-mantissa, scale).ok(),
        // Not a number, or infinite.
        _ => None,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn comes_back_digit_for_digit() {
        for text in [
            "0",
            "0.00",
            "-0.1",
            "1",
            "10000",
            "10000.0000",
            "0.0001",
            "0.00010000",
            "12345.678",
            "-9999.9999",
            "0.0000000000000000000000000001",
            "9999999999999999999999999999",
            "1.0000000000000000000000000000",
            "79228162514264337593543950335",
        ] {
            let number: Decimal = text.parse().unwrap();
            let mut buffer = PgArgumentBuffer::default();
            let _ = Numeric(number).encode_by_ref(&mut buffer).unwrap();
            assert_eq!(read(&buffer).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_a_decimal_cannot_hold_is_none() {
        let nan = [0, 0, 0, 0, 0xc0, 0, 0, 0];
        let huge = [0, 1, 0, 9, 0, 0, 0, 0, 0, 1];
        let cut = [0, 1, 0, 0, 0];
        assert!([&nan[..], &huge, &cut].iter().all(|bytes| read(bytes).is_none()));
    }
}
