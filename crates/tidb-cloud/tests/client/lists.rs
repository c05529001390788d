//! When a list is a list.

use crate::script::{Answer, Script, URGENT, client, lost, page, project, row, said, scope};
use cloud::Error;
use tidb_cloud::Scope;

async fn read(answers: Vec<Answer>) -> Result<Vec<String>, Error> {
    let found = client(Script::new(answers)).connections(&scope(), URGENT).await?;
    Ok(found.connections.into_iter().map(|connection| connection.key.id.0).collect())
}

async fn check_incomplete(answers: Vec<Answer>, part: &str) {
    let error = read(answers).await.unwrap_err();
    let Error::Incomplete { message, .. } = &error else { panic!("{error:?}") };
    assert!(message.contains(part), "{message}");
}

fn token(token: &str) -> String {
    format!(r#","nextPageToken":"{token}""#)
}

#[tokio::test(start_paused = true)]
async fn absent_null_and_empty_tokens_end_a_list() {
    for end in ["", r#","nextPageToken":null"#, r#","nextPageToken":"""#] {
        let answers = vec![page(&[row(1)], &token("t")), page(&[row(2)], end)];
        assert_eq!(read(answers).await.unwrap(), ["1", "2"], "{end}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_empty_project_is_an_empty_list() {
    for body in ["{}", r#"{"privateEndpointConnections":null,"totalSize":0}"#] {
        assert_eq!(read(vec![said(200, body)]).await.unwrap(), [""; 0]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_fails_fails_the_list() {
    let first = || page(&[row(1)], &token("t"));
    let forbidden = said(403, r#"{"code":7,"message":"no"}"#);
    assert!(matches!(read(vec![first(), forbidden]).await, Err(Error::Denied { .. })));
    let answers = vec![first(), lost(), lost(), lost()];
    assert!(matches!(read(answers).await, Err(Error::Unreachable { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_died_is_no_mistake_of_ours() {
    let refused = || said(400, r#"{"code":3,"message":"invalid page token"}"#);
    check_incomplete(vec![page(&[row(1)], &token("t")), refused()], "invalid page token").await;
    assert!(matches!(read(vec![refused()]).await, Err(Error::Refused { .. })));
}

#[tokio::test(start_paused = true)]
async fn what_contradicts_itself_is_incomplete() {
    let again = || page(&[row(1)], &token("t"));
    check_incomplete(vec![again(), again()], "repeats a page token").await;
    check_incomplete(vec![page(&[row(1), row(1)], r#","totalSize":2"#)], "1 rows").await;
    let empty = |name: &str| page(&[], &token(name));
    check_incomplete(vec![empty("a"), empty("b"), empty("c"), empty("d")], "empty pages").await;
}

#[tokio::test(start_paused = true)]
async fn a_row_that_cannot_be_used_is_not_dropped() {
    let nameless = row(2).replace("privateEndpointConnectionId", "theId");
    check_incomplete(vec![page(&[row(1), nameless], "")], "without privateEndpointConnectionId")
        .await;
    let clusters = said(200, r#"{"clusters":[{"displayName":"orders"}]}"#);
    let error = client(Script::new([clusters])).clusters(&project(), URGENT).await.unwrap_err();
    assert!(matches!(error, Error::Incomplete { .. }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_list_of_something_else_is_not_ours() {
    let foreign = row(2).replace("137", "138");
    check_incomplete(vec![page(&[row(1), foreign], "")], "asked for 137, got a row of 138").await;
    let cluster = Scope::Cluster(tidb_cloud::ClusterId("9".into()));
    let list = client(Script::new([page(&[row(1)], "")])).connections(&cluster, URGENT).await;
    assert!(matches!(list, Err(Error::Incomplete { .. })), "{list:?}");
}

#[tokio::test(start_paused = true)]
async fn a_thousand_endpoints_cost_ten_requests() {
    let pages = (0..10).map(|number| {
        let rows: Vec<String> = (0..100).map(|index| row(number * 100 + index)).collect();
        let next = if number < 9 { token(&format!("t{number}")) } else { String::new() };
        page(&rows, &format!(r#","totalSize":1000{next}"#))
    });
    let script = Script::new(pages);
    let found = client(script.clone()).connections(&scope(), URGENT).await.unwrap();
    assert_eq!((found.connections.len(), script.seen().len()), (1_000, 10));
}
