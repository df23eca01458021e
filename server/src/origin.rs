//! Whether a request comes from a page of this site: asked of everything that a browser sends by itself.

use axum::http::{HeaderMap, Method, header};

use crate::Config;

/// Whether the page that sent this may act here. Programs that are no browsers send no origin and may.
#[must_use]
pub fn is_ours(config: &Config, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin" || site == "none");
    };
    let Ok(origin) = origin.to_str() else { return false };
    if origin == config.public || config.origins.iter().any(|allowed| allowed == origin) {
        return true;
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let named = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    named.is_some() && named == host
}

/// Whether a method changes nothing.
#[must_use]
pub fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_pages_of_this_site_and_programs_may_act() {
        let mut config = Config::local("data".into());
        config.origins = vec!["https://also.example".into()];
        let asks = |pairs: &[_]| is_ours(&config, &headers(pairs));
        assert!(asks(&[]));
        assert!(asks(&[("origin", "http://a.example:3000"), ("host", "a.example:3000")]));
        assert!(asks(&[("origin", "https://also.example"), ("host", "a.example")]));
        assert!(!asks(&[("origin", "https://evil.example"), ("host", "a.example")]));
        assert!(!asks(&[("origin", "null"), ("host", "a.example")]));
        assert!(!asks(&[("sec-fetch-site", "cross-site")]));
    }
}
