//! What devices call themselves: a secret that is bound to a station, for those that cannot be given its key.

use super::keys::{self, KeyHash};
use std::fmt;

/// The kind of a device's secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeviceKind {
    /// The `PASSKEY` of a console of Ecowitt or Ambient.
    Passkey,
    /// The hardware address of a hub.
    Mac,
    /// The name and the password of a console that was claimed.
    Login,
    /// The serial number of a device of WeatherFlow, which its hub broadcasts.
    Serial,
}

impl DeviceKind {
    const ALL: [Self; 4] = [Self::Passkey, Self::Mac, Self::Login, Self::Serial];

    /// Its name in the database and in lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passkey => "passkey",
            Self::Mac => "mac",
            Self::Login => "login",
            Self::Serial => "serial",
        }
    }

    /// What people call it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Passkey => "a console, by its PASSKEY",
            Self::Mac => "a hub, by its hardware address",
            Self::Login => "a console, by its ID and password",
            Self::Serial => "a device of WeatherFlow, by its serial number",
        }
    }

    /// The kind of that name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What a device calls itself.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceSecret {
    kind: DeviceKind,
    hash: KeyHash,
}

/// A text that no device calls itself by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadDevice {
    /// It is no PASSKEY.
    #[error("a PASSKEY has 12 to 64 letters and digits, as the console sends it: mostly 32, or an address")]
    Passkey,
    /// It is no hardware address.
    #[error("a hardware address has 12 digits from 0 to 9 and A to F, with or without colons: 24:C8:6E:01:23:45")]
    Mac,
    /// It is no serial number.
    #[error("a serial number is two letters and eight digits, as it stands on the device: ST-00000512")]
    Serial,
}

impl DeviceSecret {
    /// A console's `PASSKEY`. Its case, and colons in it, do not matter.
    ///
    /// # Errors
    /// [`BadDevice::Passkey`].
    pub fn passkey(text: &str) -> Result<Self, BadDevice> {
        let bare = bare(text);
        let fits = (12..=64).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_alphanumeric());
        if fits { Ok(Self { kind: DeviceKind::Passkey, hash: hash_of(&bare) }) } else { Err(BadDevice::Passkey) }
    }

    /// A hub's hardware address.
    ///
    /// # Errors
    /// [`BadDevice::Mac`].
    pub fn mac(text: &str) -> Result<Self, BadDevice> {
        let bare = bare(text);
        let fits = bare.len() == 12 && bare.bytes().all(|b| b.is_ascii_hexdigit());
        if fits { Ok(Self { kind: DeviceKind::Mac, hash: hash_of(&bare) }) } else { Err(BadDevice::Mac) }
    }

    /// The name and the password of a console; `None` if one of them is missing.
    pub fn login(name: &str, password: &str) -> Option<Self> {
        let is_one = !name.trim().is_empty() && !password.is_empty();
        is_one.then(|| Self { kind: DeviceKind::Login, hash: login_hash(name, password) })
    }

    /// What the database has of it.
    pub(super) fn stored(kind: DeviceKind, hash: KeyHash) -> Self {
        Self { kind, hash }
    }

    /// The serial number of a device of WeatherFlow.
    ///
    /// # Errors
    /// [`BadDevice::Serial`].
    pub fn serial(text: &str) -> Result<Self, BadDevice> {
        let bare = bare(text);
        let fits = bare.len() == 10
            && bare.bytes().take(2).all(|b| b.is_ascii_uppercase())
            && bare.bytes().skip(2).all(|b| b.is_ascii_digit());
        if fits { Ok(Self { kind: DeviceKind::Serial, hash: serial_hash(&bare) }) } else { Err(BadDevice::Serial) }
    }

    /// Its kind.
    pub fn kind(&self) -> DeviceKind {
        self.kind
    }

    pub(super) fn hash(&self) -> &KeyHash {
        &self.hash
    }
}

impl fmt::Debug for DeviceSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceSecret({})", self.kind.name())
    }
}

/// What is stored of a serial number. It is no secret, so that it must open nothing else: it has another hash than a PASSKEY of the
/// same letters.
pub(super) fn serial_hash(text: &str) -> KeyHash {
    keys::hash(&format!("serial:{}", bare(text)))
}

/// What is stored of what a device calls itself in its uploads.
pub(super) fn hash(text: &str) -> KeyHash {
    hash_of(&bare(text))
}

/// What is stored of the name and the password of a console. The case of the name does not matter.
pub(super) fn login_hash(name: &str, password: &str) -> KeyHash {
    // No key of a station begins so, and no name holds a line's end.
    keys::hash(&format!("login:{}\n{password}", name.trim().to_ascii_lowercase()))
}

fn hash_of(bare: &str) -> KeyHash {
    // No key of a station begins so.
    keys::hash(&format!("device:{bare}"))
}

fn bare(text: &str) -> String {
    let kept = text.trim().chars().filter(|c| !matches!(c, ':' | '-'));
    kept.collect::<String>().to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_known_in_every_spelling_of_its_name() {
        let mac = DeviceSecret::mac("24:c8:6e:01:23:45").expect("an address");
        for spelling in ["24C86E012345", " 24-C8-6E-01-23-45 ", "24c86e012345"] {
            assert_eq!(&hash(spelling), mac.hash(), "{spelling}");
        }
        assert_ne!(&hash("24C86E012346"), mac.hash());
        let passkey = DeviceSecret::passkey("0123456789abcdef0123456789ABCDEF").expect("a PASSKEY");
        assert_eq!(&hash("0123456789ABCDEF0123456789ABCDEF"), passkey.hash());
        assert_ne!(keys::hash("24C86E012345"), *mac.hash());
        assert_eq!(format!("{mac:?} {passkey:?}"), "DeviceSecret(mac) DeviceSecret(passkey)");
        let serial = DeviceSecret::serial("st-00000512").expect("a serial number");
        assert_eq!(&serial_hash("ST-00000512"), serial.hash());
        assert_ne!(&hash("ST-00000512"), serial.hash(), "no upload can use what a hub tells everybody");
    }

    #[test]
    fn what_no_device_calls_itself_is_refused() {
        for text in ["", "24:C8:6E", "24C86E0123456", "24C86E01234G", "24C86Exxxxxx"] {
            assert_eq!(DeviceSecret::mac(text), Err(BadDevice::Mac), "{text}");
        }
        for text in ["", "ST-0000512", "ST-000005123", "0T-00000512", "ST-0000051X"] {
            assert_eq!(DeviceSecret::serial(text), Err(BadDevice::Serial), "{text}");
        }
        for text in ["", "short", "with blank inside it", &"A".repeat(65), "ü23456789012"] {
            assert_eq!(DeviceSecret::passkey(text), Err(BadDevice::Passkey), "{text}");
        }
    }
}
