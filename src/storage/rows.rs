//! Rows on their way from one database to another: bytes that are the same if the values are the same, bit by bit.
//!
//! A value is its length (four bytes, -1: NULL) and its bytes: integers and numbers of eight bytes with the highest first, texts and
//! blobs as they are. So PostgreSQL's binary COPY has them, and so they go there as they are.

/// The length of a NULL.
const NULL: i32 = -1;
/// Bytes of a length.
const LENGTH_BYTES: usize = 4;

/// Some rows of a table.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Rows {
    bytes: Vec<u8>,
    /// Where each row ends.
    ends: Vec<usize>,
}

/// The values of a row's key, as they stand in [`Rows`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key(pub Vec<Vec<u8>>);

/// A stretch of a table: after a key, up to one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Between<'a> {
    pub after: Option<&'a Key>,
    pub upto: Option<&'a Key>,
}

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Portion {
    pub rows: Rows,
    /// The key of the last row that was read, also if it was left out; `None`: there was none.
    pub last: Option<Key>,
    /// What the other database cannot hold.
    pub misfits: Misfits,
}

/// What the other database cannot hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Misfits {
    /// Characters NUL, which were left out of texts.
    pub nuls: u64,
    /// Rows whose key has one, which were left out.
    pub rows: u64,
}

impl Misfits {
    /// Adds others.
    pub(super) fn add(&mut self, others: Self) {
        self.nuls += others.nuls;
        self.rows += others.rows;
    }
}

impl Rows {
    pub(super) fn put_null(&mut self) {
        self.bytes.extend(NULL.to_be_bytes());
    }

    pub(super) fn put(&mut self, value: &[u8]) {
        // No database here has values of more than a gigabyte.
        let length = i32::try_from(value.len()).unwrap_or(i32::MAX);
        self.bytes.extend(length.to_be_bytes());
        self.bytes.extend_from_slice(value);
    }

    /// Ends a row.
    pub(super) fn end(&mut self) {
        self.ends.push(self.bytes.len());
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// The rows, each as its values; `None`: NULL.
    pub(super) fn iter(&self) -> impl Iterator<Item = Values<'_>> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        begins.zip(&self.ends).map(|(begin, end)| Values(&self.bytes[begin..*end]))
    }

    /// The values of these columns in the last row.
    pub(super) fn key(&self, columns: &[usize]) -> Option<Key> {
        let last = self.ends.len().checked_sub(1)?;
        let begin = last.checked_sub(1).map_or(0, |before| self.ends[before]);
        let values: Vec<_> = Values(&self.bytes[begin..self.ends[last]]).collect();
        let value = |at: &usize| values.get(*at).copied().flatten().map(<[u8]>::to_vec);
        columns.iter().map(value).collect::<Option<_>>().map(Key)
    }
}

/// The values of a row.
pub(super) struct Values<'a>(&'a [u8]);

impl<'a> Iterator for Values<'a> {
    type Item = Option<&'a [u8]>;

    fn next(&mut self) -> Option<Self::Item> {
        let (length, rest) = self.0.split_first_chunk::<LENGTH_BYTES>()?;
        let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) else {
            self.0 = rest;
            return Some(None);
        };
        let (value, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(Some(value))
    }
}

/// What was counted of a table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Its rows.
    pub rows: u64,
    /// The sum of the bits of all values, in words of eight bytes: nothing is rounded. The order of columns does not matter.
    pub sum: u64,
}

/// Bytes of a word.
const WORD_BYTES: usize = 8;
/// What a NULL counts as: anything but the sum of a value that is empty or zero.
const NULL_SUM: u64 = 0x9e37_79b9_7f4a_7c15;

fn sum(value: &[u8]) -> u64 {
    let words = value.chunks(WORD_BYTES).map(|piece| {
        let mut word = [0; WORD_BYTES];
        word[..piece.len()].copy_from_slice(piece);
        u64::from_be_bytes(word)
    });
    words.fold(value.len() as u64, u64::wrapping_add)
}

impl Tally {
    pub(super) fn add(&mut self, rows: &Rows) {
        self.rows += rows.len() as u64;
        for row in rows.iter() {
            row.for_each(|value| self.sum = self.sum.wrapping_add(value.map_or(NULL_SUM, sum)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(values: &[&[Option<&[u8]>]]) -> Rows {
        let mut rows = Rows::default();
        for row in values {
            row.iter().for_each(|value| match value {
                Some(value) => rows.put(value),
                None => rows.put_null(),
            });
            rows.end();
        }
        rows
    }

    #[test]
    fn rows_give_back_what_was_put() {
        let values: [&[Option<&[u8]>]; 3] = [&[Some(b"a"), None], &[Some(b""), Some(b"word")], &[None, None]];
        let put = rows(&values);
        let got: Vec<Vec<_>> = put.iter().map(Iterator::collect).collect();
        assert_eq!(got, values);
        assert_eq!(put.key(&[1]), None, "the last row has none");
        assert_eq!(rows(&values[..2]).key(&[1, 0]), Some(Key(vec![b"word".to_vec(), Vec::new()])));
        assert_eq!(Rows::default().key(&[0]), None);
    }

    #[test]
    fn a_sum_tells_every_bit_and_not_in_how_many_pieces_rows_came() {
        let tally = |all: &[Rows]| {
            let mut tally = Tally::default();
            all.iter().for_each(|rows| tally.add(rows));
            tally
        };
        let (one, two) = (21.5_f64.to_bits().to_be_bytes(), f64::from_bits(21.5_f64.to_bits() + 1).to_bits());
        let whole = tally(&[rows(&[&[Some(&one)], &[None]])]);
        assert_eq!(whole, tally(&[rows(&[&[Some(&one)]]), rows(&[&[None]])]));
        assert_ne!(whole, tally(&[rows(&[&[Some(&two.to_be_bytes())], &[None]])]));
        assert_eq!(whole.rows, 2);
    }
}
