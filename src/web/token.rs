//! The token in every form. It is bound to the visitor's cookie, so that a page elsewhere, which cannot read the cookie, cannot
//! make it. Each answer masks it anew: a guess beside it in a compressed page tells nothing about it.

use crate::storage::words::Visitor;
use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Bytes of the mark, and of its mask: 128 bits.
const MARK_BYTES: usize = 16;
/// Says what is hashed: a visitor's mark must not come out where something else is.
const OF_VISITOR: &str = "form of ";

/// A token for a form of this visitor. Without randomness it is empty, and no form with an empty token is taken.
pub fn new(visitor: &Visitor) -> String {
    let mut token = [0; 2 * MARK_BYTES];
    let (mask, masked) = token.split_at_mut(MARK_BYTES);
    if getrandom::fill(mask).is_err() {
        return String::new();
    }
    for ((out, mask), mark) in masked.iter_mut().zip(&*mask).zip(mark(visitor)) {
        *out = mask ^ mark;
    }
    Base64UrlUnpadded::encode_string(&token)
}

/// Whether a token was made for this visitor.
pub fn is_of(token: &str, visitor: &Visitor) -> bool {
    let Ok(token) = Base64UrlUnpadded::decode_vec(token) else { return false };
    if token.len() != 2 * MARK_BYTES {
        return false;
    }
    let (mask, masked) = token.split_at(MARK_BYTES);
    let sent: Vec<u8> = masked.iter().zip(mask).map(|(masked, mask)| masked ^ mask).collect();
    sent.as_slice().ct_eq(&mark(visitor)).into()
}

fn mark(visitor: &Visitor) -> [u8; MARK_BYTES] {
    let hash = Sha256::digest([OF_VISITOR, visitor.as_str()].concat());
    std::array::from_fn(|at| hash[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_its_visitors_alone_and_never_the_same_twice() {
        let (ann, bob) = (Visitor::of_secret("ann"), Visitor::of_secret("bob"));
        let (one, other) = (new(&ann), new(&ann));
        assert!(is_of(&one, &ann) && is_of(&other, &ann) && !is_of(&one, &bob));
        assert_ne!(one, other);
        let is_alike = |at: &usize| one.as_bytes()[*at] == other.as_bytes()[*at];
        assert!((0..one.len()).filter(is_alike).count() < one.len() / 4, "nothing of it stays: {one} {other}");
    }

    #[test]
    fn what_is_no_token_is_nobodys() {
        let ann = Visitor::of_secret("ann");
        let long = format!("{}AAAA", new(&ann));
        for text in ["", "A", "AAAA", &"A".repeat(22), &"A".repeat(43), "é", &long] {
            assert!(!is_of(text, &ann), "{text:?}");
        }
    }
}
