//! One page of an exhibit, for those who have no program for the file: a picture of it, or its text.
//!
//! Drawn once and kept beside the file, as long as there is room; the oldest go first, since they can be drawn again.

use std::{
    path::Path,
    sync::{Arc, PoisonError, Weak},
    time::SystemTime,
};

use bytes::Bytes;
use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    time::timeout,
};

use super::{
    Exhibits, Kept,
    examine::{
        Bounds, PDF, TEXT, office,
        paged::paged,
        picture::{self, Format, Size},
    },
    write_whole,
};
use crate::{Error, Failure, Refused, config::Limits};

pub mod api;

/// Narrowest and widest picture of a page, in pixels.
pub const WIDTHS: std::ops::RangeInclusive<u32> = 64..=4_096;

/// As wide as these pictures are drawn, so that one that was drawn serves everybody who asks for about the same.
const STEPS: [u32; 3] = [500, 1_000, 2_000];

/// The step that is as wide as asked for, or wider.
fn step(width: u32) -> u32 {
    STEPS.into_iter().find(|step| *step >= width).unwrap_or(*WIDTHS.end())
}

/// What a page is shown as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// A picture: its media type and bytes.
    Picture(&'static str, Vec<u8>),
    /// Its text.
    Text(String),
}

impl Exhibits {
    /// One page of a file, counted from one; a picture so many pixels wide, or somewhat wider. Of the pages that the same
    /// `asker` wants one is drawn at a time.
    ///
    /// # Errors
    /// When there is no such file or page, or it cannot be drawn.
    pub async fn page(
        &self,
        hearing: &str,
        sha256: &str,
        page: u32,
        width: u32,
        asker: &str,
    ) -> Result<Page, Failure> {
        let width = step(width);
        let kept = self.find(hearing, sha256).await?.ok_or(Refused::FileUnknown)?;
        if page == 0 || page > kept.pages {
            return Err(Refused::PageUnknown.into());
        }
        let is_picture = kept.media_type == PDF || Format::of(&kept.media_type).is_some();
        let folder = self.folder.join(hearing).join("pages");
        let ending = if is_picture { format!("{width}.picture") } else { "text".into() };
        let path = folder.join(format!("{sha256}-{page}-{ending}"));
        if let Some(bytes) = there(&path).await? {
            return shown(is_picture, bytes);
        }
        // Both are held until it is drawn, also where whoever asked has gone away.
        let turn = self.turn(asker).await;
        let place = (self.drawing.clone().acquire_owned().await.map_err(|_| Error::Stopping)?, turn);
        if let Some(bytes) = there(&path).await? {
            return shown(is_picture, bytes);
        }
        let (kept, bytes) = self.read(hearing, sha256).await?;
        let drawn = if kept.media_type == PDF {
            let drawn = self.aside.draw(&bytes, page, width, self.limits.exhibit_picture_pixels_max).await;
            drop(place);
            drawn?
        } else {
            let (bounds, pixels_max) = (Bounds::of(&self.limits), self.limits.exhibit_picture_pixels_max);
            let drawing = tokio::task::spawn_blocking(move || {
                let drawn = draw(&kept, &bytes.into(), page, Size { width, pixels_max }, bounds);
                drop(place);
                drawn
            });
            let drawn = timeout(Limits::span(self.limits.exhibit_draw_ms), drawing).await;
            // What a parser could not bear has panicked, and only that.
            drawn.map_err(|_| Refused::PageUndrawn)?.map_err(|_| Refused::PageUndrawn)??
        };
        tokio::fs::create_dir_all(&folder).await?;
        write_whole(path, &drawn).await?;
        make_room(&folder, self.limits.exhibit_pages_bytes_max).await?;
        shown(is_picture, drawn)
    }

    /// Waits until the same asker has no other page drawn.
    async fn turn(&self, asker: &str) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            turns.retain(|_, turn| turn.strong_count() > 0);
            let known = turns.get(asker).and_then(Weak::upgrade);
            let turn = known.unwrap_or_else(|| Arc::new(Mutex::new(())));
            turns.insert(asker.into(), Arc::downgrade(&turn));
            turn
        };
        turn.lock_owned().await
    }
}

fn draw(kept: &Kept, bytes: &Bytes, page: u32, size: Size, bounds: Bounds) -> Result<Vec<u8>, Refused> {
    if let Some(format) = Format::of(&kept.media_type) {
        return picture::scaled(bytes, format, size, bounds.pixels_max);
    }
    let text = match kept.media_type.as_str() {
        TEXT => {
            let text = std::str::from_utf8(bytes).map_err(|_| Refused::PageUndrawn)?;
            text.strip_prefix('\u{feff}').unwrap_or(text).to_string()
        }
        _ => office::read(bytes, bounds).map_err(|_| Refused::PageUndrawn)?.text,
    };
    // A file that was laid when a text had one page keeps it.
    if kept.pages == 1 {
        return Ok(text.trim_matches(super::examine::paged::BREAK).into());
    }
    let at = usize::try_from(page).unwrap_or(usize::MAX).saturating_sub(1);
    paged(&text).into_iter().nth(at).map(String::into_bytes).ok_or(Refused::PageUnknown)
}

fn shown(is_picture: bool, bytes: Vec<u8>) -> Result<Page, Failure> {
    if is_picture {
        return Ok(Page::Picture(picture::media_type(&bytes), bytes));
    }
    Ok(Page::Text(String::from_utf8(bytes).map_err(|_| Refused::PageUndrawn)?))
}

async fn there(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match tokio::fs::read(path).await {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Removes the oldest pages of a hearing until the others are within the limit.
async fn make_room(folder: &Path, bytes_max: u64) -> Result<(), Error> {
    let mut all = Vec::new();
    let mut entries = tokio::fs::read_dir(folder).await?;
    while let Some(entry) = entries.next_entry().await? {
        // Another request may have removed it meanwhile.
        if let Ok(known) = entry.metadata().await {
            all.push((known.modified().unwrap_or(SystemTime::UNIX_EPOCH), known.len(), entry.path()));
        }
    }
    let mut used: u64 = all.iter().map(|(_, size, _)| size).sum();
    all.sort();
    for (_, size, path) in all {
        if used <= bytes_max {
            break;
        }
        let _ = tokio::fs::remove_file(path).await;
        used = used.saturating_sub(size);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_drawn_in_a_few_widths_and_never_narrower_than_asked_for() {
        for (asked, drawn) in
            [(64, 500), (500, 500), (501, 1_000), (1_200, 2_000), (2_001, 4_096), (4_096, 4_096)]
        {
            assert_eq!(step(asked), drawn, "{asked}");
        }
    }
}
