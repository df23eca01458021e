//! The demonstration office: staff, a pool of panellists, and one hearing with everybody invited, ready to open.
//!
//! What it made stands in `demo.json` in the data folder, readable by its owner only. It is written before anything is
//! made and again at the end, so that a start that was broken off is finished by the next one. A folder with accounts
//! and without `demo.json` belongs to a real office and is left alone.

use std::{io::Write, path::Path};

use procedure::{
    By, Capacity, Command, Id, Moment, Office, Rulebook, SeatId,
    hearing::plan::{self, Case, Openness, Seating, Setting},
};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Failure, Site, clock,
    invitation::Shown,
    pool::{Panellist, api::Wanted},
    rehearse::prepare::as_posted,
    token,
};

const SCRIPT: &str = include_str!("../demo/chen.json");
const POOL: &str = include_str!("../demo/pool.json");
/// The demonstration's staff.
const STAFF: [(&str, Office); 7] = [
    ("admin", Office::Administrator),
    ("chief", Office::ChiefProsecutor),
    ("leader", Office::Leader),
    ("handler", Office::Handler),
    ("clerk", Office::Clerk),
    ("petition", Office::Petition),
    ("casemgmt", Office::CaseManagement),
];
/// Days from the first start to the hearing.
const DAYS_AHEAD: i64 = 4;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// What `demo.json` holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Demo {
    /// Address of the server.
    pub server: String,
    /// The staff.
    pub accounts: Vec<Login>,
    /// Id of the hearing; empty until it is made.
    pub hearing: String,
    /// Everybody invited to it.
    pub seats: Vec<Invited>,
}

/// A member of the demonstration's staff.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Login {
    /// Name.
    pub name: String,
    /// Post.
    pub role: Office,
    /// Password.
    pub password: String,
}

/// Somebody invited to the demonstration's hearing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Invited {
    /// The seat.
    pub seat: SeatId,
    /// What the person is.
    pub capacity: Capacity,
    /// Name.
    pub name: String,
    /// The page where the person comes in.
    pub link: String,
    /// The same for reading out.
    pub code: String,
    /// Last four digits of the phone number.
    pub phone_tail: String,
}

/// The part of a script that is a hearing.
#[derive(Deserialize)]
struct Script {
    case: Case,
    hearing: Setting,
    seats: Vec<Seating>,
}

/// Makes the demonstration, or what is missing of it. None when the folder belongs to a real office.
///
/// # Errors
/// When something cannot be written.
pub async fn make(site: &Site) -> Result<Option<Demo>, Failure> {
    let file = site.config.data.join("demo.json");
    let known = match tokio::fs::read(&file).await {
        Ok(bytes) => Some(serde_json::from_slice::<Demo>(&bytes)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    let mut demo = match known {
        Some(demo) => demo,
        None if site.accounts.all().await?.is_empty() => Demo::new(site)?,
        None => return Ok(None),
    };
    demo.server.clone_from(&site.config.public);
    write(&file, &demo)?;
    staff(site, &demo).await?;
    if demo.hearing.is_empty() {
        demo.hearing = hearing(site).await?;
        write(&file, &demo)?;
    }
    invite(site, &mut demo).await?;
    write(&file, &demo)?;
    Ok(Some(demo))
}

impl Demo {
    fn new(site: &Site) -> Result<Self, Error> {
        let login =
            |(name, role): (&str, Office)| Ok(Login { name: name.into(), role, password: token::code()? });
        Ok(Self {
            server: site.config.public.clone(),
            accounts: STAFF.into_iter().map(login).collect::<Result<_, Error>>()?,
            hearing: String::new(),
            seats: Vec::new(),
        })
    }

    /// What is printed for whoever started it.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("工作人员登录 Staff sign in at {}/office", self.server)];
        lines.extend(self.accounts.iter().map(|login| {
            let (zh, en) = login.role.words();
            format!("  {:<9} {}   {zh} {en}", login.name, login.password)
        }));
        lines.push(
            "听证席位 Seats of the demonstration hearing (link, code, last four digits of the phone)".into(),
        );
        lines.extend(self.seats.iter().map(|seat| {
            let (zh, en) = seat.capacity.words();
            let Invited { seat, name, link, code, phone_tail, .. } = seat;
            format!("  {:<8} {link}  {code}  {phone_tail}   {zh} {en} {name}", seat.0)
        }));
        lines
    }
}

/// Readable by its owner only, and whole or not there.
fn write(file: &Path, demo: &Demo) -> Result<(), Error> {
    let part = file.with_extension("json.part");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(&part)?;
    out.write_all(&serde_json::to_vec_pretty(demo)?)?;
    out.sync_all()?;
    std::fs::rename(&part, file)?;
    Ok(())
}

async fn staff(site: &Site, demo: &Demo) -> Result<(), Failure> {
    let there = site.accounts.all().await?;
    for Login { name, role, password } in &demo.accounts {
        if !there.iter().any(|account| account.name == *name) {
            site.accounts.add(name, password, *role, clock::now()).await?;
        }
    }
    if site.pool.all().await?.is_empty() {
        for person in serde_json::from_str::<Vec<Panellist>>(POOL)? {
            site.pool.put(person).await?;
        }
    }
    Ok(())
}

/// Registers the hearing, draws and seats, has it approved, notified and published.
async fn hearing(site: &Site) -> Result<String, Failure> {
    let Script { case, mut hearing, seats } = serde_json::from_str(SCRIPT)?;
    hearing.scheduled = scheduled(clock::now());
    let public = hearing.openness == Openness::Public;
    let id = uuid::Uuid::now_v7().to_string();
    let register = plan::Command::Register { case: case.clone(), hearing };
    site.rooms.found(&id, By::Office(Office::Handler), Command::Plan(register)).await?;
    site.docket().keep_case(&case, clock::now()).await?;
    let panel =
        seats.iter().filter(|seat| seat.capacity == Capacity::Panellist).map(|seat| seat.name.as_str());
    let wanted =
        Wanted::directed(ids_of(&site.pool.all().await?, panel), "演示听证：按案件所涉专业领域指定。".into());
    crate::pool::api::draw_for(site, &id, Office::CaseManagement, wanted).await?;
    let mut commands: Vec<(Office, plan::Command)> =
        seats.into_iter().map(|seating| (Office::Handler, plan::Command::Seat(as_posted(seating)))).collect();
    commands.push((Office::ChiefProsecutor, plan::Command::Approve { note: String::new() }));
    let reason = Some("演示听证，即时召开。".into());
    commands.push((Office::Handler, plan::Command::Notify { reason }));
    if public {
        commands.push((Office::Handler, plan::Command::Publish {}));
    }
    let door = site.rooms.door(&id).await?;
    for (office, command) in commands {
        let command_id = Id(uuid::Uuid::now_v7().to_string());
        door.submit(command_id, By::Office(office), Command::Plan(command)).await?;
    }
    Ok(id)
}

/// Nine o'clock on the office's wall clock, some days ahead.
fn scheduled(now: Moment) -> String {
    let offset = Rulebook::default().utc_offset_minutes;
    let day = now.plus_ms(DAYS_AHEAD * DAY_MS).local(offset).to_string();
    let (date, _) = day.split_once(' ').unwrap_or((day.as_str(), ""));
    format!("{date}T09:00:00{:+03}:{:02}", offset / 60, (offset % 60).abs())
}

fn ids_of<'a>(pool: &[Panellist], names: impl Iterator<Item = &'a str>) -> Vec<String> {
    names
        .filter_map(|name| pool.iter().find(|person| person.name == name))
        .map(|person| person.id.clone())
        .collect()
}

/// Invites whoever has no good invitation.
async fn invite(site: &Site, demo: &mut Demo) -> Result<(), Failure> {
    let Script { seats, .. } = serde_json::from_str(SCRIPT)?;
    let public = site.config.public.clone();
    let mut invited = Vec::with_capacity(seats.len());
    for (place, seating) in seats.into_iter().enumerate() {
        let now = clock::now();
        let known = demo.seats.iter().find(|known| known.seat == seating.id);
        let secret = known.and_then(|known| known.link.rsplit('/').next());
        let good = match secret {
            Some(secret) => site.invitations.find(Shown::Link(secret), now).await?.is_some(),
            None => false,
        };
        let mut entry = match known.filter(|_| good) {
            Some(known) => known.clone(),
            None => {
                let phone_tail = format!("{:04}", 2001 + place);
                let issued = site.invitations.issue(&demo.hearing, &seating.id, &phone_tail, now).await?;
                let Seating { id: seat, capacity, name, .. } = seating;
                Invited { seat, capacity, name, link: issued.token, code: issued.code, phone_tail }
            }
        };
        let secret = entry.link.rsplit('/').next().unwrap_or_default();
        entry.link = format!("{public}/enter/{secret}");
        invited.push(entry);
    }
    demo.seats = invited;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hearing_is_held_some_days_ahead_in_the_morning() {
        let at = scheduled(Moment(1_795_000_000_000));
        assert_eq!(at, "2026-11-22T09:00:00+08:00");
        assert!(Moment::parse(&at).is_some());
    }
}
