//! Counts what passes on ways that are no trucks: loads of any kind, and frames of a socket.

/// How every load begins.
const LOAD: &[u8] = b"{\"v\":1,\"why\":";

/// Counts loads in what a server sends, whatever pieces it comes in.
#[derive(Default)]
pub(super) struct Loads {
    tail: Vec<u8>,
}

impl Loads {
    pub(super) fn feed(&mut self, bytes: &[u8]) -> usize {
        self.tail.extend_from_slice(bytes);
        let found = self.tail.windows(LOAD.len()).filter(|window| *window == LOAD).count();
        // Too short for one more, long enough for the beginning of one.
        self.tail.drain(..self.tail.len().saturating_sub(LOAD.len() - 1));
        found
    }
}

/// Counts frames of text in what a client sends over its socket, whatever pieces they come in.
#[derive(Default)]
pub(super) struct Frames {
    head: Vec<u8>,
    payload_left_bytes: usize,
}

impl Frames {
    pub(super) fn feed(&mut self, mut bytes: &[u8]) -> usize {
        let mut texts = 0;
        while !bytes.is_empty() {
            let skipped = self.payload_left_bytes.min(bytes.len());
            self.payload_left_bytes -= skipped;
            bytes = &bytes[skipped..];
            let Some((first, rest)) = bytes.split_first() else { break };
            self.head.push(*first);
            bytes = rest;
            let extra = match self.head.get(1).map(|length| length & 0x7f) {
                None => continue,
                Some(126) => 2,
                Some(127) => 8,
                Some(_) => 0,
            };
            // Two bytes, a longer length if it needs one, and the mask.
            if self.head.len() < 2 + extra + 4 {
                continue;
            }
            let long = self.head[2..2 + extra].iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
            self.payload_left_bytes = if extra > 0 { long } else { usize::from(self.head[1] & 0x7f) };
            texts += usize::from(self.head[0] & 0x0f == 1);
            self.head.clear();
        }
        texts
    }
}
