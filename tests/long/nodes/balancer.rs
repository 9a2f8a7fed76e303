//! A load balancer before the nodes, as unkind as one may be: every trip of a home goes to another node than the one before.

use crate::kit::bad_road::{hung_up, read_message};
use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Where the nodes are; `None`: this one does not run.
#[derive(Clone, Default)]
pub struct Nodes(Arc<Mutex<Vec<Option<SocketAddr>>>>);

impl Nodes {
    /// A node runs, or does not.
    pub fn set(&self, number: usize, address: Option<SocketAddr>) {
        let mut nodes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if nodes.len() <= number {
            nodes.resize(number + 1, None);
        }
        nodes[number] = address;
    }

    /// The nodes that run, beginning with the one whose turn it is.
    pub fn from(&self, turn: usize) -> Vec<SocketAddr> {
        let nodes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (turn..turn + nodes.len()).filter_map(|at| nodes[at % nodes.len()]).collect()
    }
}

/// It ends when it is dropped.
pub struct Balancer {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

/// Whose turn it is, by bay.
type Turns = Mutex<HashMap<String, usize>>;

impl Balancer {
    pub async fn start(nodes: Nodes) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let turns = Arc::new(Turns::default());
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (nodes, turns) = (nodes.clone(), turns.clone());
                // Whoever hangs up does so on purpose.
                tokio::spawn(async move { drop(converse(client, &nodes, &turns).await) });
            }
        });
        Ok(Self { address, accepting })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// One connection: request, answer, request, answer. A node that dies takes the connection along.
async fn converse(mut client: TcpStream, nodes: &Nodes, turns: &Turns) -> io::Result<()> {
    client.set_nodelay(true)?;
    while let Some(request) = read_message(&mut client).await? {
        let Some(mut node) = connect(nodes, turn(&request, turns)).await else { return Ok(()) };
        node.write_all(&request).await?;
        let answer = tokio::select! {
            answer = read_message(&mut node) => answer?,
            () = hung_up(&mut client) => return Ok(()),
        };
        let Some(answer) = answer else { return Ok(()) };
        client.write_all(&answer).await?;
    }
    Ok(())
}

/// The next turn of whoever asks.
fn turn(request: &[u8], turns: &Turns) -> usize {
    let head = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let path = String::from_utf8_lossy(head).split(' ').nth(1).unwrap_or_default().to_owned();
    let mut turns = turns.lock().unwrap_or_else(PoisonError::into_inner);
    let begins = turns.len();
    let turn = turns.entry(path).or_insert(begins);
    *turn += 1;
    *turn
}

async fn connect(nodes: &Nodes, turn: usize) -> Option<TcpStream> {
    for address in nodes.from(turn) {
        if let Ok(node) = TcpStream::connect(address).await {
            return Some(node);
        }
    }
    None
}
