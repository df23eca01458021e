//! What a script leaves out: the office registers the case, seats everybody, has the hearing approved, tells the
//! participants, publishes it, and invites each seat. All of it through the same addresses that any program uses.

use std::collections::BTreeMap;

use procedure::{
    Capacity, Command, SeatId, Side,
    hearing::plan::{self, Openness, Seating},
    refusal::Sentence,
};
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::{
    Trouble, Why,
    api::{Api, Sent},
    script::Script,
    seat::{Invitation, Seat, new_id},
    staff::{Member, Staff},
};
use crate::pool::Panellist;

/// The rule that a short notice without a reason breaks.
const TOO_LATE: &str = "plan.notice-too-late";
/// Why the notice is short.
const SHORT: &str = "演练脚本所定日期临近，已征得听证参加人同意缩短告知期限。";
/// Why the panel is named directly.
const DIRECTED: &str = "演练脚本指定的听证员。";
/// What the first person's phone number ends in.
const TAILS_FROM: usize = 1001;

/// A hearing that is ready: its id, and its seats with their invitations.
pub struct Prepared {
    /// Its id.
    pub hearing: String,
    /// Its seats.
    pub seats: BTreeMap<SeatId, Seat>,
}

/// An invitation as the server hands it out.
#[derive(Deserialize)]
struct Invited {
    link: String,
}

/// Prepares the hearing of a script. Where a rule refuses a seat, the seat has no invitation; where a rule refuses the
/// hearing, there is none.
///
/// # Errors
/// [`Trouble`], when the server stays away.
pub async fn prepare(api: &Api, staff: &Staff, script: &Script) -> Result<Result<Prepared, Why>, Trouble> {
    let hearing = match register(staff, script).await? {
        Ok(id) => id,
        Err(refused) => return Ok(Err(by_rule("登记听证", "the registration", &refused))),
    };
    draw(staff, &hearing, script).await?;
    let mut seats = BTreeMap::new();
    for seating in in_order(&script.seats) {
        let command = Command::Plan(plan::Command::Seat(seating.clone()));
        let seated = staff.command(&staff.prepares, &hearing, &new_id(), &command).await?;
        seats.insert(seating.id.clone(), (seating, seated));
    }
    if let Err(refused) = approve(staff, &hearing, script).await? {
        return Ok(Err(refused));
    }
    let mut invited = BTreeMap::new();
    for (place, (id, (seating, seated))) in seats.into_iter().enumerate() {
        let invitation = match seated {
            Ok(()) => invite(staff, &hearing, &id, TAILS_FROM + place).await?,
            Err(refused) => Err(refused),
        };
        invited.insert(id, Seat::new(seating, invitation, api.clone(), hearing.clone()));
    }
    Ok(Ok(Prepared { hearing, seats: invited }))
}

fn by_rule(zh: &str, en: &str, refused: &Sentence) -> Why {
    Why::new(
        format!("{zh}被拒绝（{}）：{}", refused.code, refused.zh),
        format!("{en} was refused ({}): {}", refused.code, refused.en),
    )
}

/// The id is ours, so that a registration whose answer was lost is not made twice.
async fn register(staff: &Staff, script: &Script) -> Result<Result<String, Sentence>, Trouble> {
    let id = new_id().0;
    let wanted = json!({"id": id, "case": script.case, "hearing": script.hearing.setting()});
    let answer = staff.ask(Method::POST, "/api/hearings", &Sent::Json(wanted)).await?;
    Ok(if answer.is_good() { Ok(id) } else { Err(answer.refusal()) })
}

/// Puts on record that the panel was named directly, where all of it stands in the pool.
async fn draw(staff: &Staff, hearing: &str, script: &Script) -> Result<(), Trouble> {
    let pool = staff.ask(Method::GET, "/api/pool", &Sent::Nothing).await?;
    let pool: Vec<Panellist> = pool.document().unwrap_or_default();
    let panel = script.seats.iter().filter(|seating| seating.capacity == Capacity::Panellist);
    let known = panel.map(|seating| pool.iter().find(|person| person.name == seating.name));
    let Some(directed) = known.map(|person| Some(&person?.id)).collect::<Option<Vec<_>>>() else {
        return Ok(());
    };
    if directed.is_empty() {
        return Ok(());
    }
    let wanted = Sent::Json(json!({"id": new_id(), "directed": directed, "reason": DIRECTED}));
    staff.ask(Method::POST, &format!("/api/hearings/{hearing}/draw"), &wanted).await.map(|_| ())
}

/// Agents after those for whom they speak: where the script names nobody, the first party of their side.
fn in_order(seats: &[Seating]) -> Vec<Seating> {
    let of_side = |agent: &Seating| {
        let mut parties =
            seats.iter().filter(|seating| seating.capacity != Capacity::Agent && on(seating).is_some());
        parties.find(|seating| on(seating) == agent.side).map(|seating| seating.id.clone())
    };
    let mut all: Vec<Seating> = seats.iter().cloned().map(as_posted).collect();
    for agent in
        all.iter_mut().filter(|seating| seating.capacity == Capacity::Agent && seating.acts_for.is_none())
    {
        agent.acts_for = of_side(agent);
    }
    all.sort_by_key(|seating| seating.capacity == Capacity::Agent);
    all
}

/// The side of a party.
const fn on(seating: &Seating) -> Option<Side> {
    match seating.capacity {
        Capacity::Applicant => Some(Side::Applicant),
        Capacity::Respondent => Some(Side::Respondent),
        Capacity::ThirdParty => seating.side,
        _ => None,
    }
}

/// A seating as a script tells it: the chair is the chief prosecutor if the post says so.
#[must_use]
pub fn as_posted(seating: Seating) -> Seating {
    let leads = seating.capacity == Capacity::Chair && is_chief(seating.post.as_deref());
    Seating { chief_prosecutor: seating.chief_prosecutor || leads, ..seating }
}

/// Whether a post is that of the chief prosecutor: 检察长, and not a deputy or an assistant.
fn is_chief(post: Option<&str>) -> bool {
    post.map(str::to_lowercase).is_some_and(|post| {
        let has = |words: &[&str]| words.iter().any(|word| post.contains(word));
        has(&["检察长", "chief prosecutor", "chief procurator"])
            && !has(&["副检察长", "检察长助理", "助理检察长", "deputy", "assistant"])
    })
}

/// The chief prosecutor approves, the participants are told, a public hearing is published.
async fn approve(staff: &Staff, hearing: &str, script: &Script) -> Result<Result<(), Why>, Trouble> {
    let does = async |member: &Member, command: plan::Command| {
        staff.command(member, hearing, &new_id(), &Command::Plan(command)).await
    };
    let chief = plan::Command::Approve { note: String::new() };
    if let Err(refused) = does(&staff.chief, chief).await? {
        return Ok(Err(by_rule("批准听证", "the approval", &refused)));
    }
    let mut told = does(&staff.prepares, plan::Command::Notify { reason: None }).await?;
    if told.as_ref().is_err_and(|refused| refused.code == TOO_LATE) {
        let reason = Some(SHORT.into());
        told = does(&staff.prepares, plan::Command::Notify { reason }).await?;
    }
    if let Err(refused) = told {
        return Ok(Err(by_rule("告知参加人", "the notice to the participants", &refused)));
    }
    if script.hearing.setting().openness == Openness::Public
        && let Err(refused) = does(&staff.prepares, plan::Command::Publish {}).await?
    {
        return Ok(Err(by_rule("发布公告", "the public notice", &refused)));
    }
    Ok(Ok(()))
}

async fn invite(
    staff: &Staff,
    hearing: &str,
    seat: &SeatId,
    tail: usize,
) -> Result<Result<Invitation, Sentence>, Trouble> {
    let phone_tail = format!("{:04}", tail % 10_000);
    let wanted = Sent::Json(json!({"seat": seat, "phone_tail": phone_tail}));
    let answer = staff.ask(Method::POST, &format!("/api/hearings/{hearing}/invitations"), &wanted).await?;
    Ok(answer.document::<Invited>().map(|invited| Invitation { link: invited.link, phone_tail }))
}

#[cfg(test)]
mod tests {
    use super::is_chief;

    #[test]
    fn the_chief_prosecutor_is_known_by_the_post() {
        for post in ["检察长", "市人民检察院检察长", "党组书记、检察长", "Chief Prosecutor"]
        {
            assert!(is_chief(Some(post)), "{post}");
        }
        for post in
            [None, Some("副检察长"), Some("承办检察官"), Some("检察长助理"), Some("Deputy Chief Prosecutor")]
        {
            assert!(!is_chief(post), "{post:?}");
        }
    }
}
