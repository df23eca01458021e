//! Everything that a seat could ask for: each fetches every document of the hearing that there is, and what comes back,
//! if only a refusal, counts as received.

use papers::{Audience, Form};
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
    paths.push(format!("{hearing}/papers"));
    paths.extend(papers(&invited).map(|paper| format!("{hearing}/papers/{paper}")));
    for id in invited {
        let Some(seat) = play.seats.0.get_mut(&id).filter(|seat| seat.line().is_some()) else { continue };
        for path in &paths {
            seat.ask(Method::GET, path, Sent::Nothing).await?;
        }
    }
    Ok(())
}

/// Every paper, as a page, whose words can be read: those that are written to one for each seat, whoever it is.
fn papers(invited: &[SeatId]) -> impl Iterator<Item = String> {
    Form::ALL.into_iter().flat_map(|form| {
        let name = form.name();
        match form.audience() {
            Audience::All => vec![format!("{name}?as=page")],
            Audience::EachParticipant | Audience::EachPanellist | Audience::EachParty => {
                invited.iter().map(|to| format!("{name}?as=page&to={to}")).collect()
            }
        }
    })
}
