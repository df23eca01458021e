//! A file on its way: sent piece by piece, gone on with after a pause, a lost network or a reload, until it is kept or
//! refused.

use std::hash::{DefaultHasher, Hash, Hasher};

use leptos::{prelude::*, task::spawn_local};
use procedure::{
    Command,
    hearing::exhibit::{self, Content},
};
use serde::{Deserialize, Serialize};

use super::Desk;
use crate::{
    browser::{
        self,
        check::pause,
        fetch::{self, Failure},
        storage,
        upload::{Chosen, send_piece},
    },
    json,
    words::{Told, Words, words},
};

const UNREAD: Words = words(
    "文件已经不在原处，或者读不出来，请重新选择。",
    "The file is no longer there or cannot be read; please choose it again.",
);

/// Smallest piece on a bad network, in bytes.
const PIECE_MIN: u64 = 32_768;

/// How long is waited before it is tried again, in milliseconds; each time longer, up to [`AGAIN_MS_MAX`].
const AGAIN_MS: i32 = 1_500;

/// The longest wait before it is tried again, in milliseconds.
const AGAIN_MS_MAX: i32 = 15_000;

/// How often a server that answers and cannot take it is asked in a row. A network that is away is waited for.
const TRIES_MAX: i32 = 8;

/// How often it is tried to give up a file whose last piece may still be on its way.
const GIVE_UP_TRIES: u32 = 3;

/// How far a file is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stage {
    /// None is chosen.
    Idle,
    /// It is sent.
    Sends,
    /// It waits until its owner goes on.
    Paused,
    /// It waits for the network.
    Away,
    /// It has come whole, and is examined.
    Examined,
    /// It is kept, and can be laid.
    Kept(Kept),
    /// It is being laid.
    Lays(Kept),
    /// It was laid.
    Laid,
    /// It was not taken, and why.
    Refused(Told),
}

/// A file that the server keeps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Kept {
    sha256: String,
    size: u64,
    media_type: String,
    pub(super) pages: u32,
}

/// How far the server has it.
#[derive(Deserialize)]
struct Progress {
    id: String,
    offset: u64,
    chunk: u64,
}

/// What the server is told of a file before it comes.
#[derive(Serialize)]
struct Announced {
    size: u64,
    name: String,
}

/// That all of it has been sent.
#[derive(Serialize)]
struct Finished {}

/// A command of a seat.
#[derive(Serialize)]
struct Sent {
    id: String,
    command: Command,
}

/// What the server answers to a command: that it is done.
#[derive(Deserialize)]
struct Done {}

/// A file that this browser has begun to send and not finished.
#[derive(Clone, PartialEq)]
pub(super) struct Begun {
    /// Under which name this browser keeps it.
    kept_as: String,
    /// Id of its upload.
    id: String,
    /// What its owner calls it.
    pub(super) name: String,
}

impl Begun {
    fn kept(kept_as: String) -> Option<Self> {
        let kept = storage::kept(&kept_as)?;
        let (id, name) = kept.split_once('\n')?;
        Some(Self { kept_as, id: id.into(), name: name.into() })
    }
}

/// What is known of a file before it is sent, since the page may be gone before it has come.
struct Errand {
    file: Chosen,
    /// Address of the uploads of the hearing.
    uploads: String,
    key: Option<String>,
    /// Under which name this browser keeps that it was begun.
    kept_as: String,
    /// Under which name this browser keeps that it was taken in.
    handed_in: String,
}

impl Errand {
    /// Forgets here what has been begun, and tells its address on the server.
    fn forgotten(&self) -> Option<String> {
        let begun = Begun::kept(self.kept_as.clone())?;
        storage::forget(&self.kept_as);
        Some(format!("{}/{}", self.uploads, begun.id))
    }

    /// Gives up on the server what has been forgotten here. What cannot be given up now is swept away in a day.
    async fn is_given_up(&self, path: &str) {
        for _ in 0..GIVE_UP_TRIES {
            match fetch::delete(path, self.key.as_deref()).await {
                Err(failure) if is_passing(&failure) => pause(AGAIN_MS).await,
                _ => return,
            }
        }
    }
}

/// How large the pieces are, how often it waited without coming further, and how often in a row for the server.
struct Pace {
    piece: u64,
    waits: i32,
    tries: i32,
}

impl Pace {
    /// Waits before it is tried again, each time longer.
    async fn waits(&mut self) {
        self.waits = self.waits.saturating_add(1);
        pause(AGAIN_MS.saturating_mul(self.waits).min(AGAIN_MS_MAX)).await;
    }
}

/// A file on its way.
#[derive(Clone, Copy)]
pub(super) struct Sending {
    desk: Desk,
    pub(super) stage: RwSignal<Stage>,
    pub(super) file: RwSignal<Option<Chosen>>,
    /// Bytes that the server has.
    pub(super) sent: RwSignal<u64>,
    /// Id under which the file is laid: the same when it is tried again.
    laying: StoredValue<String>,
    /// How often it was started: whoever was started before the last time stops.
    run: StoredValue<u32>,
}

impl Sending {
    /// Nothing yet; or a file that was handed in before the page was loaded, and not laid.
    pub(super) fn new(desk: Desk) -> Self {
        let sending = Self {
            desk,
            stage: RwSignal::new(Stage::Idle),
            file: RwSignal::new(None),
            sent: RwSignal::new(0),
            laying: StoredValue::new(String::new()),
            run: StoredValue::new(0),
        };
        let kept = storage::kept(&desk.own("handed-in"));
        if let Some(kept) = kept.and_then(|kept| json::read(kept.as_bytes()).ok()) {
            sending.stage.set(Stage::Kept(kept));
        }
        sending
    }

    /// Files that this browser has begun to send and not finished.
    pub(super) fn begun(self) -> Vec<Begun> {
        storage::names(&self.desk.own("upload")).into_iter().filter_map(Begun::kept).collect()
    }

    /// Gives up a file that was begun before, on the server and then here, and takes it from those that are shown.
    pub(super) fn forgets(self, begun: Begun, shown: RwSignal<Vec<Begun>>, failed: RwSignal<Option<Told>>) {
        let (path, key) = (self.desk.path(&format!("/uploads/{}", begun.id)), self.desk.key.get_value());
        spawn_local(async move {
            let gone = fetch::delete(&path, key.as_deref()).await;
            // What the server does not know, or lets nobody touch, is not kept here either; but it may be busy.
            let is_over = match &gone {
                Ok(()) => true,
                Err(failure) => failure.is_no() && !is_passing(failure),
            };
            if is_over {
                storage::forget(&begun.kept_as);
                shown.try_update(|shown| shown.retain(|other| *other != begun));
            }
            failed.try_set(gone.err().filter(|_| !is_over).map(|failure| failure.told()));
        });
    }

    /// Sends a file, or goes on with it.
    pub(super) fn start(self, file: Chosen) {
        self.file.set(Some(file));
        self.sent.set(0);
        self.goes_on();
    }

    /// Goes on after a pause.
    pub(super) fn goes_on(self) {
        if let Some(file) = self.file.get_untracked() {
            self.stage.set(Stage::Sends);
            self.run.update_value(|run| *run = run.wrapping_add(1));
            spawn_local(self.runs(self.errand(file), self.run.get_value()));
        }
    }

    /// Gives it up, here and on the server.
    pub(super) fn gives_up(self) {
        self.stage.set(Stage::Idle);
        let Some(file) = self.file.get_untracked() else { return };
        self.file.set(None);
        let errand = self.errand(file);
        if let Some(begun) = errand.forgotten() {
            spawn_local(async move { errand.is_given_up(&begun).await });
        }
    }

    /// Leaves a file that is kept or refused, to choose another.
    pub(super) fn another(self) {
        storage::forget(&self.desk.own("handed-in"));
        self.file.set(None);
        self.stage.set(Stage::Idle);
    }

    /// Lays the file that is kept before the hearing.
    pub(super) fn lays(self, title: String, failed: RwSignal<Option<Told>>) {
        let Stage::Kept(kept) = self.stage.get_untracked() else { return };
        if self.laying.with_value(String::is_empty) {
            self.laying.set_value(browser::new_id());
        }
        self.stage.set(Stage::Lays(kept.clone()));
        let Kept { sha256, size, media_type, pages } = kept.clone();
        let content = Content::File { sha256, size, media_type, pages };
        let command = Command::Exhibit(exhibit::Command::Lay { title, content });
        let sent = Sent { id: self.laying.get_value(), command };
        let (path, key) = (self.desk.path("/commands"), self.desk.key.get_value());
        let handed_in = self.desk.own("handed-in");
        spawn_local(async move {
            let done = fetch::post::<Done>(&path, key.as_deref(), &sent).await;
            if done.is_ok() {
                storage::forget(&handed_in);
            }
            // What was looked at and refused may be said otherwise the next time: under another id.
            if done.as_ref().map_or_else(Failure::is_no, |_| true) {
                self.laying.try_set_value(String::new());
            }
            failed.try_set(done.as_ref().err().map(Failure::told));
            if done.is_err() {
                self.stage.try_set(Stage::Kept(kept));
            } else if self.stage.try_set(Stage::Laid).is_none() {
                self.desk.look().await;
            }
        });
    }

    /// All that is needed to send a file, or to give it up.
    fn errand(self, file: Chosen) -> Errand {
        let mut hasher = DefaultHasher::new();
        file.traits().hash(&mut hasher);
        Errand {
            uploads: self.desk.path("/uploads"),
            key: self.desk.key.get_value(),
            kept_as: format!("{}{:016x}", self.desk.own("upload"), hasher.finish()),
            handed_in: self.desk.own("handed-in"),
            file,
        }
    }

    /// Whether it still sends, and this is the last time that it was started; not when the page has gone.
    fn sends(self, run: u32) -> bool {
        let under_way = self.stage.try_with_untracked(|stage| matches!(stage, Stage::Sends | Stage::Away));
        under_way == Some(true) && self.run.try_get_value() == Some(run)
    }

    /// Sends until it is kept, refused, or stopped by its owner. A network that is away is waited for; a server that
    /// cannot take it is asked again for a while.
    async fn runs(self, errand: Errand, run: u32) {
        let mut pace = Pace { piece: u64::MAX, waits: 0, tries: 0 };
        while self.sends(run) {
            match self.round(&errand, &mut pace, run).await {
                Ok(Some(kept)) => {
                    storage::forget(&errand.kept_as);
                    if let Ok(text) = serde_json::to_string(&kept) {
                        storage::keep(&errand.handed_in, &text);
                    }
                    self.stage.try_set(Stage::Kept(kept));
                    return;
                }
                // Paused or given up.
                Ok(None) => return,
                Err(Stopped::Failure(failure)) if is_passing(&failure) => {
                    pace.tries = if failure == Failure::Away { 0 } else { pace.tries + 1 };
                    if pace.tries > TRIES_MAX {
                        // What has come stays, to be gone on with later.
                        self.stage.try_set(Stage::Refused(failure.told()));
                        return;
                    }
                    if failure == Failure::Away && self.sends(run) {
                        self.stage.try_set(Stage::Away);
                    }
                    pace.piece = (pace.piece.min(1 << 20) / 2).max(PIECE_MIN);
                    pace.waits().await;
                }
                Err(Stopped::Failure(failure)) => {
                    let begun = if failure.is_unauthorised() { None } else { errand.forgotten() };
                    self.stage.try_set(Stage::Refused(failure.told()));
                    if let Some(begun) = begun {
                        errand.is_given_up(&begun).await;
                    }
                    return;
                }
                Err(Stopped::Unread) => {
                    self.stage.try_set(Stage::Refused(UNREAD.into()));
                    return;
                }
            }
        }
    }

    /// From where the server is to the end, if nothing comes between.
    async fn round(self, errand: &Errand, pace: &mut Pace, run: u32) -> Result<Option<Kept>, Stopped> {
        let key = errand.key.as_deref();
        let mut progress = errand.begins().await?;
        let path = format!("{}/{}", errand.uploads, progress.id);
        self.sent.try_set(progress.offset);
        while progress.offset < errand.file.size() {
            if !self.sends(run) {
                return Ok(None);
            }
            self.stage.try_set(Stage::Sends);
            let (before, most) = (progress.offset, progress.chunk.min(pace.piece));
            let bytes = errand.file.piece(before, most).await.ok_or(Stopped::Unread)?;
            progress = match send_piece(&path, key, before, &bytes).await {
                Err(Failure::Refused(409, why)) => {
                    let reached: Progress = fetch::get(&path, key).await?;
                    // Another window, or this one before the network broke, is still writing.
                    if reached.offset == before {
                        return Err(Failure::Refused(409, why).into());
                    }
                    reached
                }
                sent => sent?,
            };
            *pace = Pace { piece: pace.piece.saturating_mul(2), waits: 0, tries: 0 };
            self.sent.try_set(progress.offset);
        }
        if !self.sends(run) {
            return Ok(None);
        }
        self.stage.try_set(Stage::Examined);
        let done = fetch::post(&format!("{path}/done"), key, &Finished {}).await;
        if done.is_err() {
            self.stage.try_set(Stage::Sends);
        }
        Ok(Some(done?))
    }
}

impl Errand {
    /// Goes on with the upload of this file, or begins one.
    async fn begins(&self) -> Result<Progress, Failure> {
        let key = self.key.as_deref();
        if let Some(begun) = Begun::kept(self.kept_as.clone()) {
            match fetch::get(&format!("{}/{}", self.uploads, begun.id), key).await {
                // Left for too long, or it was finished and the answer lost: from the beginning.
                Err(Failure::Refused(404, _)) => storage::forget(&self.kept_as),
                known => return known,
            }
        }
        let announced = Announced { size: self.file.size(), name: self.file.name() };
        let begun: Progress = fetch::post(&self.uploads, key, &announced).await?;
        storage::keep(&self.kept_as, &format!("{}\n{}", begun.id, self.file.name()));
        Ok(begun)
    }
}

/// Whether it may go better the next time: the network is away, the server busy or in trouble. Where there is no room
/// left, asking again does not help.
fn is_passing(failure: &Failure) -> bool {
    match failure {
        Failure::Refused(409, why) => matches!(why.code.as_str(), "upload.busy" | "upload.offset"),
        Failure::Refused(507, _) => false,
        failure => !failure.is_no() && !failure.is_unauthorised(),
    }
}

/// Why a round came to no end.
enum Stopped {
    Failure(Failure),
    /// The file cannot be read.
    Unread,
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}
