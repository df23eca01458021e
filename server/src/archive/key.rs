//! The keys with which this office seals its case files: made at the first start, kept in the data folder, readable by
//! their owner only. Keys that were replaced stay, for copies of a file are bound with the keys of its seal.
//!
//! ```text
//! seal.key                    the keys that seal now: two lines of 64 hexadecimal digits, Ed25519 and SM2
//! seal-FINGERPRINT.key        keys that were replaced
//! ```

use std::{
    fmt,
    io::{self, Write},
    path::Path,
    sync::Arc,
};

use casefile::{Keys, OfficeKeys, Signer};

use crate::{Error, token};

/// Whoever signs: keys in memory, or a device.
pub type Holder = Arc<dyn Signer + Send + Sync>;

/// The keys of the office, those that seal now first.
#[derive(Clone)]
pub struct Keyring(Vec<Holder>);

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys()).finish()
    }
}

impl Keyring {
    /// The keys of the data folder; new ones where there are none.
    ///
    /// # Errors
    /// When they cannot be read or written, or are no keys.
    pub fn open(data: &Path) -> Result<Self, Error> {
        let path = data.join(NOW);
        let lines = match std::fs::read_to_string(&path) {
            Ok(lines) => lines,
            Err(error) if error.kind() == io::ErrorKind::NotFound => make(&path)?,
            Err(error) => return Err(error.into()),
        };
        let now = keys(&path, &lines)?;
        let public = now.keys();
        let mut all: Vec<Holder> = vec![Arc::new(now)];
        let mut past: Vec<_> =
            std::fs::read_dir(data)?.filter_map(Result::ok).map(|entry| entry.path()).collect();
        past.sort();
        for path in past {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.strip_prefix("seal-").is_some_and(|rest| rest.ends_with(".key")) {
                let past = keys(&path, &std::fs::read_to_string(&path)?)?;
                // A replacement that was broken off leaves the keys that seal now under both names.
                if past.keys() != public {
                    all.push(Arc::new(past));
                }
            }
        }
        Ok(Self(all))
    }

    /// Whoever seals now.
    #[must_use]
    pub fn now(&self) -> &Holder {
        &self.0[0]
    }

    /// The public halves, those that seal now first.
    pub fn keys(&self) -> impl Iterator<Item = Keys> + '_ {
        self.0.iter().map(|holder| holder.keys())
    }

    /// Whoever holds these keys.
    #[must_use]
    pub fn holder(&self, keys: &Keys) -> Option<&Holder> {
        self.0.iter().find(|holder| holder.keys() == *keys)
    }
}

const NOW: &str = "seal.key";

/// Puts new keys in the place of those that seal now, which stay under the name of their fingerprint. The server must not
/// run. Says the public halves, the old ones first.
///
/// # Errors
/// When there are none, or they cannot be read or written.
pub fn replace(data: &Path) -> Result<(Keys, Keys), Error> {
    let now = data.join(NOW);
    let lines = std::fs::read_to_string(&now)?;
    let old = keys(&now, &lines)?.keys();
    let name = format!("seal-{}.key", old.ed25519.fingerprint().replace(' ', ""));
    // First the old ones get their lasting name; where this breaks off here, the next start still seals with them.
    write(&data.join(name), &lines)?;
    let lines = make(&now)?;
    Ok((old, keys(&now, &lines)?.keys()))
}

/// The keys of a file's two lines.
fn keys(path: &Path, lines: &str) -> Result<OfficeKeys, Error> {
    let mut secrets = lines.lines().map(|line| token::unhex(line.trim()));
    let (ed25519, sm2, rest) = (secrets.next().flatten(), secrets.next().flatten(), secrets.next());
    let keys = ed25519.zip(sm2).filter(|_| rest.is_none());
    keys.and_then(|(ed25519, sm2)| OfficeKeys::from_secrets(&ed25519, &sm2)).ok_or_else(|| {
        Error::Config(format!("{}: no keys: two lines of 64 hexadecimal digits", path.display()))
    })
}

/// New keys.
fn make(path: &Path) -> Result<String, Error> {
    let drawn = || {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|_| Error::Chance)?;
        Ok::<_, Error>(token::hex(&secret))
    };
    let lines = format!("{}\n{}\n", drawn()?, drawn()?);
    // Checked before it is written: one drawing in four thousand million is no SM2 key.
    keys(path, &lines)?;
    write(path, &lines)?;
    Ok(lines)
}

/// Written beside its place and then moved there, so that a start that is broken off leaves no half of a key.
fn write(path: &Path, lines: &str) -> Result<(), Error> {
    let part = path.with_extension("part");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&part)?;
    file.write_all(lines.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&part, path)?;
    // The name too is on disk before anything rests on it.
    #[cfg(unix)]
    std::fs::File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(())
}
