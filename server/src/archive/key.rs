//! The key with which this office seals its case files: made at the first start, kept in the data folder, readable by
//! its owner only.

use std::{
    io::{self, Write},
    path::Path,
};

use casefile::Ed25519;

use crate::{Error, token};

/// The secret key of the data folder; a new one where there is none.
///
/// # Errors
/// When it cannot be read or written, or is no key.
pub fn of(data: &Path) -> Result<Ed25519, Error> {
    let path = data.join("seal.key");
    let hex = match std::fs::read_to_string(&path) {
        Ok(hex) => hex,
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(&path)?,
        Err(error) => return Err(error.into()),
    };
    let secret: [u8; 32] =
        token::unhex(hex.trim()).ok_or_else(|| Error::Config(format!("{}: no key", path.display())))?;
    Ok(Ed25519::from_secret(&secret))
}

fn make(path: &Path) -> Result<String, Error> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|_| Error::Chance)?;
    let hex = token::hex(&secret);
    // Written beside its place and then moved there, so that a start that is broken off leaves no half of a key.
    let part = path.with_extension("part");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&part)?;
    file.write_all(hex.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&part, path)?;
    Ok(hex)
}
