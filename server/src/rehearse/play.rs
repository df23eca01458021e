//! Playing: one step after the other, each as its seat would do it in a browser, and each judged by what the script says
//! should come of it.

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
    time::{Duration, Instant},
};

use procedure::{Capacity, Command, Hearing, Id, SeatId, Side, hearing::exhibit, refusal::Sentence};
use reqwest::Method;

use super::{
    Trouble, Why,
    api::Sent,
    line::{Cut, Line},
    recusal,
    report::{Came, StepReport},
    script::{CHIEF, Refused, Script, Step, Verb},
    seat::{Outcome, Seat, new_id},
    staff::{Member, Staff},
    unchanged::Before,
    verbs::{self, Names},
};

/// The rules by which the chair does not decide on the chair's own recusal: the chief prosecutor does, or, where the
/// chair is the chief prosecutor, the procuratorial committee.
const CHIEF_DECIDES: &str = "motion.chief-decides";
const COMMITTEE_DECIDES: &str = "motion.committee-decides";
/// Longer texts are handed in as files, in characters.
const TEXT_MAX: usize = 10_000;

/// The seats of the hearing that is played.
#[derive(Debug)]
pub struct Seats(pub BTreeMap<SeatId, Seat>);

impl Seats {
    /// The line of a seat, if it has one that is not dropped.
    #[must_use]
    pub fn line(&self, seat: &SeatId) -> Option<&Line> {
        self.0.get(seat)?.line().filter(|line| !line.is_dropped())
    }

    /// The first seat of a capacity that has come.
    #[must_use]
    pub fn of(&self, capacity: Capacity) -> Option<&Seat> {
        self.0.values().find(|seat| seat.seating.capacity == capacity && seat.line().is_some())
    }

    /// The panellist who sits and has come.
    #[must_use]
    pub fn sitting_panellist(&self) -> Option<&Seat> {
        self.0.values().find(|seat| {
            seat.seating.capacity == Capacity::Panellist && seat.view().roll.is_present(seat.id())
        })
    }

    /// Whoever acts, the clerk and a member of the panel; while the sides are being reconciled, which is not for these, also
    /// the chair and everybody of a side.
    pub(super) fn witnesses(&self, by: &SeatId) -> Vec<SeatId> {
        let others = [self.of(Capacity::Clerk), self.sitting_panellist()].into_iter().flatten();
        let mediates = self.of(Capacity::Clerk).is_some_and(|clerk| clerk.view().mediation.open.is_some());
        let reconciled = |seat: &&Seat| {
            let capacity = seat.seating.capacity;
            mediates && seat.line().is_some() && (capacity.is_party() || capacity == Capacity::Chair)
        };
        let others = others.chain(self.0.values().filter(reconciled)).map(|seat| seat.id().clone());
        let mut witnesses: Vec<SeatId> = others.filter(|seat| seat != by).collect();
        witnesses.push(by.clone());
        witnesses
    }
}

/// A script under way.
#[derive(Debug)]
pub struct Play<'a> {
    /// The script.
    pub script: &'a Script,
    /// The folder of the script, where its files lie.
    pub folder: PathBuf,
    /// The staff.
    pub staff: Staff,
    /// Id of the hearing.
    pub hearing: String,
    /// The seats.
    pub seats: Seats,
    /// What the steps made, by name.
    pub made: HashMap<String, Id>,
}

/// What the names of the script stand for at this moment.
struct Known<'a> {
    script: &'a Script,
    made: &'a HashMap<String, Id>,
    view: Hearing,
}

impl Names for Known<'_> {
    fn made(&self, name: &str) -> Id {
        self.made.get(name).cloned().unwrap_or_else(|| Id(format!("nothing-{name}")))
    }
    fn line(&self, name: &str) -> u32 {
        let id = Some(self.made(name));
        self.view.record.lines.iter().find(|line| line.id == id).map_or(0, |line| line.number)
    }
    fn whom(&self, step: &Step) -> Option<SeatId> {
        recusal::whom(self.script, step)
    }
    fn holder(&self) -> SeatId {
        self.view.floor.holder().cloned().unwrap_or_default()
    }
    fn side(&self, seat: &SeatId) -> Option<Side> {
        self.script.side(seat)
    }
    fn party(&self, seat: &SeatId) -> Option<SeatId> {
        let seating = self.script.seats.iter().find(|one| one.id == *seat)?;
        Some(seating.acts_for.as_ref().unwrap_or(seat).clone())
    }
    fn presides(&self, seat: &SeatId) -> bool {
        self.script.seats.iter().any(|one| one.id == *seat && one.capacity == Capacity::Chair)
    }
}

impl Play<'_> {
    /// Plays one step and judges it.
    ///
    /// # Errors
    /// When the server stays away.
    pub async fn step(&mut self, number: usize, step: &Step) -> Result<StepReport, Trouble> {
        let began = Instant::now();
        let judged = match self.judged(step).await {
            Err(Cut::Trouble(trouble)) => return Err(trouble),
            Err(Cut::Seat(why)) => (Came::Failed, None, Some(why)),
            Ok(judged) => judged,
        };
        let (came, refusal, failure) = judged;
        Ok(StepReport {
            number,
            by: step.by.clone(),
            verb: verbs::name(step.verb),
            came,
            refusal,
            failure,
            ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        })
    }

    async fn judged(&mut self, step: &Step) -> Result<(Came, Option<Sentence>, Option<Why>), Cut> {
        let before = match step.must_be_refused() {
            true => Some(Before::mark(&self.seats, &step.by).await?),
            false => None,
        };
        Ok(match (self.outcome(step).await?, before) {
            (Outcome::Failed(why), _) => (Came::Failed, None, Some(why)),
            (Outcome::Done, None) => (Came::Done, None, None),
            (Outcome::Done, Some(_)) => (
                Came::Done,
                None,
                Some(Why::new("应当被拒绝，服务器却办理了。", "it should have been refused and was done.")),
            ),
            (Outcome::Refused(said), None) => {
                let why = Why::new(
                    format!("被拒绝（{}）：{}", said.code, said.zh),
                    format!("it was refused ({}): {}", said.code, said.en),
                );
                (Came::Refused, Some(said), Some(why))
            }
            (Outcome::Refused(said), Some(before)) => {
                let why = match misworded(step, &said) {
                    Some(why) => Some(why),
                    None => before.changed(&self.seats).await?,
                };
                (Came::Refused, Some(said), why)
            }
        })
    }

    async fn outcome(&mut self, step: &Step) -> Result<Outcome, Cut> {
        match step.verb {
            Verb::Wait => {
                tokio::time::sleep(Duration::from_secs_f64(step.seconds.unwrap_or_default())).await;
                Ok(Outcome::Done)
            }
            Verb::Arrive => {
                let seat = self.seat(&step.by)?;
                if let Some(line) = seat.line().filter(|line| line.is_dropped()) {
                    line.come_back().await?;
                }
                seat.arrive().await
            }
            Verb::Drop => match self.seats.line(&step.by) {
                Some(line) => line.lose().await.map(|()| Outcome::Done),
                None => Ok(Outcome::Failed(not_here())),
            },
            Verb::Rejoin => self.rejoin(&step.by).await,
            Verb::ConsentNonAdoption => self.consent(step).await,
            Verb::Exhibit => self.exhibit(step).await,
            Verb::SignRecord => self.seat(&step.by)?.signs().await,
            _ => self.plain(step).await,
        }
    }

    fn seat(&mut self, seat: &SeatId) -> Result<&mut Seat, Cut> {
        self.seats.0.get_mut(seat).ok_or_else(|| Cut::Seat(not_here()))
    }

    /// A step that is one command.
    async fn plain(&mut self, step: &Step) -> Result<Outcome, Cut> {
        let command = self.command(step).await?;
        let id = self.name(step);
        let outcome = self.seat(&step.by)?.does_as(id, command.clone()).await?;
        let Outcome::Refused(said) = &outcome else { return Ok(outcome) };
        match (said.code.as_str(), &self.staff.leader) {
            (CHIEF_DECIDES, _) if !step.must_be_refused() => self.by_staff(&self.staff.chief, &command).await,
            (COMMITTEE_DECIDES, Some(leader)) if !step.must_be_refused() => {
                self.by_staff(leader, &command).await
            }
            _ => Ok(outcome),
        }
    }

    async fn command(&mut self, step: &Step) -> Result<Command, Cut> {
        let looks_back = matches!(step.verb, Verb::Correct | Verb::TakeFloor);
        let view = match looks_back {
            true => self.staff.view(&self.hearing).await?.unwrap_or_default(),
            false => Hearing::default(),
        };
        let known = Known { script: self.script, made: &self.made, view };
        let command = verbs::command(step, &known).map_err(Cut::Seat)?;
        command.ok_or_else(|| Cut::Seat(not_offered()))
    }

    /// A new id for what the step makes, kept under the step's name.
    fn name(&mut self, step: &Step) -> Id {
        let id = new_id();
        if let Some(name) = &step.name {
            self.made.insert(name.clone(), id.clone());
        }
        id
    }

    async fn by_staff(&self, member: &Member, command: &Command) -> Result<Outcome, Cut> {
        let done = self.staff.command(member, &self.hearing, &new_id(), command).await?;
        Ok(done.map_or_else(Outcome::Refused, |()| Outcome::Done))
    }

    /// A chair who is the chief prosecutor consents from the chair; else the account of the chief prosecutor does, unless
    /// the script wants to see somebody refused who is not.
    async fn consent(&mut self, step: &Step) -> Result<Outcome, Cut> {
        let Some(command) = verbs::command(step, &self.known()).map_err(Cut::Seat)? else {
            return Ok(Outcome::Failed(not_offered()));
        };
        let leads = self.seats.0.get(&step.by).is_some_and(|seat| seat.seating.chief_prosecutor);
        if !leads && (step.by.0 == CHIEF || !step.must_be_refused()) {
            return self.by_staff(&self.staff.chief, &command).await;
        }
        self.seat(&step.by)?.does(command).await
    }

    fn known(&self) -> Known<'_> {
        Known { script: self.script, made: &self.made, view: Hearing::default() }
    }

    /// Lays a text, or hands in a file first.
    async fn exhibit(&mut self, step: &Step) -> Result<Outcome, Cut> {
        let long = step.content.as_ref().filter(|text| text.chars().count() > TEXT_MAX);
        let bytes = match (&step.file, long) {
            (None, None) => return self.plain(step).await,
            (Some(file), _) => {
                let file = self.folder.join(file);
                std::fs::read(&file).map_err(|error| Cut::Seat(no_file(&file.display(), &error)))?
            }
            (None, Some(text)) => text.clone().into_bytes(),
        };
        let id = self.name(step);
        let path = format!("/api/hearings/{}/exhibits", self.hearing);
        let seat = self.seat(&step.by)?;
        if let Err(refused) = seat.come().await? {
            return Ok(Outcome::Refused(refused));
        }
        let kept = seat.ask(Method::POST, &path, Sent::Bytes(bytes)).await?;
        let content = match kept.document::<crate::exhibit::Kept>() {
            Ok(kept) => exhibit::Content::File {
                sha256: kept.sha256,
                size: kept.size,
                media_type: kept.media_type,
                pages: kept.pages,
            },
            Err(refused) => return Ok(Outcome::Refused(refused)),
        };
        let title = step.title.clone().unwrap_or_default();
        seat.does_as(id, Command::Exhibit(exhibit::Command::Lay { title, content })).await
    }

    /// Comes back, and sees the same as one who had never left. Whoever has left for good cannot.
    async fn rejoin(&mut self, by: &SeatId) -> Result<Outcome, Cut> {
        let seat = self.seat(by)?;
        let Some(line) = seat.line() else { return seat.arrive().await };
        let gone = line.state().view.roll.is_gone(by);
        if gone && !line.is_dropped() {
            return seat.arrive().await;
        }
        if !line.is_dropped() {
            line.lose().await?;
        }
        line.come_back().await?;
        Ok(seat.differs().await?.map_or(Outcome::Done, Outcome::Failed))
    }
}

/// What is wrong with a refusal, if anything is.
fn misworded(step: &Step, said: &Sentence) -> Option<Why> {
    if said.code.is_empty() || said.zh.is_empty() || said.en.is_empty() {
        return Some(Why::new(
            format!("拒绝没有编码或者说明：{}", said.zh),
            format!("the refusal has no code or no sentence: {}", said.en),
        ));
    }
    match &step.refused {
        Some(Refused::With(prefix)) if !said.code.starts_with(prefix.as_str()) => Some(Why::new(
            format!("拒绝的编码应以{prefix}开头，实为{}：{}", said.code, said.zh),
            format!("the code should begin with {prefix} and is {}: {}", said.code, said.en),
        )),
        _ => None,
    }
}

fn not_offered() -> Why {
    Why::new("本服务器尚未提供此项。", "not offered by this server yet.")
}

fn not_here() -> Why {
    Why::new("该席位没有连接。", "the seat has no connection.")
}

fn no_file(file: &std::path::Display<'_>, error: &std::io::Error) -> Why {
    Why::new(format!("无法读取文件{file}。"), format!("{file}: {error}"))
}
