//! Files of recordings are long and are fetched piece by piece, often without haste: so many at a time, and none that
//! nobody takes any more.

use std::{io, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use futures_util::{StreamExt, stream};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    time::timeout,
};

use crate::{Refused, config::Limits};

/// Pieces that wait for whoever fetches them.
const PIECES: usize = 2;

/// How many files are handed out, and how patiently.
#[derive(Debug)]
pub struct HandOut {
    places: Arc<Semaphore>,
    patience: Duration,
}

impl HandOut {
    /// As many at a time as the limits say.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            places: Arc::new(Semaphore::new(Limits::count(limits.downloads_at_once))),
            patience: Limits::span(limits.download_stall_ms),
        }
    }

    /// A place for one file.
    ///
    /// # Errors
    /// When all are taken: [`Refused::TooFast`].
    pub(super) fn place(&self) -> Result<OwnedSemaphorePermit, Refused> {
        self.places.clone().try_acquire_owned().map_err(|_| Refused::TooFast)
    }

    /// Hands a response out, which breaks off when nothing of it is taken for long. Until it is over it has its place.
    pub(super) fn hand_out(&self, response: Response, place: OwnedSemaphorePermit) -> Response {
        let (pieces, taken) = mpsc::channel(PIECES);
        let patience = self.patience;
        response.map(|body| {
            tokio::spawn(passes_on(body, pieces, patience, place));
            let next = |mut taken: mpsc::Receiver<io::Result<Bytes>>| async {
                let piece = taken.recv().await?;
                Some((piece, taken))
            };
            Body::from_stream(stream::unfold(taken, next))
        })
    }
}

async fn passes_on(
    body: Body,
    pieces: mpsc::Sender<io::Result<Bytes>>,
    patience: Duration,
    _place: OwnedSemaphorePermit,
) {
    let mut body = body.into_data_stream();
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(io::Error::other);
        // Whoever fetches has gone, or takes nothing: the length that was told says that something is missing.
        let Ok(Ok(())) = timeout(patience, pieces.send(piece)).await else { return };
    }
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;

    use super::*;

    #[tokio::test]
    async fn given_a_file_that_nobody_takes_then_its_place_is_free_after_a_while() {
        let limits = Limits { downloads_at_once: 1, download_stall_ms: 100, ..Limits::default() };
        let handing = HandOut::new(&limits);
        let pieces = stream::iter((0..100).map(|_| Ok::<_, io::Error>(Bytes::from_static(b"piece"))));
        let file = Body::from_stream(pieces).into_response();
        let place = handing.place().unwrap();
        let mut body = handing.hand_out(file, place).into_body().into_data_stream();
        assert_eq!(body.next().await.unwrap().unwrap(), "piece");
        assert!(matches!(handing.place(), Err(Refused::TooFast)), "all places are taken");
        let free = async {
            while handing.place().is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(Duration::from_secs(5), free).await.expect("it is given up in time");
        let rest = body.map(Result::unwrap).count().await;
        assert!(rest < 99, "and breaks off: {rest}");
    }
}
