//! Serves the pages' scripts and their tests to a browser: the files of two folders, nothing else.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The folders that are served, below the crate's own.
const FOLDERS: [&str; 2] = ["static", "tests/js"];
/// The longest request head, bytes: a browser's is below 1 KiB.
const HEAD_MAX_BYTES: usize = 16 << 10;
/// An empty page for scripts to run in; its icon is given, or the browser would ask for one.
const BLANK_PAGE: &str =
    r#"<!doctype html><html lang="en"><meta charset="utf-8"><title>Tests</title><link rel="icon" href="data:,">"#;

/// A server on a port of its own; it ends when it is dropped.
pub struct StaticFiles {
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl StaticFiles {
    /// Serves until dropped.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let serving = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                // A browser that hangs up early is not our failure.
                tokio::spawn(async move { drop(serve(connection).await) });
            }
        });
        Ok(Self { address, serving })
    }

    /// The address of a path, `/` being an empty page.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for StaticFiles {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Answers one request.
async fn serve(mut connection: TcpStream) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > HEAD_MAX_BYTES || connection.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let head = String::from_utf8_lossy(&head);
    let path = head.split(' ').nth(1).unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default();
    let (status, mime, body) = match content(path).await {
        Some((mime, body)) => ("200 OK", mime, body),
        None => ("404 Not Found", "text/plain", b"not found".to_vec()),
    };
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {mime}\r\nContent-Length: {length}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    );
    connection.write_all(answer.as_bytes()).await?;
    connection.write_all(&body).await?;
    connection.shutdown().await
}

/// The type and the bytes of a file that is served; `/` is an empty page.
pub async fn content(path: &str) -> Option<(&'static str, Vec<u8>)> {
    if path == "/" {
        return Some(("text/html; charset=utf-8", BLANK_PAGE.into()));
    }
    let file = file_of(path)?;
    let mime = match file.extension()?.to_str()? {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
    Some((mime, tokio::fs::read(file).await.ok()?))
}

/// The file of a path, if it lies in a folder that is served.
fn file_of(path: &str) -> Option<PathBuf> {
    let path = path.strip_prefix('/')?;
    let climbs = path.split('/').any(|step| step.is_empty() || step.starts_with('.'));
    let served = FOLDERS.iter().any(|folder| Path::new(path).starts_with(folder));
    (served && !climbs).then(|| Path::new(env!("CARGO_MANIFEST_DIR")).join(path))
}
