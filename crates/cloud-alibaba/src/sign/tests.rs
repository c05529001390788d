//! The vendor's own figures: the example of its description, and what its Python SDK put on the wire.

use super::*;
use serde_json::Value as Json;

fn texts(json: &Json) -> BTreeMap<String, String> {
    let pair = |(key, value): (&String, &Json)| (key.clone(), value.as_str().unwrap().to_owned());
    json.as_object().unwrap().iter().map(pair).collect()
}

#[test]
fn the_vendors_figures() {
    let file: Json = serde_json::from_str(include_str!("../../fixtures/signatures.json")).unwrap();
    let text = |json: &Json| json.as_str().unwrap().to_owned();
    let (key_id, secret) = (text(&file["access_key_id"]), text(&file["access_key_secret"]));
    let vectors = file["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 10);
    for vector in vectors {
        let name = text(&vector["name"]);
        let (query, headers) = (texts(&vector["query"]), texts(&vector["headers"]));
        let headers = headers.iter().map(|(name, value)| (&**name, value.clone())).collect();
        let body = text(&vector["body"]);
        let request = Signable {
            method: "POST",
            path: "/",
            query: &query,
            headers: &headers,
            body: body.as_bytes(),
        };
        assert_eq!(headers["x-acs-content-sha256"], body_hash(body.as_bytes()), "{name}");
        let canonical = canonical(&request);
        assert_eq!(canonical, text(&vector["canonical_request"]), "{name}");
        assert_eq!(string_to_sign(&canonical), text(&vector["string_to_sign"]), "{name}");
        let signed = authorization(&request, &key_id, &secret);
        assert!(signed.ends_with(&text(&vector["signature"])), "{name}: {signed}");
        if let Some(expected) = vector["authorization"].as_str() {
            assert_eq!(signed, expected, "{name}");
        }
    }
}

#[test]
fn a_form_is_sorted_and_encoded() {
    let parameters = [("b", "x y"), ("a", "~*+/é"), ("c", "")];
    let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(form(&BTreeMap::from(parameters)), "a=~%2A%2B%2F%C3%A9&b=x%20y&c=");
}
