//! Webhooks: other services that are told of the owner's alerts. The keeper writes letters into the outbox, and each webhook has a queue
//! of its own that sends them: a receiver that hangs holds up nobody else's.

mod address;
mod client;
mod options;
mod patience;
mod queue;
mod stats;
mod written;

pub use client::Outcome;
pub use options::{Alerting, Kind, Misfit, Options, check};
pub use stats::{Stats, Watcher};

use crate::storage::{Content, Letter, Storage};
use crate::trust;
use address::Address;
use queue::Queue;
use rustls::ClientConfig;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinSet;
use weather::time::Timestamp;
use written::{SigningSecret, body, linked, seconds, test};

/// Largest file of a secret, bytes.
const SECRET_MAX_BYTES: u64 = 4_096;

/// The time, as the queues ask it.
type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A webhook, ready to be posted to.
pub struct Receiver {
    name: String,
    kind: Kind,
    address: Address,
    topic: String,
    site: String,
    tls: Option<Arc<ClientConfig>>,
    token: Option<String>,
    secret: Option<SigningSecret>,
}

impl Receiver {
    /// The webhook of these knobs, which [`check`] has let pass. `number`: its place in the configuration. A relative path of a file begins
    /// at the data folder `data`.
    ///
    /// # Errors
    /// A file that cannot be used.
    pub fn open(options: &Options, number: usize, data: &Path) -> Result<Self, Misfit> {
        let bad = |key: &str, reason: String| Misfit::new(format!("webhook.{number}.{key}"), reason);
        let mut address = Address::of(&options.url).map_err(|why| bad("url", why))?;
        let tls = match address.is_tls {
            true => Some(trust::client(&options.ca_file).map_err(|why| bad("ca_file", why.to_string()))?),
            false => None,
        };
        let token = read(&data.join(&options.token_file), &options.token_file).map_err(|why| bad("token_file", why))?;
        let secret =
            read(&data.join(&options.secret_file), &options.secret_file).map_err(|why| bad("secret_file", why))?;
        let secret =
            secret.map(|text| SigningSecret::read(&text)).transpose().map_err(|why| bad("secret_file", why))?;
        let mut topic = String::new();
        if options.kind == Kind::Ntfy {
            // Its JSON goes to the server's address and names the topic.
            let split = address.topic().map(|(path, topic)| (path.to_owned(), topic.to_owned()));
            (address.path, topic) = split.ok_or_else(|| bad("url", "ntfy wants the address of a topic".to_owned()))?;
        }
        let (name, kind, site) = (options.name.clone(), options.kind, options.site.clone());
        Ok(Self { name, kind, address, topic, site, tls, token, secret })
    }

    /// What the configuration calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Posts a test, and says what came of it.
    ///
    /// # Errors
    /// The system has no randomness for an id.
    pub async fn test(&self, now: Timestamp) -> Result<Outcome, crate::storage::Error> {
        let content = test(now);
        let letter = Letter::new(&self.name, now, &content)?;
        Ok(self.post(&letter.id, content, now, now).await)
    }

    /// Posts a letter, once.
    async fn post(&self, id: &str, content: Content, made_at: Timestamp, now: Timestamp) -> Outcome {
        let body = body(self.kind, &self.topic, &linked(content, &self.site), made_at, now);
        // Every attempt has the same id, so that a receiver knows what it has.
        let mut headers = vec![("webhook-id", id.to_owned()), ("webhook-timestamp", seconds(now).to_string())];
        if let Some(secret) = &self.secret {
            headers.push(("webhook-signature", secret.signature(id, seconds(now), &body)));
        }
        if let Some(token) = &self.token {
            headers.push(("authorization", format!("Bearer {token}")));
        }
        client::post(&self.address, self.tls.as_ref(), &headers, body, now).await
    }
}

/// The text of a file, if one is named.
fn read(path: &Path, named: &Path) -> Result<Option<String>, String> {
    if named.as_os_str().is_empty() {
        return Ok(None);
    }
    let cannot = |error: std::io::Error| format!("{} cannot be read: {error}", path.display());
    let mut text = String::new();
    File::open(path).map_err(cannot)?.take(SECRET_MAX_BYTES).read_to_string(&mut text).map_err(cannot)?;
    let text = text.trim();
    match text.is_empty() || text.contains(|c: char| c.is_control()) {
        true => Err(format!("{} has to hold one line of text", path.display())),
        false => Ok(Some(text.to_owned())),
    }
}

/// All webhooks, with their queues.
pub struct Webhooks {
    storage: Storage,
    receivers: Vec<Receiver>,
    clock: Clock,
    watcher: Watcher,
}

impl Webhooks {
    /// The webhooks of these knobs.
    ///
    /// # Errors
    /// A file that cannot be used.
    #[expect(clippy::disallowed_methods, reason = "a worker: it passes the time on")]
    pub fn open(all: &[Options], storage: &Storage, data: &Path) -> Result<Self, Misfit> {
        let open = |(number, options)| Receiver::open(options, number, data);
        let receivers = all.iter().enumerate().map(open).collect::<Result<Vec<_>, _>>()?;
        let watcher = Watcher(receivers.iter().map(|one| (one.name.clone(), Arc::default())).collect());
        let clock: Clock = Arc::new(|| chrono::Utc::now().into());
        Ok(Self { storage: storage.in_background(), receivers, clock, watcher })
    }

    /// What they count.
    pub fn watcher(&self) -> Watcher {
        self.watcher.clone()
    }

    /// Sends letters until `stop`. `written`: tells that letters were stored.
    pub async fn run(self, written: watch::Receiver<u64>, stop: impl Future<Output = ()>) {
        let lead = self.storage.lead();
        let receivers: Vec<Arc<Receiver>> = self.receivers.into_iter().map(Arc::new).collect();
        let sends = async {
            loop {
                lead.gained().await;
                let send = send(&self.storage, &receivers, (&self.watcher, &self.clock), &written);
                lead.while_leading(send).await;
            }
        };
        // Queues that still run end with their set; what they were sending is sent again.
        tokio::select! {
            () = stop => {}
            () = sends => {}
        }
    }
}

/// Tidies the outbox, and sends from it without an end.
async fn send(
    storage: &Storage,
    receivers: &[Arc<Receiver>],
    (watcher, clock): (&Watcher, &Clock),
    written: &watch::Receiver<u64>,
) {
    let names = receivers.iter().map(|one| one.name.clone()).collect();
    match storage.keep_letters_of(names).await {
        Ok(0) => {}
        Ok(dropped) => tracing::warn!(dropped, "letters of webhooks that are no longer configured were dropped"),
        Err(error) => tracing::debug!(%error, "the outbox was not tidied"),
    }
    let mut queues = JoinSet::new();
    for (receiver, (_, counters)) in receivers.iter().cloned().zip(&watcher.0) {
        let (storage, clock, lead) = (storage.clone(), clock.clone(), storage.lead());
        let queue = Queue { storage, receiver, clock, counters: counters.clone(), written: written.clone() };
        queues.spawn(async move { lead.while_leading(queue.run()).await });
    }
    std::future::pending().await
}
