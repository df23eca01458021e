//! How the hearing is held: form, openness and its ground, place, day and hour, length of a turn.

use crate::kit::see::effect;
use leptos::prelude::*;
use procedure::{
    Moment,
    hearing::plan::{ClosedBecause, Kind, Mode, Openness, Setting},
};
use serde::{Deserialize, Serialize};

use crate::{
    calendar,
    clerk::RULES,
    kit::{choice::OneOf, field::Field, select::Select},
    office::{
        case_form::trimmed,
        desk::{name_of, of_name, options},
    },
    words::{Told, Words, say, tell, words},
};

const MODE: Words = words("听证方式", "Form");
const OPENNESS: Words = words("是否公开", "Openness");
const GROUND: Words = words("不公开的理由", "Ground for closing it");
const CHOOSE: Words = words("请选择", "Please choose");
const MUST_CLOSE: Words = words(
    "{kind}案件的听证一般不公开举行（《人民检察院审查案件听证工作规定》第五条），本系统按不公开办理。",
    "{kind}: as a rule heard behind closed doors (Hearing Rules (2020), Art. 5); closed here.",
);
const PLACE: Words = words("地点", "Place");
const PLACE_HINT: Words = words(
    "如：市人民检察院检察听证室。公开听证的，地点写入公告，不写私人住址",
    "Such as the hearing room. In a public hearing it stands in the public notice: no private address",
);
const HOME_HINT: Words = words(
    "上门听证的地点不写入公告，公告只写“地点由本院通知参加人”",
    "The place of a doorstep hearing is not in the public notice, which says that the participants are told",
);
const DATE: Words = words("日期", "Day");
const TIME: Words = words("时间", "Hour");
const MINUTES: Words = words("每轮发言时间（分钟）", "Length of a turn (minutes)");
const NEED_PLACE: Words = words("请填写听证地点。", "Please give the place.");
const NEED_TIME: Words = words("请填写听证日期和时间。", "Please give day and hour.");
const SHORT: Words = words(
    "距离听证不足{days}日，告知参加人时须写明理由（第十条）。",
    "Fewer than {days} days are left: telling the participants will need a reason (Art. 10).",
);
/// The length of a turn that is proposed, in minutes.
const TURN_MINUTES: &str = "10";

/// What was typed, complete or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::office) struct Typed {
    mode: String,
    openness: String,
    ground: String,
    place: String,
    date: String,
    time: String,
    minutes: String,
}

impl Default for Typed {
    fn default() -> Self {
        Self {
            mode: name_of(&Mode::Ordinary),
            openness: name_of(&Openness::Public),
            ground: String::new(),
            place: String::new(),
            date: String::new(),
            time: "09:00".into(),
            minutes: TURN_MINUTES.into(),
        }
    }
}

impl Typed {
    /// What a plan says.
    pub(in crate::office) fn of(setting: &Setting, scheduled: Moment) -> Self {
        let (date, time) = day_and_hour(scheduled);
        Self {
            mode: name_of(&setting.mode),
            openness: name_of(&setting.openness),
            ground: setting.closed_because.as_ref().map(name_of).unwrap_or_default(),
            place: setting.place.clone(),
            date,
            time,
            minutes: (setting.turn_seconds / 60).to_string(),
        }
    }
}

/// The setting as it is being typed.
#[derive(Clone, Copy, Debug)]
pub(in crate::office) struct SettingForm {
    mode: RwSignal<String>,
    openness: RwSignal<String>,
    ground: RwSignal<String>,
    place: RwSignal<String>,
    date: RwSignal<String>,
    time: RwSignal<String>,
    minutes: RwSignal<String>,
}

impl SettingForm {
    pub(in crate::office) fn new() -> Self {
        let Typed { mode, openness, ground, place, date, time, minutes } = Typed::default();
        let [mode, openness, ground, place, date, time, minutes] =
            [mode, openness, ground, place, date, time, minutes].map(RwSignal::new);
        Self { mode, openness, ground, place, date, time, minutes }
    }

    pub(in crate::office) fn fill(self, typed: Typed) {
        self.mode.set(typed.mode);
        self.openness.set(typed.openness);
        self.ground.set(typed.ground);
        self.place.set(typed.place);
        self.date.set(typed.date);
        self.time.set(typed.time);
        self.minutes.set(typed.minutes);
    }

    pub(super) fn so_far(self) -> Typed {
        Typed {
            mode: self.mode.get(),
            openness: self.openness.get(),
            ground: self.ground.get(),
            place: self.place.get(),
            date: self.date.get(),
            time: self.time.get(),
            minutes: self.minutes.get(),
        }
    }

    fn is_closed(self) -> bool {
        self.openness.with(|name| of_name(name) == Some(Openness::Closed))
    }

    /// The setting as the rules read it.
    pub(in crate::office) fn typed(self) -> Result<Setting, Told> {
        let place = trimmed(self.place);
        if place.is_empty() {
            return Err(NEED_PLACE.into());
        }
        let scheduled = at(&self.date.get(), &self.time.get());
        let seconds =
            self.minutes.with(|minutes| minutes.trim().parse::<u32>()).unwrap_or(0).saturating_mul(60);
        Ok(Setting {
            mode: self.mode.with(|name| of_name(name)).unwrap_or(Mode::Ordinary),
            openness: if self.is_closed() { Openness::Closed } else { Openness::Public },
            closed_because: self
                .ground
                .with(|name| of_name(name))
                .filter(|_: &ClosedBecause| self.is_closed()),
            place,
            scheduled: scheduled.ok_or(NEED_TIME)?,
            turn_seconds: seconds,
        })
    }

    /// The fields, for a case of that kind.
    pub(in crate::office) fn view(self, kind: Signal<Option<Kind>>) -> AnyView {
        let modes = Mode::ALL.map(|mode| (wire(mode), say(mode.words()))).to_vec();
        let openness =
            vec![("public", say(Openness::Public.words())), ("closed", say(Openness::Closed.words()))];
        let grounds = options(
            ClosedBecause::ALL.map(|ground| (name_of(&ground), Words::from(ground.words()))).to_vec(),
        );
        let must_close = move || kind.get().filter(|kind| RULES.closed_kinds.contains(kind));
        // A kind that must be heard behind closed doors closes them, and names its ground.
        effect(move || {
            if let Some(kind) = must_close() {
                self.openness.set(name_of(&Openness::Closed));
                self.ground.set(name_of(&ground_of(kind)));
            }
        });
        let closed_why = tell(move || {
            let kind = must_close().map(|kind| Told::from(Words::from(kind.words())));
            kind.map(|kind| Told::from(MUST_CLOSE).with_told("kind", &kind)).unwrap_or_default()
        });
        let place_hint = tell(move || {
            let home = self.mode.with(|name| of_name(name) == Some(Mode::Doorstep));
            if home { HOME_HINT } else { PLACE_HINT }.into()
        });
        let short = tell(move || self.short().unwrap_or_default());
        view! {
            <OneOf label=say(MODE) value=self.mode options=modes testid="mode" />
            <OneOf label=say(OPENNESS) value=self.openness options=openness testid="openness" />
            <p class="reason" hidden=move || closed_why.with(String::is_empty)>{closed_why}</p>
            <div class="narrow" hidden=move || !self.is_closed()>
                <Select label=say(GROUND) value=self.ground options=grounds none=say(CHOOSE) testid="ground" />
            </div>
            <div class="form">
                <div class="whole">
                    <Field label=say(PLACE) hint=place_hint value=self.place testid="place" />
                </div>
                <Field label=say(DATE) value=self.date kind="date" testid="date" />
                <Field label=say(TIME) value=self.time kind="time" testid="time" />
                <Field label=say(MINUTES) value=self.minutes kind="number" testid="minutes" />
            </div>
            <p class="reason" hidden=move || short.with(String::is_empty) data-testid="short-notice">{short}</p>
        }
        .into_any()
    }

    /// Whether the day is so near that telling the participants will need a reason.
    fn short(self) -> Option<Told> {
        let scheduled = Moment::parse(&at(&self.date.get(), &self.time.get())?)?;
        let needed = RULES.notice_days + i64::from(RULES.notice_clear_days);
        (calendar::days_ahead(scheduled) < needed).then(|| SHORT.with("days", RULES.notice_days))
    }
}

const fn wire(mode: Mode) -> &'static str {
    match mode {
        Mode::Ordinary => "ordinary",
        Mode::Simple => "simple",
        Mode::Doorstep => "doorstep",
        Mode::Remote => "remote",
    }
}

const fn ground_of(kind: Kind) -> ClosedBecause {
    match kind {
        Kind::ArrestReview => ClosedBecause::Arrest,
        _ => ClosedBecause::Custody,
    }
}

/// A moment on the wall clock of the office, as the fields of a form hold it.
fn day_and_hour(moment: Moment) -> (String, String) {
    let local = moment.local(RULES.utc_offset_minutes).to_string();
    let (date, time) = local.split_once(' ').unwrap_or_default();
    (date.into(), time.into())
}

/// A setting with the hour at which the hearing is to open now, which a postponement has moved.
pub(in crate::office) fn as_it_is(setting: Setting, scheduled: Moment) -> Setting {
    let (date, time) = day_and_hour(scheduled);
    Setting { scheduled: at(&date, &time).unwrap_or_default(), ..setting }
}

/// A day and an hour on the wall clock of the office, as the rules read them.
pub(in crate::office) fn at(date: &str, time: &str) -> Option<String> {
    let (date, time) = (date.trim(), time.trim());
    if date.is_empty() || time.len() < "09:00".len() {
        return None;
    }
    let offset = RULES.utc_offset_minutes;
    let hour = time.get(.."09:00".len())?;
    Some(format!("{date}T{hour}:00{:+03}:{:02}", offset / 60, (offset % 60).abs()))
}
