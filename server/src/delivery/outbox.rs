//! The outbox: a folder in which every message is a file, for a program of the office that carries them on. What carries
//! messages where nothing else is set up.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde_json::json;
use tokio::{io::AsyncWriteExt, sync::Mutex};

use super::{
    Because,
    carrier::{Body, Carried, Carrier, Message, Receipt, Undelivered},
};

/// The folder of the messages.
#[derive(Clone, Debug)]
pub struct Outbox {
    folder: PathBuf,
    bytes_max: u64,
    /// Held while room is looked for and filled.
    filling: Arc<Mutex<()>>,
}

impl Outbox {
    /// The messages under a folder, so many bytes of them.
    #[must_use]
    pub fn new(folder: PathBuf, bytes_max: u64) -> Self {
        Self { folder, bytes_max, filling: Arc::default() }
    }

    async fn put(&self, message: &Message) -> Result<Receipt, Undelivered> {
        let (ending, bytes) = match &message.body {
            Body::Mail(letter) => ("eml", letter.formatted()),
            Body::Sms(text) => {
                let written = json!({"id": message.id, "to": message.to, "text": text});
                ("json", written.to_string().into_bytes())
            }
        };
        let _filling = self.filling.lock().await;
        let name = format!("{}.{ending}", message.id);
        let used = self.used().await.map_err(broken)?;
        if used.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX)) > self.bytes_max {
            return Err(Undelivered::new(Because::OutboxFull, "outbox-bytes-max"));
        }
        write_whole(&self.folder, &name, &bytes).await.map_err(broken)?;
        Ok(Receipt(name))
    }

    async fn used(&self) -> io::Result<u64> {
        tokio::fs::create_dir_all(&self.folder).await?;
        let mut entries = tokio::fs::read_dir(&self.folder).await?;
        let mut used = 0;
        while let Some(entry) = entries.next_entry().await? {
            // Whoever carries them on may take one away meanwhile.
            match entry.metadata().await {
                Ok(known) => used += known.len(),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(used)
    }
}

impl Carrier for Outbox {
    fn name(&self) -> &'static str {
        "outbox"
    }

    fn send<'a>(&'a self, message: &'a Message) -> Carried<'a> {
        Box::pin(self.put(message))
    }
}

fn broken(error: io::Error) -> Undelivered {
    tracing::error!(%error, "the outbox cannot be written");
    Undelivered::new(Because::Machine, &error.to_string())
}

/// Writes a file beside its place and moves it there, so that it is whole or not there, its name on disk too. The folder is
/// made where there is none.
///
/// # Errors
/// When the disk fails.
pub async fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    tokio::fs::create_dir_all(folder).await?;
    let part = folder.join(format!(".{name}.part"));
    let mut file = tokio::fs::File::create(&part).await?;
    file.write_all(bytes).await?;
    file.sync_all().await?;
    tokio::fs::rename(&part, folder.join(name)).await?;
    if cfg!(unix) {
        tokio::fs::File::open(folder).await?.sync_all().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: &str, text: &str) -> Message {
        Message { id: id.into(), to: "13812342001".into(), body: Body::Sms(text.into()) }
    }

    #[tokio::test]
    async fn a_message_is_a_file_of_its_own_and_the_same_again_is_the_same_file() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = Outbox::new(folder.path().join("outbox"), 10_000);
        for _ in 0..2 {
            assert_eq!(outbox.send(&message("d1", "听证")).await, Ok(Receipt("d1.json".into())));
        }
        let files: Vec<_> = std::fs::read_dir(folder.path().join("outbox")).unwrap().collect();
        assert_eq!(files.len(), 1, "{files:?}");
    }

    #[tokio::test]
    async fn a_full_outbox_takes_nothing_and_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = Outbox::new(folder.path().into(), 100);
        outbox.send(&message("d1", "短")).await.unwrap();
        let full = outbox.send(&message("d2", &"长".repeat(100))).await.unwrap_err();
        assert_eq!((full.because, full.is_final()), (Because::OutboxFull, false));
        assert!(folder.path().join("d1.json").exists() && !folder.path().join("d2.json").exists());
    }
}
