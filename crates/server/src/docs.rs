//! The page on which the interface can be read and tried out, without any other server.

use poem::{
    Endpoint, EndpointExt, Response, Route,
    endpoint::make_sync,
    get,
    http::{HeaderName, HeaderValue, header},
};
use poem_openapi::OpenApiService;

/// Scripts and styles come from here alone; the page sets styles on its elements.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// What the page runs: the document's address is in the page itself.
const SETUP: &str = "window.ui = SwaggerUIBundle({\n  dom_id: '#ui',\n  url: document.getElementById('ui').dataset.document,\n  \
     deepLinking: true,\n  persistAuthorization: true,\n  tryItOutEnabled: true,\n  displayRequestDuration: true,\n  \
     withCredentials: false,\n  defaultModelsExpandDepth: 0,\n});\n";

/// Of the sign-in form, what has no effect here: clients' credentials, and the choice of scopes. A token
/// is good for all that its user may do.
const STYLE: &str = "\n.auth-container .scopes, .auth-container .scope-def,\n\
     .auth-container .wrapper:has(> [for=password_type], > [for=client_id_password], > [for=client_secret_password])\n\
     { display: none }\n";

/// Adds the page and its parts below `/docs`, and the document itself at `document_path`.
pub fn docs_routes(routes: Route, title: &str, document_path: &str, document: String) -> Route {
    let (style, script) = assets();
    let style = style + STYLE;
    let page = page(title, document_path);
    let html = "text/html; charset=utf-8";
    routes
        .at("/docs", get(part(page.clone(), html)))
        .at("/docs/", get(part(page.clone(), html)))
        // Kwik has a second page there.
        .at("/redoc", get(part(page, html)))
        .at("/docs/style.css", get(part(style, "text/css; charset=utf-8")))
        .at("/docs/script.js", get(part(script, "text/javascript; charset=utf-8")))
        .at("/docs/setup.js", get(part(SETUP.to_owned(), "text/javascript; charset=utf-8")))
        .at(document_path, get(part(document, "application/json")))
}

fn page(title: &str, document_path: &str) -> String {
    let (title, document_path) = (escape(title), escape(document_path));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{title}</title>\n<link rel=\"stylesheet\" href=\"/docs/style.css\">\n<link rel=\"icon\" href=\"data:,\">\n</head>\n<body>\n\
         <div id=\"ui\" data-document=\"{document_path}\"></div>\n<script src=\"/docs/script.js\"></script>\n\
         <script src=\"/docs/setup.js\"></script>\n</body>\n</html>\n"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// The library carries the page in one piece; its style and its script are served apart, so that no
/// script need be allowed within the page.
fn assets() -> (String, String) {
    let page = OpenApiService::new((), "", "").swagger_ui_html();
    let between = |open: &str, close: &str| {
        let from = page.find(open).map_or(0, |at| at + open.len());
        let to = page[from..].find(close).map_or(from, |at| from + at);
        page[from..to].to_owned()
    };
    (between("<style charset=\"UTF-8\">", "</style>"), between("<script charset=\"UTF-8\">", "</script>\n</head>"))
}

fn part(body: String, content_type: &'static str) -> impl Endpoint {
    make_sync(move |_| {
        let mut response = Response::builder().body(body.clone());
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(HeaderName::from_static("content-security-policy"), HeaderValue::from_static(POLICY));
        response
    })
    .map_to_response()
}
