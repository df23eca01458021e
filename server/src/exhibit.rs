//! The files of exhibits, kept under the SHA-256 of what is in them, one folder for each hearing.
//!
//! ```text
//! exhibits/HEARING/SHA256        the file      uploads/ID.part  as much of a file as has come
//!                  SHA256.json   its Kept             ID.json   whose it is, and how long it will be
//!                                              pages/…          pages that were drawn, to be drawn anew at any time
//! ```

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{Arc, Mutex as Held, Weak},
};

use bytes::Bytes;
use procedure::{
    Command, Hearing,
    hearing::exhibit::{self, Content},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::{
    io::AsyncWriteExt,
    sync::{Mutex, OwnedSemaphorePermit, Semaphore},
};

use self::{
    aside::Aside,
    examine::{Bounds, examine},
};
use crate::{Config, Error, Failure, Refused, config::Limits, token};

pub mod api;
pub mod aside;
pub mod examine;
pub mod page;
pub mod upload;

/// A file that was taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Kept {
    /// SHA-256 of what is in it, hexadecimal.
    pub sha256: String,
    /// Length, in bytes.
    pub size: u64,
    /// What it is, by what is in it and never by its name.
    pub media_type: String,
    /// Pages.
    pub pages: u32,
}

impl Kept {
    /// What is known of a file with these bytes, that is of this kind and has so many pages.
    #[must_use]
    pub fn of(bytes: &[u8], media_type: &str, pages: u32) -> Self {
        Self {
            sha256: token::hex(&Sha256::digest(bytes)),
            size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            media_type: media_type.into(),
            pages,
        }
    }
}

/// The files of all hearings.
#[derive(Clone, Debug)]
pub struct Exhibits {
    folder: PathBuf,
    limits: Limits,
    aside: Aside,
    /// Held while room is looked for and filled, so that two files do not both take the last of it.
    filling: Arc<Mutex<()>>,
    /// Uploads that are being written to.
    writing: Arc<Held<BTreeSet<String>>>,
    /// Places for pages that are being drawn.
    drawing: Arc<Semaphore>,
    /// Those who have a page drawn: each has one place at a time, and waits behind itself.
    turns: Arc<Held<BTreeMap<String, Weak<Mutex<()>>>>>,
}

impl Exhibits {
    /// The files under the data folder.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let limits = config.limits.clone();
        Self {
            folder: config.data.join("exhibits"),
            aside: Aside::new(config),
            filling: Arc::default(),
            writing: Arc::default(),
            turns: Arc::default(),
            drawing: Arc::new(Semaphore::new(Limits::count(limits.pages_at_once))),
            limits,
        }
    }

    /// Takes a file in, once it has been examined. The place, one of `files-at-once`, is held for as long.
    ///
    /// # Errors
    /// When it is of no kind that is accepted, broken or harmful, or there is no room.
    pub async fn keep(
        &self,
        hearing: &str,
        bytes: Bytes,
        place: OwnedSemaphorePermit,
    ) -> Result<Kept, Failure> {
        let sha256 = token::hex(&Sha256::digest(&bytes));
        self.examined(hearing, bytes, sha256, None, place).await
    }

    /// Takes in a file with that SHA-256, in place of the upload that it came by.
    async fn examined(
        &self,
        hearing: &str,
        bytes: Bytes,
        sha256: String,
        upload: Option<&str>,
        place: OwnedSemaphorePermit,
    ) -> Result<Kept, Failure> {
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if size > self.limits.exhibit_bytes_max {
            return Err(Refused::FileTooLarge.into());
        }
        let found = examine(bytes.clone(), Bounds::of(&self.limits), &self.aside, place).await?;
        let kept = Kept { sha256, size, media_type: found.media_type.into(), pages: found.pages };
        self.put(hearing, &bytes, kept, upload).await
    }

    async fn put(
        &self,
        hearing: &str,
        bytes: &[u8],
        kept: Kept,
        upload: Option<&str>,
    ) -> Result<Kept, Failure> {
        let _filling = self.filling.lock().await;
        if let Some(known) = self.find(hearing, &kept.sha256).await? {
            return Ok(known);
        }
        let folder = self.folder.join(hearing);
        tokio::fs::create_dir_all(&folder).await?;
        if self.used(hearing, upload).await?.saturating_add(kept.size) > self.limits.exhibits_bytes_max {
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
        self.put(hearing, bytes, Kept::of(bytes, media_type, pages), None).await
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

    /// Bytes of the files of a hearing, with those that uploads other than `own` have announced.
    async fn used(&self, hearing: &str, own: Option<&str>) -> Result<u64, Error> {
        let mut used = self.announced(hearing, own).await?;
        let mut entries = match tokio::fs::read_dir(self.folder.join(hearing)).await {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(used),
            Err(error) => return Err(error.into()),
        };
        while let Some(entry) = entries.next_entry().await? {
            let known = entry.metadata().await?;
            if known.is_file() {
                used = used.saturating_add(known.len());
            }
        }
        Ok(used)
    }
}

/// Whether a file belongs to what this view shows: an exhibit, or the signed pages of the record.
fn is_shown(view: &Hearing, sha256: &str) -> bool {
    let mut signed = view.record.scans();
    if signed.any(|scan| scan.sha256 == sha256) {
        return true;
    }
    view.exhibit.laid.values().any(|laid| match &laid.exhibit.content {
        Content::File { sha256: own, .. } => own == sha256,
        Content::Text(_) => false,
    })
}

async fn write_whole(path: PathBuf, bytes: &[u8]) -> Result<(), Error> {
    let part = path.with_extension(format!("part-{}", uuid::Uuid::now_v7()));
    let written = async {
        let mut file = tokio::fs::File::create(&part).await?;
        file.write_all(bytes).await?;
        file.sync_all().await?;
        tokio::fs::rename(&part, &path).await
    };
    if let Err(error) = written.await {
        // Where the disk is full, half a file would keep it full.
        let _ = tokio::fs::remove_file(&part).await;
        return Err(error.into());
    }
    Ok(())
}

/// Waits until the names in a folder are on disk.
async fn keep_names(folder: &Path) -> Result<(), Error> {
    if cfg!(unix) {
        tokio::fs::File::open(folder).await?.sync_all().await?;
    }
    Ok(())
}
