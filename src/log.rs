//! The log, on standard error. Nobody waits for who reads it: what does not fit into the queue is dropped and counted, and
//! lines that repeat are folded.

pub(crate) mod choice;
mod fold;
mod record;
mod written;

use chrono::{DateTime, Utc};
use fold::{Fold, Folded};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use record::Record;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, registry};
use written::LogLine;
pub(crate) use written::Way;

/// Lines that wait for standard error; further ones are dropped. So many are about 1 MB.
const QUEUE_MAX_LINES: usize = 4_096;
/// The writer looks so often for counts that are to be written.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// At the end of the program, standard error gets this time for what still waits.
const END_MAX: Duration = Duration::from_secs(1);

/// The log, open. It writes what still waits when it is dropped, but it does not wait long for a reader.
pub(crate) struct Log {
    lines: Lines,
    ended: Receiver<()>,
}

/// What the log counts, for `/metrics`.
#[derive(Debug, Clone)]
pub(crate) struct Counts {
    dropped: Arc<AtomicU64>,
}

impl Collector for Counts {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> std::fmt::Result {
        let help = "Lines of the log that were dropped because they came faster than they were read";
        let mut metric = encoder.encode_descriptor("log_lines_dropped", help, None, MetricType::Counter)?;
        metric.encode_counter::<NoLabelSet, _, f64>(&self.dropped.load(Ordering::Relaxed), None)
    }
}

impl Log {
    /// Opens the log and makes it the one of this process, of its panics too.
    pub(crate) fn open(filter: EnvFilter, way: Way) -> Self {
        let (queue, lines) = mpsc::sync_channel(QUEUE_MAX_LINES);
        let (end, ended) = mpsc::sync_channel(1);
        let dropped = Arc::new(AtomicU64::new(0));
        let pen = Pen { lines, dropped: Arc::clone(&dropped), told: 0, fold: Fold::default(), way };
        // A thread of its own: it is the only one that waits for standard error.
        std::thread::spawn(move || {
            pen.run(io::stderr());
            // `Log` may have given up waiting.
            let _ = end.send(());
        });
        let lines = Lines { queue, dropped };
        registry().with(filter).with(lines.clone()).init();
        // The usual hook writes to standard error itself, and waits for its reader.
        std::panic::set_hook(Box::new(|panic| tracing::error!(target: "stevenson::panic", "{panic}")));
        Self { lines, ended }
    }

    /// What it counts.
    pub(crate) fn counts(&self) -> Counts {
        Counts { dropped: Arc::clone(&self.lines.dropped) }
    }

    /// Writes a line for the person who started the program, without time and level.
    pub(crate) fn say(&self, line: String) {
        self.lines.put(Waiting::Plain(line));
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.lines.put(Waiting::End);
        // Nobody reads: then the rest is lost with the process.
        let _ = self.ended.recv_timeout(END_MAX);
    }
}

/// What waits for the pen.
enum Waiting {
    /// A line of the log, and when it came.
    Logged(DateTime<Utc>, Record),
    /// A line as it is.
    Plain(String),
    /// There is no more.
    End,
}

/// Takes lines from `tracing`, each in one piece.
#[derive(Clone)]
struct Lines {
    queue: SyncSender<Waiting>,
    /// Lines that found no place in the queue.
    dropped: Arc<AtomicU64>,
}

impl Lines {
    fn put(&self, line: Waiting) {
        if self.queue.try_send(line).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        #[expect(clippy::disallowed_methods, reason = "the log says when a line came")]
        self.put(Waiting::Logged(Utc::now(), Record::of(event)));
    }
}

/// Writes what waits.
struct Pen {
    lines: Receiver<Waiting>,
    dropped: Arc<AtomicU64>,
    /// So many of them were told of.
    told: u64,
    fold: Fold,
    way: Way,
}

#[expect(clippy::disallowed_methods, reason = "a worker: it counts the lines of the last seconds")]
impl Pen {
    /// Writes until the log ends.
    fn run(mut self, mut out: impl Write) {
        loop {
            let next = self.lines.recv_timeout(LOOK_EVERY);
            match next {
                Ok(Waiting::Logged(at, record)) => {
                    for line in self.fold.take(record, Instant::now()) {
                        self.write(&mut out, at, &line);
                    }
                }
                Ok(Waiting::Plain(text)) => write(&mut out, self.way.plain(Utc::now(), text)),
                Err(RecvTimeoutError::Timeout) => self.tell(&mut out, false),
                Ok(Waiting::End) | Err(RecvTimeoutError::Disconnected) => return self.tell(&mut out, true),
            }
            self.tell_dropped(&mut out);
        }
    }

    /// Writes the counts that are due, at the end all of them.
    fn tell(&mut self, out: &mut impl Write, ends: bool) {
        let counts = if ends { self.fold.end() } else { self.fold.due(Instant::now()) };
        for line in counts {
            self.write(out, Utc::now(), &line);
        }
        self.tell_dropped(out);
    }

    fn tell_dropped(&mut self, out: &mut impl Write) {
        let total = self.dropped.load(Ordering::Relaxed);
        let dropped = total - self.told;
        self.told = total;
        if dropped > 0 {
            let told = format!("{dropped} lines of the log were dropped: they came faster than they were read");
            let record = Record::own(Level::WARN, told);
            self.write(out, Utc::now(), &Folded { record, repeated: 0 });
        }
    }

    fn write(&self, out: &mut impl Write, at: DateTime<Utc>, line: &Folded) {
        let Folded { record, repeated } = line;
        write(out, self.way.line(&LogLine { at, record, repeated: *repeated }));
    }
}

/// Writes a line in one piece. An error is no reason to stop: nobody else could be told of it.
fn write(out: &mut impl Write, line: String) {
    let _ = out.write_all(line.as_bytes());
}
