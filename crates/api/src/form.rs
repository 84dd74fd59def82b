//! Bodies of a user's endpoints, read by metadata.

use crate::{
    http::{JSON, body_of},
    problem::Problem,
    resource::schema,
};
use kwik_domain::{Form, entity::parse_json};
use poem::{Request, RequestBody};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef, Registry},
};

/// A body of JSON that is read as strictly as those of entities: every error at once, unknown names refused,
/// nothing taken for something else. An extractor of endpoints.
#[derive(Clone, Debug)]
pub struct Body<F>(pub F);

/// What the name of a schema is registered with whose description is made by metadata.
pub(crate) const FORM: &str = "kwik:form:";

impl<'a, F: Form> ApiExtractor<'a> for Body<F> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        let mut placeholder = MetaSchema::new("object");
        // The registry knows no schemas like ours; the document puts the text in its place.
        placeholder.title = Some(format!("{FORM}{}", schema::form(F::META)));
        registry.schemas.entry(F::META.name.to_owned()).or_insert(placeholder);
    }

    fn request_meta() -> Option<MetaRequest> {
        let schema = MetaSchemaRef::Reference(F::META.name.to_owned());
        let content = vec![MetaMediaType { content_type: JSON, schema }];
        Some(MetaRequest { description: None, content, required: true })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let read = async {
            let bytes = body_of(request, body.take()?, JSON).await.map_err(Problem::from)?;
            parse_json::<F>(F::META, &bytes).map_err(|error| poem::Error::from(Problem::from(error)))
        };
        read.await.map(Self)
    }
}
