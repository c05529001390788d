//! The real wire before peers that mean harm: each writes its bytes by hand, over a socket of loopback.

#![cfg(test)]

use bytes::Bytes;
use cloud::{BODY_BYTES_MAX, Certainty, Error, HttpWire, Response, Wire, WireError};
use http::header::{AUTHORIZATION, CONTENT_ENCODING, LOCATION};
use std::fmt::Write;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;

const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Nothing here waits so long, unless it hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// How much a peer sends that never ends. A client that would take everything is to fail a test, not the machine; and
/// it is far more than the sockets between the two can hold.
const FLOOD_BYTES: usize = 8 * BODY_BYTES_MAX;

const PIECE_BYTES: usize = 64 << 10;

/// The start of a gzip of zeros up to the first of them. Its one block writes 258 more zeros as two bits of 0, so that
/// a byte of 0 stands for [`BOMB_GROWS`] zeros.
const BOMB_HEAD: [u8; 24] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xed, 0xc0, 0x01, 0x01, 0x00, 0x00,
    0x00, 0x80, 0x90, 0xfe, 0xaf, 0xee, 0x08, 0x01,
];
const BOMB_BODY_BYTES: usize = 64 << 10;
const BOMB_GROWS: usize = 4 * 258;
/// The end of the block, and the checksum and the length of what it expands to.
const BOMB_TAIL: [u8; 9] = [0x03, 0x4a, 0x81, 0x7f, 0x29, 0x07, 0x03, 0x08, 0x04];

/// One that answers once.
struct Peer {
    address: SocketAddr,
    seen: JoinHandle<Seen>,
}

/// What it saw of its client.
struct Seen {
    /// The head, in lower case.
    request: String,
    /// The client hung up before it had everything.
    hung_up: bool,
}

impl Peer {
    /// Sends `opening`, and closes.
    async fn saying(opening: impl Into<Vec<u8>>) -> Peer {
        Peer::repeating(opening, Vec::new(), 0).await
    }

    /// Sends `opening`, then `piece` until the client has had enough of it.
    async fn flooding(opening: impl Into<Vec<u8>>, piece: Vec<u8>) -> Peer {
        let times = FLOOD_BYTES / piece.len();
        Peer::repeating(opening, piece, times).await
    }

    async fn repeating(opening: impl Into<Vec<u8>>, piece: Vec<u8>, times: usize) -> Peer {
        let listener = TcpListener::bind(ANY_PORT).await.unwrap();
        let (address, opening) = (listener.local_addr().unwrap(), opening.into());
        let seen = tokio::spawn(async move {
            let (mut client, _) = listener.accept().await.unwrap();
            let request = head(&mut client).await;
            let mut hung_up = client.write_all(&opening).await.is_err();
            for _ in 0..times {
                hung_up = hung_up || client.write_all(&piece).await.is_err();
            }
            Seen { request, hung_up }
        });
        Peer { address, seen }
    }

    async fn asked(&self) -> Result<Response, WireError> {
        let request = http::Request::get(format!("http://{}/", self.address));
        send(request.body(Bytes::new()).unwrap()).await
    }

    async fn seen(self) -> Seen {
        timeout(PATIENCE, self.seen).await.expect("the client reads on or hangs up").unwrap()
    }

    /// The answer is refused for this cause: by the name of who gave it, and as one to a request that may have been
    /// carried out.
    async fn is_refused(&self, cause: &str) {
        let answer = self.asked().await.map(|answer| (answer.status(), answer.body().len()));
        let error = answer.expect_err("no such answer is handed on");
        let WireError::Lost { host, message } = &error else { panic!("{error:?}") };
        assert_eq!(host, &self.address.to_string());
        assert!(message.ends_with(cause), "{message}");
        let told = format!("lost the answer of {host}: {message}");
        assert_eq!(error.to_string(), told);
        let met = error.met("the vendor");
        assert_eq!(met, Error::Unreachable { who: "the vendor".into(), message: told });
        assert_eq!(met.certainty(), Certainty::Unknown);
    }
}

async fn send(request: cloud::Request) -> Result<Response, WireError> {
    HttpWire::new(b"", PATIENCE).unwrap().send(request).await
}

/// No request here has a body: what stands unread when a socket is closed would reset it.
async fn head(client: &mut TcpStream) -> String {
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n") {
        read.push(client.read_u8().await.unwrap());
    }
    String::from_utf8(read).unwrap().to_lowercase()
}

fn chunk() -> Vec<u8> {
    let mut chunk = format!("{PIECE_BYTES:x}\r\n").into_bytes();
    chunk.resize(chunk.len() + PIECE_BYTES, b'x');
    chunk.extend(b"\r\n");
    chunk
}

#[tokio::test]
async fn a_redirect_is_handed_on_and_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        // It accepts nothing: whoever connected stands in its queue afterwards.
        let elsewhere = std::net::TcpListener::bind(ANY_PORT).unwrap();
        elsewhere.set_nonblocking(true).unwrap();
        let location = format!("http://{}/", elsewhere.local_addr().unwrap());
        let answer = format!(
            "HTTP/1.1 {status} Elsewhere\r\nlocation: {location}\r\ncontent-length: 4\r\n\r\ngone"
        );
        let peer = Peer::saying(answer).await;
        let request = http::Request::post(format!("http://{}/", peer.address))
            .header(AUTHORIZATION, "signed")
            .body(Bytes::new());
        let answer = send(request.unwrap()).await;
        let connected = elsewhere.accept().map(drop).map_err(|error| error.kind());
        assert_eq!(connected, Err(ErrorKind::WouldBlock), "{status} was followed");
        let answer = answer.unwrap();
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()[LOCATION], location);
        assert_eq!(answer.body(), "gone");
        assert!(peer.seen().await.request.contains("authorization: signed"));
    }
}

#[tokio::test]
async fn a_body_that_never_ends_is_refused_at_the_limit() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let until_close = "HTTP/1.1 200 OK\r\n\r\n";
    let tebibyte = "HTTP/1.1 200 OK\r\ncontent-length: 1099511627776\r\n\r\n";
    for (opening, piece) in [
        (chunked, chunk()),
        (until_close, vec![b'x'; PIECE_BYTES]),
        (tebibyte, vec![b'x'; PIECE_BYTES]),
    ] {
        let peer = Peer::flooding(opening, piece).await;
        peer.is_refused("it is longer than 16 MiB").await;
        assert!(peer.seen().await.hung_up, "all of it was taken: {opening}");
    }
}

#[tokio::test]
async fn a_body_may_be_as_long_as_the_limit_and_not_a_byte_longer() {
    let opening = |bytes: usize| format!("HTTP/1.1 200 OK\r\ncontent-length: {bytes}\r\n\r\n");
    let (piece, times) = (vec![b'x'; PIECE_BYTES], BODY_BYTES_MAX / PIECE_BYTES);

    let peer = Peer::repeating(opening(BODY_BYTES_MAX), piece.clone(), times).await;
    let answer = peer.asked().await.unwrap();
    assert_eq!(answer.body().len(), BODY_BYTES_MAX);
    assert!(!peer.seen().await.hung_up);

    let peer = Peer::repeating(opening(BODY_BYTES_MAX + 1) + "x", piece, times).await;
    peer.is_refused("it is longer than 16 MiB").await;
}

#[tokio::test]
async fn what_is_compressed_comes_as_it_was_sent() {
    const { assert!(BOMB_BODY_BYTES * BOMB_GROWS > 4 * BODY_BYTES_MAX) };
    let bomb = [&BOMB_HEAD[..], &vec![0; BOMB_BODY_BYTES], &BOMB_TAIL].concat();
    let opening = format!(
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
        bomb.len()
    );
    let peer = Peer::saying([opening.as_bytes(), &bomb].concat()).await;
    let answer = peer.asked().await.unwrap();
    assert_eq!(answer.headers()[CONTENT_ENCODING], "gzip");
    assert!(answer.body() == &bomb, "{} bytes of {}", answer.body().len(), bomb.len());
    let request = peer.seen().await.request;
    assert!(!request.contains("accept-encoding"), "nobody asked for it: {request}");
}

#[tokio::test]
async fn a_flood_of_headers_is_refused() {
    let mut lines = String::from("HTTP/1.1 200 OK\r\n");
    for number in 0..10_000 {
        write!(lines, "x-{number}: y\r\n").unwrap();
    }
    lines.push_str("content-length: 0\r\n\r\n");
    let peer = Peer::saying(lines).await;
    peer.is_refused("message head is too large").await;
}

#[tokio::test]
async fn a_header_that_never_ends_is_refused() {
    let peer = Peer::flooding("HTTP/1.1 200 OK\r\nx-long: ", vec![b'x'; PIECE_BYTES]).await;
    peer.is_refused("message head is too large").await;
    assert!(peer.seen().await.hung_up, "all of it was taken");
}

#[tokio::test]
async fn half_an_answer_is_none() {
    for (answer, cause) in [
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"list\":[]",
            "end of file before message length reached",
        ),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nb\r\n{\"list\":[]}\r\n",
            "unexpected EOF during chunk size line",
        ),
        ("HTTP/1.1 200 OK\r\ncontent-le", "connection closed before message completed"),
        ("", "connection closed before message completed"),
    ] {
        Peer::saying(answer).await.is_refused(cause).await;
    }
}

/// Some vendors sign in the query, and a user may stand before the host.
#[tokio::test]
async fn an_error_repeats_nothing_of_what_was_asked() {
    let listener = TcpListener::bind(ANY_PORT).await.unwrap();
    let address = listener.local_addr().unwrap();
    let request = || {
        let uri = format!("http://me:hush@{address}/path?Signature=SECRET");
        http::Request::get(uri).body(Bytes::new()).unwrap()
    };
    let hung_up = tokio::spawn(async move { drop(listener.accept().await) });
    let lost = send(request()).await.unwrap_err();
    hung_up.await.unwrap();
    let not_sent = send(request()).await.unwrap_err();
    assert!(matches!(lost, WireError::Lost { .. }), "{lost:?}");
    assert!(matches!(not_sent, WireError::NotSent { .. }), "{not_sent:?}");
    for error in [lost, not_sent].map(|error| format!("{error:?} {error}")) {
        assert!(error.contains(&address.to_string()), "{error}");
        assert!(!["hush", "SECRET", "path"].iter().any(|word| error.contains(word)), "{error}");
    }
}
