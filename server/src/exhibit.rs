//! The files of exhibits, kept under the SHA-256 of what is in them, one folder for each hearing.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use procedure::{
    Command,
    hearing::exhibit::{self, Content},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::{io::AsyncWriteExt, sync::Mutex};

use crate::{Error, Failure, Refused, token};

pub mod api;

/// A file that was taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Kept {
    /// SHA-256 of what is in it, hexadecimal.
    pub sha256: String,
    /// Length, in bytes.
    pub size: u64,
    /// What it is, by its first bytes and never by its name.
    pub media_type: String,
    /// Pages.
    pub pages: u32,
}

/// The files of all hearings.
#[derive(Clone, Debug)]
pub struct Exhibits {
    folder: PathBuf,
    hearing_bytes_max: u64,
    /// Held while room is looked for and filled, so that two files do not both take the last of it.
    filling: Arc<Mutex<()>>,
}

impl Exhibits {
    /// The files under a folder, so many bytes for each hearing.
    #[must_use]
    pub fn new(folder: PathBuf, hearing_bytes_max: u64) -> Self {
        Self { folder, hearing_bytes_max, filling: Arc::default() }
    }

    /// Takes a file in.
    ///
    /// # Errors
    /// When it is of no kind that is accepted, or there is no room.
    pub async fn keep(&self, hearing: &str, bytes: &[u8]) -> Result<Kept, Failure> {
        let media_type = kind(bytes).ok_or(Refused::FileKind)?;
        let kept = Kept {
            sha256: token::hex(&Sha256::digest(bytes)),
            size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            media_type: media_type.into(),
            pages: pages(media_type, bytes),
        };
        self.put(hearing, bytes, kept).await
    }

    async fn put(&self, hearing: &str, bytes: &[u8], kept: Kept) -> Result<Kept, Failure> {
        let _filling = self.filling.lock().await;
        if self.find(hearing, &kept.sha256).await?.is_some() {
            return Ok(kept);
        }
        let folder = self.folder.join(hearing);
        tokio::fs::create_dir_all(&folder).await?;
        if self.used(hearing).await? + kept.size > self.hearing_bytes_max {
            return Err(Refused::FilesFull.into());
        }
        // Written beside its place and then moved there, so that a file is whole or not there.
        write_whole(folder.join(&kept.sha256), bytes).await?;
        write_whole(folder.join(format!("{}.json", kept.sha256)), &serde_json::to_vec(&kept)?).await?;
        // The names too must be on disk before an entry of the log names the file.
        for folder in [&folder, &self.folder] {
            keep_names(folder).await?;
        }
        Ok(kept)
    }

    /// Takes in a file of a kind that is no exhibit, such as a signature made with a certificate.
    ///
    /// # Errors
    /// When there is no room.
    pub async fn keep_as(
        &self,
        hearing: &str,
        bytes: &[u8],
        media_type: &str,
        pages: u32,
    ) -> Result<Kept, Failure> {
        let kept = Kept {
            sha256: token::hex(&Sha256::digest(bytes)),
            size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            media_type: media_type.into(),
            pages,
        };
        self.put(hearing, bytes, kept).await
    }

    /// What is known of a file.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn find(&self, hearing: &str, sha256: &str) -> Result<Option<Kept>, Error> {
        if token::unhex(sha256).is_none() || sha256.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Ok(None);
        }
        match tokio::fs::read(self.folder.join(hearing).join(format!("{sha256}.json"))).await {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// What is in a file.
    ///
    /// # Errors
    /// When there is no such file, or it is no longer what it was.
    pub async fn read(&self, hearing: &str, sha256: &str) -> Result<(Kept, Vec<u8>), Failure> {
        let kept = self.find(hearing, sha256).await?.ok_or(Refused::FileUnknown)?;
        let bytes = tokio::fs::read(self.folder.join(hearing).join(sha256)).await?;
        if token::hex(&Sha256::digest(&bytes)) != kept.sha256 {
            return Err(Error::File(std::io::Error::other("a file of an exhibit has changed")).into());
        }
        Ok((kept, bytes))
    }

    /// Refuses a command that lays a file which was not taken in, or calls it something else.
    ///
    /// # Errors
    /// [`Refused::FileUnknown`].
    pub async fn check(&self, hearing: &str, command: &Command) -> Result<(), Failure> {
        let Command::Exhibit(exhibit::Command::Lay { content, .. }) = command else {
            return Ok(());
        };
        let Content::File { sha256, size, media_type, pages } = content else {
            return Ok(());
        };
        let kept = self.find(hearing, sha256).await?.ok_or(Refused::FileUnknown)?;
        let same = kept.size == *size && kept.media_type == *media_type && kept.pages == *pages;
        if same { Ok(()) } else { Err(Refused::FileUnknown.into()) }
    }

    async fn used(&self, hearing: &str) -> Result<u64, Error> {
        let mut entries = tokio::fs::read_dir(self.folder.join(hearing)).await?;
        let mut used = 0;
        while let Some(entry) = entries.next_entry().await? {
            used += entry.metadata().await?.len();
        }
        Ok(used)
    }
}

async fn write_whole(path: PathBuf, bytes: &[u8]) -> Result<(), Error> {
    let part = path.with_extension(format!("part-{}", uuid::Uuid::now_v7()));
    let mut file = tokio::fs::File::create(&part).await?;
    file.write_all(bytes).await?;
    file.sync_all().await?;
    tokio::fs::rename(&part, &path).await?;
    Ok(())
}

/// Waits until the names in a folder are on disk.
async fn keep_names(folder: &Path) -> Result<(), Error> {
    if cfg!(unix) {
        tokio::fs::File::open(folder).await?.sync_all().await?;
    }
    Ok(())
}

/// What a file is, by its first bytes.
#[must_use]
pub fn kind(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [b'%', b'P', b'D', b'F', b'-', ..] => Some("application/pdf"),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [] => None,
        _ => std::str::from_utf8(bytes)
            .is_ok_and(|text| !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')))
            .then_some("text/plain"),
    }
}

/// How many pages there are to show: those that a PDF counts openly, else one.
fn pages(media_type: &str, bytes: &[u8]) -> u32 {
    if media_type != "application/pdf" {
        return 1;
    }
    let page = b"/Type";
    let found = bytes.windows(page.len()).enumerate().filter(|(at, window)| {
        let rest = bytes[at + window.len()..].trim_ascii_start();
        *window == page && rest.starts_with(b"/Page") && !rest.starts_with(b"/Pages")
    });
    u32::try_from(found.count()).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_first_bytes_say() {
        assert_eq!(kind(b"%PDF-1.7 ..."), Some("application/pdf"));
        assert_eq!(kind("工资流水\n".as_bytes()), Some("text/plain"));
        assert_eq!(kind(b"MZ\x90\x00"), None);
        assert_eq!(kind(b""), None);
        assert_eq!(pages("application/pdf", b"<< /Type /Pages >> << /Type/Page >> << /Type /Page >>"), 2);
    }
}
