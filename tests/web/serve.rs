//! Real connections, over loopback.

use crate::rig::{Rig, wish};
use std::net::SocketAddr;
use std::time::Duration;
use tidelock::web;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

struct Served {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

async fn serve(rig: &Rig) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(web::serve(listener, rig.site.clone(), async {
        let _ = stopped.await;
    }));
    Served { address, stop, task }
}

async fn ask(stream: &mut TcpStream, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

const LAST: &str = "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

#[tokio::test(start_paused = true)]
async fn it_answers_and_knows_its_neighbours() {
    let rig = Rig::running(vec![wish("orders-apps")]);
    let served = serve(&rig).await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let answer = ask(&mut stream, LAST).await;
    assert!(
        answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\nok\n"),
        "{answer}"
    );
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let poke = "POST /api/v1/poke HTTP/1.1\r\nhost: localhost\r\nx-tidelock: 1\r\nconnection: close\r\n\r\n";
    let answer = ask(&mut stream, poke).await;
    assert!(answer.starts_with("HTTP/1.1 202 Accepted\r\n"), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn who_dawdles_is_cut_off() {
    let rig = Rig::running(vec![]);
    let served = serve(&rig).await;
    for beginning in ["", "GET / HTTP/1.1\r\nhost: local"] {
        let mut stream = TcpStream::connect(served.address).await.unwrap();
        let before = Instant::now();
        let answer = ask(&mut stream, beginning).await;
        assert!(!answer.contains("200"), "{answer}");
        assert!(before.elapsed() <= Duration::from_secs(11), "{:?}", before.elapsed());
    }
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let header = format!("x-padding: {}\r\n", "x".repeat(900)).repeat(30);
    let large = format!("GET / HTTP/1.1\r\nhost: localhost\r\n{header}\r\n");
    let answer = ask(&mut stream, &large).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn idle_crowds_do_not_keep_anybody_out() {
    let rig = Rig::running(vec![]);
    let served = serve(&rig).await;
    let mut crowd = Vec::new();
    for _ in 0..300 {
        crowd.push(TcpStream::connect(served.address).await.unwrap());
    }
    let mut late = TcpStream::connect(served.address).await.unwrap();
    let before = Instant::now();
    let answer = ask(&mut late, LAST).await;
    assert!(answer.ends_with("ok\n"), "{answer}");
    assert!(before.elapsed() < Duration::from_secs(1));
    let mut nothing = [0; 1];
    let oldest = timeout(Duration::from_secs(1), crowd[0].read(&mut nothing)).await;
    assert!(!matches!(oldest, Ok(Ok(1..)) | Err(_)), "the oldest was cut: {oldest:?}");
}

#[tokio::test(start_paused = true)]
async fn told_to_stop_it_stops() {
    let rig = Rig::running(vec![]);
    let Served { address, stop, task } = serve(&rig).await;
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut first = [0; 15];
    idle.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    stop.send(()).unwrap();
    let leave = timeout(Duration::from_secs(1), task).await;
    leave.expect("an idle connection holds up nobody").unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}
