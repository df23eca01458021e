//! Everything that a seat could ask for: each fetches every document of the hearing that there is, and what comes back,
//! if only a refusal, counts as received.

use procedure::SeatId;
use reqwest::Method;

use super::{Play, exhibits};
use crate::rehearse::{api::Sent, line::Cut};

/// Copies of the case file that can be asked for.
const VOLUMES: &[&str] = &["", "?volume=own", "?volume=main", "?volume=whole"];

/// Fetches everything for every seat.
///
/// # Errors
/// When the server stays away.
pub(super) async fn fetch_all(play: &mut Play<'_>) -> Result<(), Cut> {
    let hearing = format!("/api/hearings/{}", play.hearing);
    let mut paths: Vec<String> = vec![
        "/api/notices".into(),
        format!("/api/notices/{}", play.hearing),
        "/api/hearings".into(),
        "/api/cases".into(),
        hearing.clone(),
        format!("{hearing}/draw"),
    ];
    paths.extend(VOLUMES.iter().map(|volume| format!("{hearing}/file{volume}")));
    paths.extend(exhibits(play).iter().map(|sha256| format!("{hearing}/exhibits/{sha256}")));
    let invited: Vec<SeatId> = play.seats.0.keys().cloned().collect();
    for id in invited {
        let Some(seat) = play.seats.0.get_mut(&id).filter(|seat| seat.line().is_some()) else { continue };
        for path in &paths {
            seat.ask(Method::GET, path, Sent::Nothing).await?;
        }
    }
    Ok(())
}
