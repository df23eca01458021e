//! What the forms can be filled in with: the hearing as its reader may see it, by the names of `docs/papers.md`.

use procedure::{
    Capacity, Disclosed, Hearing, Moment, Rulebook, SeatId,
    disclosed::Reach,
    hearing::{
        decision::When,
        exhibit::{Content, Laid},
        opinion::{Position, Sheets, Tally},
        phase::Phase,
        plan::{Openness, Place},
        question::State,
        record::{Line, Said},
        roll::Standing,
        settlement,
    },
};
use serde_json::{Value, json};

use crate::{Form, Series};

pub(crate) mod delivery;
mod draw;
mod signature;

/// The office that draws the papers up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// Its name.
    pub name: String,
    /// Its telephone.
    pub phone: String,
}

/// What a paper is drawn up from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The hearing, as the reader of the paper may see it.
    pub view: &'a Disclosed<Hearing>,
    /// The office.
    pub office: &'a Office,
    /// To whom it is written.
    pub to: Option<&'a SeatId>,
    /// Which of the hearings of its case it is, in the order in which they were registered: 1 is the first.
    pub nth: u32,
    /// The rules.
    pub rules: &'a Rulebook,
    /// What was served on whom it is written to; of no paper but the proof of it.
    pub served: &'a [delivery::Served],
    /// The moment for which it is drawn up.
    pub at: Moment,
}

impl Source<'_> {
    fn hearing(&self) -> &Hearing {
        self.view.get()
    }

    fn time(&self, at: Moment) -> String {
        at.local(self.rules.utc_offset_minutes).zh()
    }

    fn day(&self, at: Moment) -> String {
        let time = self.time(at);
        time.split_once(' ').map_or_else(|| time.clone(), |(day, _)| day.into())
    }

    fn clock(&self, at: Moment) -> String {
        at.local(self.rules.utc_offset_minutes).clock()
    }

    fn time_or_empty(&self, at: Option<Moment>) -> String {
        at.map(|at| self.time(at)).unwrap_or_default()
    }

    /// The name, where the reader may know it; else what the person is.
    fn name(&self, seat: &SeatId) -> String {
        let plan = &self.hearing().plan;
        let name = plan.names.get(seat).map(|name| name.name.clone());
        name.unwrap_or_else(|| plan.label(seat).zh)
    }

    fn label(&self, seat: &SeatId) -> String {
        self.hearing().plan.label(seat).zh
    }
}

/// The number of a paper of an office that has that word.
pub(crate) fn number(form: Form, source: &Source<'_>, word: &str) -> String {
    form.number(&source.hearing().plan, source.to, Series { word, nth: source.nth })
}

/// Everything that a form can ask for; `word` is that of the office in numbers.
pub(crate) fn of(form: Form, source: &Source<'_>, word: &str) -> Value {
    let hearing = source.hearing();
    let people: Vec<Value> = hearing.plan.places.values().map(|place| person(source, place)).collect();
    let of = |keep: &dyn Fn(Capacity) -> bool| -> Vec<&Value> {
        let all = hearing.plan.places.values().zip(&people);
        all.filter(|(place, _)| keep(place.capacity)).map(|(_, person)| person).collect()
    };
    // Whoever is recused, or was replaced, is not named as one who holds the hearing.
    let sits = |place: &Place| {
        let gone = if place.capacity == Capacity::Panellist {
            hearing.roll.is_recused(&place.seat)
        } else {
            matches!(hearing.roll.standing(&place.seat), Standing::Removed | Standing::Recused)
        };
        let absent = hearing.phase.current > Phase::Waiting && !hearing.roll.took_part(&place.seat);
        !(gone || absent && place.capacity == Capacity::Panellist)
    };
    let sitting = |capacity: Capacity| -> Vec<&Value> {
        let all = hearing.plan.places.values().zip(&people);
        all.filter(|(place, _)| place.capacity == capacity && sits(place)).map(|(_, person)| person).collect()
    };
    let presiding = hearing.presiding();
    let all = hearing.plan.places.values().zip(&people);
    let chair = all.filter(|(place, _)| Some(&place.seat) == presiding).map(|(_, person)| person);
    let chair: Vec<&Value> = chair.collect();
    let first = |capacity: Capacity, found: &[&Value]| {
        let names: Vec<&str> = found.iter().filter_map(|person| person["name"].as_str()).collect();
        let mut one = found
            .first()
            .map_or_else(|| json!({"post": "", "capacity": capacity.words().0}), |person| (*person).clone());
        one["name"] = names.join("、").into();
        one
    };
    let (handlers, clerks) = (sitting(Capacity::Handler), sitting(Capacity::Clerk));
    let officers: Vec<&Value> = chair.iter().chain(&handlers).chain(&clerks).copied().collect();
    json!({
        "office": {"name": source.office.name, "phone": source.office.phone},
        "today": source.day(source.at),
        "now": source.time(source.at),
        "case": case(source),
        "hearing": setting(form, source),
        "rules": {
            "notice_days": source.rules.notice_days, "panel_max": source.rules.panel_max,
            "text_chars_max": source.rules.text_chars_max,
        },
        "articles": articles(source.rules),
        "approval": approval(source),
        "chair": first(Capacity::Chair, &chair),
        "handler": first(Capacity::Handler, &handlers),
        "clerk": first(Capacity::Clerk, &clerks),
        "officers": officers,
        "panel": sitting(Capacity::Panellist),
        "participants": of(&|capacity| Form::Notice.is_for(capacity)),
        "people": of(&|capacity| capacity != Capacity::Observer),
        "to": source.to.and_then(|to| hearing.plan.places.get(to)).map(|place| person(source, place)),
        "issues": issues(source),
        "draws": draw::draws(source),
        "record": record(source),
        "said": said(source),
        "exhibits": hearing.exhibit.laid.values().map(|laid| exhibit(source, laid)).collect::<Vec<_>>(),
        "questions": questions(source),
        "motions": motions(source),
        "opinion": opinion(source),
        "decision": decision(source),
        "agreements": agreements(source),
        "recordings": recordings(source),
        "papers": papers(source, word),
        "deliveries": delivery::of(source),
        "first_delivery": delivery::first(source),
        "steps": Phase::ALL.into_iter().map(|phase| phase.words().0).collect::<Vec<_>>(),
    })
}

/// The articles by their keys; where a rulebook of the office leaves one out it is called as in the national rules.
fn articles(rules: &Rulebook) -> serde_json::Map<String, Value> {
    let national = Rulebook::default().articles;
    let all = national.iter().chain(&rules.articles);
    all.map(|(key, article)| (key.clone(), article.zh.clone().into())).collect()
}

fn case(source: &Source<'_>) -> Value {
    let plan = &source.hearing().plan;
    let face = plan.registered.as_ref();
    json!({
        "number": face.map(|face| face.number.clone()).unwrap_or_default(),
        "kind": face.map(|face| face.kind.words().0).unwrap_or_default(),
        "cause": face.map(|face| face.cause.clone()).unwrap_or_default(),
        "summary": plan.summary,
    })
}

fn setting(form: Form, source: &Source<'_>) -> Value {
    let hearing = source.hearing();
    let Some(face) = &hearing.plan.registered else { return json!({}) };
    let setting = &face.hearing;
    // What the public is told of the place is less than what those who take part are told: it may be somebody's home.
    let place = match form.reach(source.to) {
        Reach::Door => setting.public_place().map_or_else(|| "另行告知".to_string(), Into::into),
        _ => setting.place.clone(),
    };
    let history = &hearing.phase.history;
    let closed = history.iter().find(|began| began.phase == Phase::Closed).map(|began| began.at);
    json!({
        "mode": setting.mode.words().0,
        "openness": setting.openness.words().0,
        "is_public": setting.openness == Openness::Public,
        "closed_because": setting.closed_because.map(|because| because.words().0).unwrap_or_default(),
        "place": place,
        "time": source.time(face.scheduled),
        "day": source.day(face.scheduled),
        "turn_minutes": setting.turn_seconds.div_ceil(60),
        "opened": source.time_or_empty(history.first().map(|began| began.at)),
        "closed": source.time_or_empty(closed),
        "sealed": source.time_or_empty(hearing.record.sealed),
        "course": history.iter().map(|began| json!({
            "step": began.phase.words().0, "time": source.clock(began.at),
        })).collect::<Vec<_>>(),
    })
}

fn approval(source: &Source<'_>) -> Value {
    let plan = &source.hearing().plan;
    json!({
        "approved": source.time_or_empty(plan.approved),
        "approved_day": plan.approved.map(|at| source.day(at)).unwrap_or_default(),
        "note": plan.approval_note,
        "notified": source.time_or_empty(plan.notified),
        "notified_day": plan.notified.map(|at| source.day(at)).unwrap_or_default(),
        "short_because": plan.short_notice.clone().unwrap_or_default(),
        "published": source.time_or_empty(plan.published),
        "published_day": plan.published.map(|at| source.day(at)).unwrap_or_default(),
    })
}

fn person(source: &Source<'_>, place: &Place) -> Value {
    let hearing = source.hearing();
    let plan = &hearing.plan;
    let seat = &place.seat;
    let entry = hearing.roll.entries.get(seat);
    json!({
        "seat": seat.0,
        "name": source.name(seat),
        "post": plan.names.get(seat).and_then(|name| name.post.clone()).unwrap_or_default(),
        "capacity": place.capacity.words().0,
        "is_party": place.capacity.is_party(),
        "side": plan.side(seat).map(|side| side.words().0).unwrap_or_default(),
        "acts_for": place.acts_for.as_ref().map(|seat| source.name(seat)).unwrap_or_default(),
        "chief_prosecutor": place.chief_prosecutor,
        "declared": plan.declared.contains(seat),
        "standing": standing(hearing.roll.standing(seat)),
        "because": entry.and_then(|entry| entry.reason.clone()).unwrap_or_default(),
        "missed_seconds": entry.map_or(0, |entry| entry.missed_ms.max(0).saturating_add(999) / 1_000),
        "signs": place.capacity.signs() && hearing.roll.took_part(seat) && !hearing.roll.is_recused(seat),
    })
}

const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Expected => "未到席",
        Standing::Waiting => "等候入席",
        Standing::Present => "到席",
        Standing::Left => "离席",
        Standing::Removed => "被责令退出",
        Standing::Recused => "回避",
    }
}

fn issues(source: &Source<'_>) -> Vec<Value> {
    let plan = &source.hearing().plan;
    let issue = |(number, issue): (u32, &procedure::hearing::plan::Issue)| {
        json!({
            "number": number,
            "text": issue.text,
            "proposed": plan.proposed.get(&issue.id).cloned().unwrap_or_default(),
        })
    };
    (1..).zip(&plan.issues).map(issue).collect()
}

fn record(source: &Source<'_>) -> Value {
    let record = &source.hearing().record;
    json!({
        "lines": record.lines.iter().map(|line| row(source, line)).collect::<Vec<_>>(),
        "digest": record.digest(),
        "corrections": record.corrections.iter().map(|asked| json!({
            "line": asked.line,
            "by": source.label(&asked.by),
            "text": asked.text,
            "because": asked.reason,
            "ruling": asked.ruling.as_ref().map_or("尚未决定", |(granted, _)| if *granted { "准许" } else { "不予准许" }),
            "ruling_because": asked.ruling.as_ref().map(|(_, reason)| reason.clone()).unwrap_or_default(),
        })).collect::<Vec<_>>(),
        "signatures": signature::all(source),
    })
}

fn row(source: &Source<'_>, line: &Line) -> Value {
    json!({
        "number": line.number,
        "time": source.clock(line.at),
        "speaker": line.speaker.as_ref().map(|seat| source.label(seat)).unwrap_or_default(),
        "text": line.words(&source.hearing().plan).zh,
        "earlier": line.earlier.iter()
            .map(|(text, by)| json!({"text": text, "by": source.label(by)}))
            .collect::<Vec<_>>(),
    })
}

/// What was stated, with the step in which it was.
fn said(source: &Source<'_>) -> Vec<Value> {
    let stated = |line: &Line| {
        let Said::Statement(text) = &line.said else { return None };
        let speaker = line.speaker.as_ref()?;
        let step = line.phase.words().0;
        Some(json!({"line": line.number, "speaker": source.label(speaker), "step": step, "text": text}))
    };
    source.hearing().record.lines.iter().filter_map(stated).collect()
}

fn exhibit(source: &Source<'_>, laid: &Laid) -> Value {
    let (form, digest) = match &laid.exhibit.content {
        Content::Text(_) => ("文字", String::new()),
        Content::File { sha256, .. } => ("文件", sha256.clone()),
    };
    json!({
        "number": laid.exhibit.number,
        "title": laid.exhibit.title,
        "by": source.label(&laid.exhibit.by),
        "form": form,
        "pages": laid.exhibit.content.pages(),
        "sha256": digest,
        "excluded": laid.excluded.clone().unwrap_or_default(),
        "objections": laid.objections.iter()
            .map(|(by, reason)| json!({"by": source.label(by), "because": reason}))
            .collect::<Vec<_>>(),
    })
}

fn questions(source: &Source<'_>) -> Vec<Value> {
    let mut asked: Vec<_> =
        source.hearing().question.asked.values().filter(|question| question.number.is_some()).collect();
    asked.sort_by_key(|question| question.number);
    let question = |question: &procedure::hearing::question::Question| {
        let (answered, answer) = match &question.state {
            State::Answered { by, text } => (source.label(by), text.clone()),
            State::Asked | State::Put | State::Disallowed(_) | State::Lapsed => {
                (String::new(), String::new())
            }
        };
        json!({
            "number": question.number,
            "by": source.label(&question.by),
            "to": source.label(&question.to),
            "text": question.text,
            "answered_by": answered,
            "answer": answer,
        })
    };
    asked.into_iter().map(question).collect()
}

fn motions(source: &Source<'_>) -> Vec<Value> {
    let mut moved: Vec<_> = source.hearing().motion.moved.values().collect();
    moved.sort_by_key(|motion| motion.at);
    let motion = |motion: &procedure::hearing::motion::Motion| {
        let ruling = motion.ruling.as_ref();
        json!({
            "by": source.label(&motion.by),
            "kind": motion.kind.words().0,
            "whom": motion.whom.as_ref().map(|seat| source.label(seat)).unwrap_or_default(),
            "text": motion.text,
            "ruling": ruling.map_or("未作决定", |ruling| if ruling.granted { "准许" } else { "不予准许" }),
            "because": ruling.map(|ruling| ruling.reason.clone()).unwrap_or_default(),
        })
    };
    moved.into_iter().map(motion).collect()
}

fn opinion(source: &Source<'_>) -> Value {
    let hearing = source.hearing();
    let opinion = &hearing.opinion;
    let issue = |(number, issue): (u32, &procedure::hearing::plan::Issue)| {
        // The office reads them when the opinion has been read out, the panel when all are in, one its own before.
        let all = [&opinion.released, &opinion.opened, &opinion.filed];
        let sheets = all.into_iter().find_map(|sheets| sheets.get(&issue.id));
        let own = source.to.and_then(|to| sheets?.get(to));
        json!({
            "number": number,
            "text": issue.text,
            "proposed": hearing.plan.proposed.get(&issue.id).cloned().unwrap_or_default(),
            "own": own.map(|sheet| json!({"position": sheet.position.words().0, "because": sheet.reason})),
            "sheets": sheets.map(|sheets| sheets_of(source, sheets)).unwrap_or_default(),
            "counts": sheets.map(|sheets| counts(source, sheets)).unwrap_or_default(),
            // Nothing is said of sheets that the reader does not see.
            "majority": sheets.map_or("", |sheets| {
                let majority = Tally::of(sheets, source.rules.majority).majority;
                majority.map_or("没有形成多数意见", |position| position.words().0)
            }),
        })
    };
    json!({
        "speaker": opinion.delivered.as_ref().map(|read| source.name(&read.by)).unwrap_or_default(),
        "text": opinion.delivered.as_ref().map(|read| read.text.clone()).unwrap_or_default(),
        "time": source.time_or_empty(opinion.delivered.as_ref().map(|read| read.at)),
        "issues": (1..).zip(&hearing.plan.issues).map(issue).collect::<Vec<_>>(),
    })
}

fn sheets_of(source: &Source<'_>, sheets: &Sheets) -> Vec<Value> {
    let sheet = |(seat, sheet): (&SeatId, &procedure::hearing::opinion::Sheet)| json!({"name": source.name(seat), "position": sheet.position.words().0, "because": sheet.reason});
    sheets.iter().map(sheet).collect()
}

fn counts(source: &Source<'_>, sheets: &Sheets) -> Vec<Value> {
    let tally = Tally::of(sheets, source.rules.majority);
    let count = |position: Position| {
        json!({
            "position": position.words().0,
            "count": tally.counts.get(&position).copied().unwrap_or(0),
        })
    };
    Position::ALL.into_iter().map(count).collect()
}

fn decision(source: &Source<'_>) -> Value {
    let decision = &source.hearing().decision;
    let announced = decision.announced.as_ref();
    json!({
        "text": announced.map(|announced| announced.text.clone()).unwrap_or_default(),
        "because": announced.map(|announced| announced.reasons.clone()).unwrap_or_default(),
        "time": source.time_or_empty(announced.map(|announced| announced.at)),
        "later": announced.is_some_and(|announced| announced.when == When::Later),
        "adopts": decision.adopts_majority,
        "consent": decision.consent.clone().unwrap_or_default(),
    })
}

fn agreements(source: &Source<'_>) -> Vec<Value> {
    let term = |term: &settlement::Term| {
        json!({
            "text": term.text,
            "yuan": term.amount.map(settlement::Fen::yuan).unwrap_or_default(),
            "due": term.due.clone().unwrap_or_default(),
        })
    };
    let agreement = |agreement: &settlement::Agreement| {
        json!({
            "time": source.time(agreement.at),
            "digest": agreement.digest,
            "between": agreement.between.iter().map(|seat| source.label(seat)).collect::<Vec<_>>(),
            "terms": agreement.terms.iter().map(term).collect::<Vec<_>>(),
        })
    };
    source.hearing().settlement.agreements.iter().map(agreement).collect()
}

fn recordings(source: &Source<'_>) -> Vec<Value> {
    let part = |part: &procedure::hearing::recording::Part| {
        json!({
            "name": source.label(&part.seat),
            "part": part.part,
            "from": source.time(part.from),
            "to": source.clock(part.to),
            "segments": part.segments,
            "bytes": part.bytes,
        })
    };
    source.hearing().recording.parts.iter().map(part).collect()
}

/// The papers that there are, for the list of the volume; of those written to several each.
fn papers(source: &Source<'_>, word: &str) -> Vec<Value> {
    let hearing = source.hearing();
    let office = procedure::disclosed::Viewer::office();
    let there = Form::ALL.into_iter().filter(|form| form.lacks(hearing, &office).is_none());
    let mut all = Vec::new();
    for form in there {
        let mark = |to: Option<&SeatId>| {
            json!({
                "name": form.words().0,
                "number": number(form, &Source { to, ..*source }, word),
                "to": to.map(|seat| source.name(seat)).unwrap_or_default(),
            })
        };
        if form.audience() == crate::Audience::All {
            all.push(mark(None));
        } else {
            let written = |place: &&Place| form.is_for(place.capacity) && form.is_due(hearing, &place.seat);
            let places = hearing.plan.places.values().filter(written);
            all.extend(places.map(|place| mark(Some(&place.seat))));
        }
    }
    all
}
