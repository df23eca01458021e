//! The description of the HTTP interface leaves nothing out.

use std::collections::BTreeSet;

use serde_json::Value;
use tempfile::TempDir;

use crate::office::{Running, Staff, local};

const ROUTER: &str = include_str!("../../src/router.rs");

/// Addresses that change something and need no body.
const WITHOUT_BODY: &[&str] = &[
    "/api/sign-out",
    "/api/hearings/{id}/deliveries/{delivery}/again",
    "/api/deliveries/{token}/acknowledgement",
];

/// Method and path of every route of the router, read from its source.
fn routes() -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for route in ROUTER.split(".route(").skip(1) {
        let (path, rest) =
            route.trim_start().strip_prefix('"').and_then(|rest| rest.split_once('"')).expect("a path");
        // Up to the parenthesis that closes the route.
        let mut depth = 1;
        let taken = rest.chars().take_while(|letter| {
            depth += i32::from(*letter == '(') - i32::from(*letter == ')');
            depth > 0
        });
        let answers: String = taken.collect();
        for method in ["get", "post", "put", "patch", "delete"] {
            let begins =
                |before: Option<char>| before.is_none_or(|letter| !letter.is_alphanumeric() && letter != '_');
            let asked = format!("{method}(");
            if answers.match_indices(&asked).any(|(at, _)| begins(answers[..at].chars().next_back())) {
                found.insert((method.into(), path.into()));
            }
        }
    }
    found
}

async fn description() -> Value {
    let folder = TempDir::new().unwrap();
    let server = Running::start(local(&folder)).await;
    let (status, description) = Staff::nobody(&server).get("/api/openapi.json").await;
    assert_eq!(status, 200);
    server.stop().await;
    description
}

fn operations(description: &Value) -> impl Iterator<Item = (&String, &String, &Value)> {
    let paths = description["paths"].as_object().expect("paths");
    paths.iter().flat_map(|(path, methods)| {
        methods.as_object().expect("methods").iter().map(move |(method, told)| (method, path, told))
    })
}

#[tokio::test]
async fn every_route_is_described_and_nothing_else() {
    let routes = routes();
    assert!(routes.len() > 25 && routes.contains(&("post".into(), "/api/pool".into())), "{routes:?}");
    let description = description().await;
    let described: BTreeSet<_> =
        operations(&description).map(|(method, path, _)| (method.clone(), path.clone())).collect();
    let forgotten: Vec<_> = routes.difference(&described).collect();
    assert!(forgotten.is_empty(), "not in the description: {forgotten:?}");
    let invented: Vec<_> = described.difference(&routes).collect();
    assert!(invented.is_empty(), "not in the router: {invented:?}");
}

#[tokio::test]
async fn every_route_tells_its_parameters_its_body_its_answer_and_its_refusal() {
    let description = description().await;
    for (method, path, told) in operations(&description) {
        let here = format!("{method} {path}");
        let parameters: BTreeSet<&str> = told["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == "path")
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        let named: BTreeSet<&str> =
            path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        assert_eq!(parameters, named, "{here}");
        let body = told["requestBody"]["content"].as_object().and_then(|content| content.values().next());
        let wants_body = matches!(method.as_str(), "post" | "put" | "patch");
        assert_eq!(body.is_some(), wants_body && !WITHOUT_BODY.contains(&path.as_str()), "{here}");
        assert!(body.is_none_or(|body| body["schema"].is_object()), "{here}");
        let responses = told["responses"].as_object().expect("responses");
        let answers = |status: &String| status.starts_with('2') || ["101", "303"].contains(&status.as_str());
        assert!(responses.keys().any(answers), "{here}");
        let refusal =
            &responses.get("4XX").unwrap_or(&Value::Null)["content"]["application/json"]["schema"]["$ref"];
        assert_eq!(refusal, "#/components/schemas/Refusal", "{here}");
    }
}

#[tokio::test]
async fn whatever_the_description_points_at_is_there() {
    let description = description().await;
    let text = description.to_string();
    let pointers: BTreeSet<&str> =
        text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(pointers.len() > 5);
    for pointer in pointers {
        assert!(description.pointer(pointer).is_some(), "{pointer}");
    }
    let proofs = description["components"]["securitySchemes"].as_object().expect("proofs");
    for (method, path, told) in operations(&description) {
        for proof in told["security"].as_array().into_iter().flatten() {
            let name = proof.as_object().and_then(|proof| proof.keys().next()).expect("a proof");
            assert!(proofs.contains_key(name), "{method} {path}: {name}");
        }
    }
}
