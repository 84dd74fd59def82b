//! Extractors by which a user's endpoint declares who may call it, and gets the context.

use crate::{gate::context, problem::Problem};
use kwik_domain::Ctx;
use poem::{Request, RequestBody, Result};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use std::{marker::PhantomData, ops::Deref};

/// A permission as a type; made by the macro `permission!` of the facade.
pub trait Permission: Send + Sync + 'static {
    /// The permission's name.
    const NAME: &'static str;
}

/// What an extractor reports itself as, for the registrar to read. Followed by the permission.
pub(crate) const PERMISSION: &str = "kwik:permission:";
/// The report of [`SignedIn`].
pub(crate) const SIGNED_IN: &str = "kwik:signed-in";
/// The report of [`Public`].
pub(crate) const PUBLIC: &str = "kwik:public";

/// What the title of a parameter's schema begins with where the extractor always takes the same header,
/// whatever the argument is called; the header's name follows.
pub const HEADER_TITLE: &str = "kwik:header:";

/// Only who has the permission may call; holds the context of the request.
#[derive(Debug)]
pub struct Allow<P> {
    ctx: Ctx,
    permission: PhantomData<fn() -> P>,
}

impl<P> Deref for Allow<P> {
    type Target = Ctx;
    fn deref(&self) -> &Ctx {
        &self.ctx
    }
}

/// Only who has signed in may call; holds the context of the request.
#[derive(Debug)]
pub struct SignedIn(Ctx);

impl Deref for SignedIn {
    type Target = Ctx;
    fn deref(&self) -> &Ctx {
        &self.0
    }
}

/// Everybody may call; holds the context of the request, whose actor is nobody.
#[derive(Debug)]
pub struct Public(Ctx);

impl Deref for Public {
    type Target = Ctx;
    fn deref(&self) -> &Ctx {
        &self.0
    }
}

macro_rules! extractor {
    ([$($generics:tt)*] $type:ty, $scheme:expr, |$ctx:ident| $make:expr) => {
        impl<'a, $($generics)*> ApiExtractor<'a> for $type {
            const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
            type ParamType = ();
            type ParamRawType = ();

            fn security_schemes() -> Vec<&'static str> {
                vec![$scheme]
            }

            async fn from_request(
                request: &'a Request,
                _: &mut RequestBody,
                _: ExtractParamOptions<()>,
            ) -> Result<Self> {
                let $ctx = context(request).map_err(Problem::from)?.clone();
                Ok($make)
            }
        }
    };
}

// The library knows schemes by name only, so the name carries the permission. It is made once per
// permission and start.
extractor!([P: Permission] Allow<P>, format!("{PERMISSION}{}", P::NAME).leak(), |ctx| Self { ctx, permission: PhantomData });
extractor!([] SignedIn, SIGNED_IN, |ctx| Self(ctx));
extractor!([] Public, PUBLIC, |ctx| Self(ctx));
