//! The published examples, and who gets which nonce.

use super::*;
use cloud::Request as Out;
use secrecy::SecretString;
use std::fmt::Write as _;

const RFC_7616: &str = "http-auth@example.org";

fn answer(challenge: &str, cnonce: &str, password: &str) -> String {
    let mut client = PasswordClient::try_from(challenge).unwrap();
    let PasswordClient::Digest(client) = &mut client else { panic!("not a digest challenge") };
    let params = PasswordParams {
        username: "Mufasa",
        password,
        uri: "/dir/index.html",
        method: "GET",
        body: None,
    };
    client.respond_with_testing_cnonce(&params, cnonce).unwrap()
}

fn check_7616(algorithm: &str, expected: &str) {
    let challenge = format!(
        r#"Digest realm="{RFC_7616}", qop="auth, auth-int", algorithm={algorithm},
        nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#
    );
    let cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
    let answer = answer(&challenge.replace('\n', " "), cnonce, "Circle of Life");
    assert!(answer.contains(&format!("response=\"{expected}\"")), "{answer}");
}

#[test]
fn the_examples_of_rfc_7616() {
    check_7616("MD5", "8ca523f5e9506fed4657c9700eebdbec");
    let sha = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1";
    check_7616("SHA-256", sha);
}

#[test]
fn the_example_of_rfc_2617() {
    let challenge = r#"Digest realm="testrealm@host.com", qop="auth,auth-int",
        nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41""#;
    let answer = answer(&challenge.replace('\n', " "), "0a4f113b", "Circle Of Life");
    assert!(answer.contains("response=\"6629fae49393a05397450978507c4ef1\""), "{answer}");
    assert!(answer.contains("nc=00000001"), "{answer}");
}

fn gate() -> Gate {
    let private = SecretString::from("secret".to_owned());
    Gate::new(ApiKey { public: "pub".into(), private })
}

fn request() -> Out {
    Request::get("https://tidb.test/v1beta1/clusters?a=b").body(bytes::Bytes::new()).unwrap()
}

fn refusal(nonce: &str, more: &str) -> Response {
    let mut challenge = format!("Digest realm=\"r\", nonce=\"{nonce}\", qop=\"auth\"");
    write!(challenge, "{more}").unwrap();
    let answer = Response::new(bytes::Bytes::new());
    let (mut parts, body) = answer.into_parts();
    parts.status = StatusCode::UNAUTHORIZED;
    parts.headers.insert(WWW_AUTHENTICATE, challenge.parse().unwrap());
    Response::from_parts(parts, body)
}

fn fine() -> Response {
    Response::new(bytes::Bytes::new())
}

/// Nonce and count of the header, `-` without one.
async fn signed(passage: &mut Passage<'_>) -> String {
    let header = passage.sign(&request()).await.unwrap();
    let Some(header) = header else { return "-".into() };
    assert!(header.is_sensitive());
    let text = header.to_str().unwrap();
    let field = |name: &str| text.split(", ").find_map(|part| part.strip_prefix(name));
    let nonce = field("nonce=").unwrap().trim_matches('"');
    assert_eq!(field("uri="), Some("\"/v1beta1/clusters?a=b\""));
    format!("{nonce} {}", field("nc=").unwrap().trim_start_matches('0'))
}

async fn open(gate: &Gate, nonce: &str, more: &str) {
    let mut first = gate.passage();
    assert_eq!(signed(&mut first).await, "-");
    assert!(matches!(first.judge(&refusal(nonce, more)), Verdict::Again));
    assert_eq!(signed(&mut first).await, format!("{nonce} 1"));
    assert!(matches!(first.judge(&fine()), Verdict::Through));
}

#[tokio::test]
async fn an_accepted_nonce_serves_everyone_and_counts() {
    let gate = gate();
    open(&gate, "n1", "").await;
    let (mut second, mut third) = (gate.passage(), gate.passage());
    assert_eq!(signed(&mut second).await, "n1 2");
    assert_eq!(signed(&mut third).await, "n1 3");
    assert!(matches!(third.judge(&fine()), Verdict::Through));
    assert!(matches!(second.judge(&fine()), Verdict::Through));
}

#[tokio::test]
async fn a_refused_fresh_nonce_means_the_key() {
    let gate = gate();
    let mut passage = gate.passage();
    signed(&mut passage).await;
    passage.judge(&refusal("n1", ""));
    signed(&mut passage).await;
    assert!(matches!(passage.judge(&refusal("n2", "")), Verdict::Refused));
    assert!(!gate.is_open());
}

#[tokio::test]
async fn a_stale_one_means_the_nonce() {
    let gate = gate();
    open(&gate, "n1", "").await;
    let mut passage = gate.passage();
    assert_eq!(signed(&mut passage).await, "n1 2");
    assert!(matches!(passage.judge(&refusal("n2", ", stale=true")), Verdict::Again));
    assert_eq!(signed(&mut passage).await, "n2 1");
    assert!(matches!(passage.judge(&refusal("n3", ", stale=true")), Verdict::Again));
    assert_eq!(signed(&mut passage).await, "n3 1");
    assert!(matches!(passage.judge(&fine()), Verdict::Through));
    assert_eq!(signed(&mut gate.passage()).await, "n3 2");
}

#[tokio::test]
async fn without_a_challenge_that_we_can_answer_it_is_over() {
    let gate = gate();
    let mut passage = gate.passage();
    signed(&mut passage).await;
    let mut basic = refusal("n1", "");
    basic.headers_mut().insert(WWW_AUTHENTICATE, "Basic realm=\"r\"".parse().unwrap());
    assert!(matches!(passage.judge(&basic), Verdict::Refused));
}

#[tokio::test]
async fn of_several_challenges_the_first_that_we_know() {
    let gate = gate();
    let mut passage = gate.passage();
    signed(&mut passage).await;
    let mut several = refusal("n1", "");
    let unknown =
        "Basic realm=\"r\", Digest realm=\"r\", nonce=\"n0\", algorithm=SHA3, qop=\"auth\"";
    several.headers_mut().insert(WWW_AUTHENTICATE, unknown.parse().unwrap());
    let known = "Digest realm=\"r\", nonce=\"n1\", algorithm=SHA-256, qop=\"auth\"";
    several.headers_mut().append(WWW_AUTHENTICATE, known.parse().unwrap());
    assert!(matches!(passage.judge(&several), Verdict::Again));
    assert_eq!(signed(&mut passage).await, "n1 1");
}

#[tokio::test]
async fn a_session_nonce_is_not_shared() {
    let gate = gate();
    open(&gate, "n1", ", algorithm=MD5-sess").await;
    assert!(!gate.is_open());
}

#[tokio::test]
async fn one_call_at_a_time_fetches_a_nonce() {
    let gate = gate();
    let mut first = gate.passage();
    signed(&mut first).await;
    let mut second = gate.passage();
    let early = tokio::time::timeout(std::time::Duration::ZERO, signed(&mut second)).await;
    assert!(early.is_err(), "the second must wait");
    first.judge(&refusal("n1", ""));
    signed(&mut first).await;
    first.judge(&fine());
    assert_eq!(signed(&mut second).await, "n1 2");
}
