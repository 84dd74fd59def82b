//! JSON on PostgreSQL's wire: the number of the format, then the text (`jsonb_send` in PostgreSQL's `jsonb.c`).

use kwik_domain::JsonRef;
use sqlx::{
    Encode, Postgres, Type,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo},
    types::Json,
};

/// JSON that somebody else holds.
pub(super) struct Jsonb<'a>(pub(super) JsonRef<'a>);

impl Type<Postgres> for Jsonb<'_> {
    fn type_info() -> PgTypeInfo {
        <Json<()> as Type<Postgres>>::type_info()
    }
}

impl PgHasArrayType for Jsonb<'_> {
    fn array_type_info() -> PgTypeInfo {
        Json::<()>::array_type_info()
    }
}

impl Encode<'_, Postgres> for Jsonb<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let mut text = vec![1];
        self.0.write(&mut text);
        buffer.extend(&text);
        Ok(IsNull::No)
    }
}
