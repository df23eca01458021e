//! What is done once a hearing is sealed, apart from everybody who waits: the seal is made and kept, the words go into the index,
//! the class of retention is set, and the seal is stamped.
//!
//! ```text
//! sealed ──▶ seal kept ──▶ retention set ──▶ indexed ──▶ stamped (by an authority outside; tried again)
//! ```
//!
//! Each step is done once however often it is tried: what a stop or a failing disk left over is done at the next round.

use std::{collections::BTreeSet, sync::Arc};

use tokio::sync::watch;

use super::{
    api, catalogue,
    exchange::foreign,
    public_version::list,
    retention, seals,
    search::passages,
    stamp::{self, Unstamped},
};
use crate::{Error, Failure, Site, clock, config::Limits};

/// Shelves what is sealed, when it is and from time to time, until the server stops.
pub async fn keep(site: Arc<Site>, mut stopping: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(Limits::span(site.config.limits.archive_every_ms));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = site.docket().sealed() => {}
            _ = stopping.wait_for(|stops| *stops) => return,
        }
        tokio::select! {
            () = round(&site) => {}
            _ = stopping.wait_for(|stops| *stops) => return,
        }
    }
}

/// Shelves every sealed hearing that is not, and asks for the stamps that are lacking.
pub async fn round(site: &Arc<Site>) {
    if let Err(error) = shelve_all(site).await {
        tracing::error!(code = error.code(), %error, "the archive could not be looked through");
    }
    if let Err(error) = list::complete(&site.database.pool).await {
        tracing::error!(code = error.code(), %error, "the list of public records could not be completed");
    }
    if let Some(authority) = &site.archive.stamp_authority
        && let Err(error) = stamp_some(site, authority).await
    {
        tracing::error!(code = error.code(), %error, "the stamps could not be looked through");
    }
}

/// Has so many seals stamped as one round takes, those first that were not tried yet: a seal that is refused for good holds up
/// no other, and an authority that is away is not waited for again in the same round.
async fn stamp_some(site: &Site, authority: &stamp::Authority) -> Result<(), Error> {
    let pool = &site.database.pool;
    let mut tried = site.archive.stamps_tried.lock().await;
    let mut lacking = stamp::lacking(pool).await?;
    if lacking.iter().all(|hearing| tried.contains(hearing)) {
        tried.clear();
    }
    lacking.sort_by_key(|hearing| tried.contains(hearing));
    lacking.truncate(Limits::count(site.config.limits.stamps_round_max));
    for hearing in lacking {
        match seals::kept(pool, &hearing).await {
            Ok(Some(seal)) => {
                let obtained = stamp::obtain(pool, &site.gauges, authority, &hearing, &seal.statement).await;
                if let Err(Unstamped::Away(_)) = obtained {
                    break;
                }
            }
            Ok(None) => {}
            Err(error) => tracing::error!(hearing, code = error.code(), %error, "a seal could not be read"),
        }
        tried.insert(hearing);
    }
    Ok(())
}

async fn shelve_all(site: &Arc<Site>) -> Result<(), Error> {
    let shelved: BTreeSet<String> =
        catalogue::all(&site.database.pool).await?.into_iter().map(|entry| entry.hearing).collect();
    let faces = site.docket().hearings().await?;
    for face in faces.into_iter().filter(|face| face.sealed && !shelved.contains(&face.id)) {
        if let Err(failure) = shelve(site, &face.id).await {
            let sentence = failure.into_sentence();
            tracing::error!(hearing = face.id, code = sentence.code, "a sealed hearing could not be shelved");
        }
    }
    Ok(())
}

/// Shelves one sealed hearing.
///
/// # Errors
/// When its log cannot be read, or the database fails.
pub async fn shelve(site: &Arc<Site>, id: &str) -> Result<(), Failure> {
    let _alone = site.archive.shelving.lock().await;
    let pool = &site.database.pool;
    // Another round may have come first.
    if catalogue::entry(pool, id).await?.is_some() {
        return Ok(());
    }
    let hearing = api::sealed(site, id).await?;
    retention::begin(pool, &site.archive.schedule, id, clock::now()).await?;
    let foreign = foreign::kept(pool, id).await?;
    let office = foreign.as_ref().map_or(&site.config.office, |foreign| &foreign.office);
    let Some(entry) = catalogue::Entry::of(id, &hearing, office) else { return Ok(()) };
    let words =
        tokio::task::spawn_blocking(move || passages::of(&hearing)).await.map_err(|_| Error::Stopping)?;
    site.archive.index.put(&entry, &words).await?;
    site.gauges.shelved_total.up();
    Ok(())
}
