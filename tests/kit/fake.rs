//! A tiny HTTP server on loopback that answers as a test says and remembers what it heard.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub authorization: Option<String>,
    /// All of them, as they were written.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// An answer: status, one more header line or none, body.
pub type Answer = (u16, Option<&'static str>, String);
type Handler = dyn Fn(Request) -> Pin<Box<dyn Future<Output = Answer> + Send>> + Send + Sync;

/// The server; it stops when it is dropped.
pub struct Fake {
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Fake {
    /// Answers every request with what `handler` makes of it.
    pub async fn start<F, A>(handler: F) -> Self
    where
        F: Fn(Request) -> A + Send + Sync + 'static,
        A: Future<Output = Answer> + Send + 'static,
    {
        Self::on(TcpListener::bind("127.0.0.1:0").await.expect("loopback"), handler)
    }

    /// The same on a listener that the test has made.
    pub fn on<F, A>(listener: TcpListener, handler: F) -> Self
    where
        F: Fn(Request) -> A + Send + Sync + 'static,
        A: Future<Output = Answer> + Send + 'static,
    {
        let handler: Arc<Handler> = Arc::new(move |request| Box::pin(handler(request)));
        let address = listener.local_addr().expect("bound");
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, handler.clone()));
            }
        });
        Self { address, task }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, handler: Arc<Handler>) {
    let mut bytes = Vec::new();
    loop {
        let request = loop {
            if let Some((request, length)) = parse(&bytes) {
                bytes.drain(..length);
                break request;
            }
            match stream.read_buf(&mut bytes).await {
                Ok(1..) => {}
                _ => return,
            }
        };
        let (status, header, body) = handler(request).await;
        let header = header.map(|line| format!("{line}\r\n")).unwrap_or_default();
        let head = format!("HTTP/1.1 {status} Fake\r\n{header}Content-Length: {}\r\n\r\n", body.len());
        if stream.write_all(format!("{head}{body}").as_bytes()).await.is_err() {
            return;
        }
    }
}

fn parse(bytes: &[u8]) -> Option<(Request, usize)> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut head = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(body_at) = head.parse(bytes).expect("HTTP") else { return None };
    let header = |name: &str| {
        let found = head.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        Some(String::from_utf8_lossy(found.value).into_owned())
    };
    let length: usize = header("content-length").map_or(0, |text| text.parse().expect("a number"));
    let body = bytes.get(body_at..body_at + length)?.to_vec();
    let request = Request {
        method: head.method.expect("complete").to_owned(),
        path: head.path.expect("complete").to_owned(),
        authorization: header("authorization"),
        headers: (head.headers.iter())
            .map(|header| (header.name.to_owned(), String::from_utf8_lossy(header.value).into_owned()))
            .collect(),
        body,
    };
    Some((request, body_at + length))
}
