//! The extractor by which an endpoint carries a command out at most once.

use crate::{KeptAnswer, Replayed, Reply, caller::caller, keyed::Keyed};
use kwik_api::{ApiResult, problem::Problem};
use kwik_app::{Command, Data};
use kwik_domain::{Conflict, Ctx, Entity, Error, Issue, ParameterError};
use poem::{Request, RequestBody, http::StatusCode};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaParamIn, MetaSchema, MetaSchemaRef},
};
use sha2::{Digest, Sha256};
use std::{fmt::Write, marker::PhantomData};

/// The header with the key.
pub const HEADER: &str = "Idempotency-Key";

/// The longest key, in characters.
const MAX_LENGTH: usize = 255;

/// How often it is looked for the other answer when it is gone each time.
const TRIES: usize = 4;

/// Carries a command out at most once for each key that a caller chooses, in the header
/// `Idempotency-Key`: 1 to 255 printable characters of ASCII. Without the header it carries out what it
/// is given. An extractor of endpoints, documented as an optional header.
#[derive(Debug, Default)]
pub struct Once {
    key: Option<String>,
    /// Method and path: what was asked for, beside the command.
    operation: String,
}

impl Once {
    /// Carries the command out, unless this caller has got an answer for the key in the last 24 hours,
    /// which is given again then: the same status, body and `ETag`, with `Idempotency-Replayed: true`. Of
    /// two at once, one waits for the other. What fails leaves no answer behind and may be tried again.
    ///
    /// What is asked for is the method, the path and the `Debug` text of the command: it must say
    /// everything that makes a difference. Of a [`Secret`](kwik_domain::Secret) it says nothing.
    ///
    /// # Errors
    ///
    /// 422 `idempotency_key_reused` when the key stands for something else that was asked for; 400 when
    /// nobody has signed in; and what [`Data::run`] says.
    pub async fn run<C, R>(&self, ctx: &Ctx, data: &Data, command: &C) -> ApiResult<Replayed<R>>
    where
        C: Command,
        R: Reply<C::Answer>,
    {
        let Some(key) = &self.key else {
            return Ok(Replayed::first(R::of(data.run(ctx, command).await?, ctx, data).into_response()));
        };
        let fingerprint = self.fingerprint(command);
        let keyed = Keyed { command, caller: caller(ctx)?, key, fingerprint, reply: PhantomData::<fn() -> R> };
        for _ in 0..TRIES {
            match data.run(ctx, &keyed).await {
                Ok(kept) => return Ok(Replayed::first(kept.response())),
                Err(Error::Conflict(Conflict::Taken { entity, .. })) if entity == KeptAnswer::META.collection => {}
                Err(error) => return Err(error.into()),
            }
            match keyed.kept(ctx, data).await? {
                Some(kept) if kept.fingerprint == keyed.fingerprint => return Ok(Replayed::again(kept.response())),
                Some(_) => return Err(reused()),
                // It has become too old between the two looks.
                None => {}
            }
        }
        Err(Error::from(Conflict::Contention).into())
    }

    fn fingerprint(&self, command: &impl Command) -> String {
        let hash = Sha256::digest(format!("{}\n{command:?}", self.operation));
        hash.iter().fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a string does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

fn reused() -> Problem {
    let detail = "this Idempotency-Key stands for another request; choose a new key for each";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", detail)
}

/// The key of a request.
fn key(request: &Request) -> Result<Option<String>, Error> {
    let mut values = request.headers().get_all(HEADER).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        let is_there = request.headers().contains_key(HEADER);
        return if is_there { Err(invalid()) } else { Ok(None) };
    };
    let text = value.to_str().map_err(|_| invalid())?;
    let is_printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if is_printable && (1..=MAX_LENGTH).contains(&text.len()) { Ok(Some(text.to_owned())) } else { Err(invalid()) }
}

fn invalid() -> Error {
    let issue = Issue::new("invalid", "must be one value of 1 to 255 printable ASCII characters");
    Error::InvalidQuery(vec![ParameterError::new(HEADER, issue)])
}

impl<'a> ApiExtractor<'a> for Once {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    const PARAM_IS_REQUIRED: bool = false;
    type ParamType = ();
    type ParamRawType = ();

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Header)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        let schema = MetaSchema {
            // The registrar names the parameter by it.
            title: Some(format!("{}{HEADER}", kwik_api::HEADER_TITLE)),
            description: Some(
                "Chosen by the caller. A request that is repeated with the same key within 24 hours is not \
                 carried out again: it gets the first one's answer.",
            ),
            min_length: Some(1),
            max_length: Some(MAX_LENGTH),
            // Spaces at its ends are not sent.
            pattern: Some("^[!-~][ -~]*$".to_owned()),
            ..MetaSchema::new("string")
        };
        Some(MetaSchemaRef::Inline(Box::new(schema)))
    }

    async fn from_request(request: &'a Request, _: &mut RequestBody, _: ExtractParamOptions<()>) -> poem::Result<Self> {
        let key = key(request).map_err(Problem::from)?;
        let path = request.original_uri().path().trim_end_matches('/');
        Ok(Self { key, operation: format!("{} {path}", request.method()) })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn keys_are_printable_and_not_too_long() {
        let of = |values: &[&str]| {
            let mut request = Request::builder();
            for value in values {
                request = request.header(HEADER, *value);
            }
            key(&request.finish())
        };
        assert_eq!(of(&[]).unwrap(), None);
        assert_eq!(of(&["a b~"]).unwrap().as_deref(), Some("a b~"));
        assert_eq!(of(&["x".repeat(255).as_str()]).unwrap().map(|key| key.len()), Some(255));
        for wrong in [&[""][..], &["x".repeat(256).as_str()], &["a\tb"], &["a", "a"], &["é"]] {
            assert!(matches!(of(wrong), Err(Error::InvalidQuery(_))), "{wrong:?}");
        }
    }
}
