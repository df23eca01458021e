//! The pages: drawn here first, so that they can be read at once and without a script, then taken over by the browser.
//!
//! The files that go with them (script, style, mark) lie in one folder, `--site`. What a page shows it asks from the
//! same addresses as any program, without a socket between, with the cookies of whoever reads it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use app::browser::{Drawn, fetch::Inquiry};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use leptos::{
    config::{Env, LeptosOptions},
    context::provide_context,
    nonce::use_nonce,
    prelude::{expect_context, use_context},
};
use leptos_axum::ResponseOptions;
use tower::ServiceExt;
use tower_http::{compression::CompressionLayer, services::ServeDir};

use crate::{Config, Refused, clock};

/// Name of the script, the WebAssembly and the style sheet.
const NAME: &str = "fengqiao";
/// Folder of these under the folder of the pages' files.
const PACKAGE: &str = "pkg";
/// A browser keeps files of the pages but asks each time whether they are still the same.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// What staff, or whoever was sent a paper, have read must not come back to whoever sits at the computer after them.
const KEPT_BY_NOBODY: HeaderValue = HeaderValue::from_static("no-store");

/// Folders in which the pages' files are looked for when none is named: beside the program, where it was built, and
/// where one builds it.
#[must_use]
pub fn found() -> Option<PathBuf> {
    let program = std::env::current_exe().unwrap_or_default();
    let beside = program.parent().unwrap_or(Path::new(".")).to_path_buf();
    [beside.join("site"), beside.join("../site"), PathBuf::from("target/site")]
        .into_iter()
        .find(|folder| folder.join(PACKAGE).is_dir())
}

/// The pages. `addresses` answers what they ask.
pub fn pages(config: &Config, folder: &Path, addresses: Router) -> Router {
    // A second call changes nothing: tests open several servers in one program.
    let _ = any_spawner::Executor::init_tokio();
    let options = LeptosOptions::builder()
        .output_name(NAME)
        .site_root(folder.to_string_lossy())
        .site_pkg_dir(PACKAGE)
        .env(Env::PROD)
        .build();
    let files =
        ServeDir::new(folder).append_index_html_on_directories(false).precompressed_br().precompressed_gzip();
    let drawing = Drawing { options, addresses, lines: lines_to(&config.public) };
    let answer = move |request: Request| answer(files, drawing, request);
    Router::new().fallback(answer).layer(CompressionLayer::new().br(true).gzip(true))
}

/// What every page is drawn with.
#[derive(Clone)]
struct Drawing {
    options: LeptosOptions,
    addresses: Router,
    lines: String,
}

/// Where a page may open its line to the room: older browsers do not count it among the page's own addresses.
fn lines_to(public: &str) -> String {
    public.strip_prefix("http").map(|rest| format!("ws{rest}")).unwrap_or_default()
}

async fn answer(files: ServeDir, drawing: Drawing, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Refused::WrongMethod.into_response();
    }
    let path = request.uri().path();
    if path == "/api" || path.starts_with("/api/") {
        return Refused::NoSuchPage.into_response();
    }
    // A file has an ending; a page has none.
    if path.rsplit('/').next().is_some_and(|name| name.contains('.')) {
        return match files.oneshot(request).await {
            Ok(file) if file.status() == StatusCode::NOT_FOUND => Refused::NoSuchPage.into_response(),
            Ok(file) => kept(file.map(Body::new), ASK_AGAIN),
            Err(never) => match never {},
        };
    }
    let confided =
        path == "/office" || ["/office/", "/deliveries/"].iter().any(|begin| path.starts_with(begin));
    kept(draw(drawing, request).await, if confided { KEPT_BY_NOBODY } else { ASK_AGAIN })
}

fn kept(mut answer: Response, how: HeaderValue) -> Response {
    answer.headers_mut().entry(header::CACHE_CONTROL).or_insert(how);
    answer
}

async fn draw(drawing: Drawing, request: Request) -> Response {
    let Drawing { options, addresses, lines } = drawing;
    let given = move || {
        if let Some(parts) = use_context::<Parts>() {
            provide_context(inquiry(addresses.clone(), &parts));
        }
        provide_context(Drawn(clock::now().0));
        let answer = expect_context::<ResponseOptions>();
        let (asked, missing) = (answer.clone(), StatusCode::NOT_FOUND);
        provide_context(app::Missing(Arc::new(move || asked.set_status(missing))));
        let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
        if let Ok(policy) = HeaderValue::from_str(&policy(&nonce, &lines)) {
            answer.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    };
    let path = request.uri().path().to_string();
    leptos_axum::render_app_async_with_context(given, move || app::shell(options.clone(), &path))(request)
        .await
}

/// What a page may load and do: its own files, and scripts that carry the word of this one answer.
fn policy(nonce: &str, lines: &str) -> String {
    let papers: &str = &crate::papers::STYLE_SOURCE;
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self' {papers}; \
         img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; connect-src 'self' {lines}; \
         frame-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

/// Asks the addresses of this server in the name of whoever reads the page.
fn inquiry(addresses: Router, reader: &Parts) -> Inquiry {
    let cookie = reader.headers.get(header::COOKIE).cloned();
    let extensions = reader.extensions.clone();
    Inquiry(Arc::new(move |path: String| {
        let (addresses, cookie, extensions) = (addresses.clone(), cookie.clone(), extensions.clone());
        Box::pin(async move {
            let Ok(mut request) = Request::builder().uri(path).body(Body::empty()) else {
                return (StatusCode::BAD_REQUEST.as_u16(), Vec::new());
            };
            *request.extensions_mut() = extensions;
            if let Some(cookie) = cookie {
                request.headers_mut().insert(header::COOKIE, cookie);
            }
            match addresses.oneshot(request).await {
                Ok(answer) => {
                    let status = answer.status().as_u16();
                    // Our own answer, whose size is ours to know.
                    let bytes = to_bytes(answer.into_body(), usize::MAX).await.unwrap_or_default();
                    (status, bytes.to_vec())
                }
                Err(never) => match never {},
            }
        })
    }))
}
