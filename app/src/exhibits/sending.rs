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

/// How long a network that is away is waited for before it is tried again, in milliseconds.
const AGAIN_MS: i32 = 1_500;

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

    /// Names of files that this browser has begun to send and not finished.
    pub(super) fn begun(self) -> Vec<String> {
        let names = storage::names(&self.desk.own("upload"));
        let begun = names.iter().filter_map(|name| storage::kept(name));
        begun.filter_map(|begun| begun.split_once('\n').map(|(_, name)| name.to_string())).collect()
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
            spawn_local(self.runs(file, self.run.get_value()));
        }
    }

    /// Gives it up, here and on the server.
    pub(super) fn gives_up(self) {
        self.stage.set(Stage::Idle);
        let Some(file) = self.file.get_untracked() else { return };
        self.file.set(None);
        let name = self.kept_as(&file);
        if let Some(id) = storage::kept(&name).and_then(|begun| Some(begun.split_once('\n')?.0.to_string())) {
            spawn_local(async move {
                let key = self.desk.key.get_value();
                // What cannot be given up now is swept away in a day.
                let _ = fetch::delete(&self.desk.path(&format!("/uploads/{id}")), key.as_deref()).await;
            });
        }
        storage::forget(&name);
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
        spawn_local(async move {
            let Kept { sha256, size, media_type, pages } = kept.clone();
            let content = Content::File { sha256, size, media_type, pages };
            let command = Command::Exhibit(exhibit::Command::Lay { title, content });
            let sent = Sent { id: self.laying.get_value(), command };
            let key = self.desk.key.get_value();
            let done = fetch::post::<Done>(&self.desk.path("/commands"), key.as_deref(), &sent).await;
            failed.set(done.as_ref().err().map(Failure::told));
            match done {
                Ok(_) => {
                    storage::forget(&self.desk.own("handed-in"));
                    self.laying.set_value(String::new());
                    self.stage.set(Stage::Laid);
                    self.desk.look().await;
                }
                Err(failure) => {
                    // What was looked at and refused may be said otherwise the next time: under another id.
                    if failure.is_no() {
                        self.laying.set_value(String::new());
                    }
                    self.stage.set(Stage::Kept(kept));
                }
            }
        });
    }

    /// The name under which this browser keeps the id of the upload of a file.
    fn kept_as(self, file: &Chosen) -> String {
        let mut hasher = DefaultHasher::new();
        file.traits().hash(&mut hasher);
        format!("{}{:016x}", self.desk.own("upload"), hasher.finish())
    }

    /// Whether it still sends, and this is the last time that it was started; not when the page has gone.
    fn sends(self, run: u32) -> bool {
        let under_way = self.stage.try_with_untracked(|stage| matches!(stage, Stage::Sends | Stage::Away));
        under_way == Some(true) && self.run.try_get_value() == Some(run)
    }

    /// Sends until it is kept, refused, or stopped by its owner. A network that is away is waited for.
    async fn runs(self, file: Chosen, run: u32) {
        let mut piece = u64::MAX;
        while self.sends(run) {
            match self.round(&file, &mut piece, run).await {
                Ok(Some(kept)) => {
                    storage::forget(&self.kept_as(&file));
                    if let Ok(text) = serde_json::to_string(&kept) {
                        storage::keep(&self.desk.own("handed-in"), &text);
                    }
                    return self.stage.set(Stage::Kept(kept));
                }
                // Paused or given up.
                Ok(None) => return,
                Err(Stopped::Failure(failure)) if !failure.is_no() && !failure.is_unauthorised() => {
                    if self.sends(run) {
                        self.stage.set(Stage::Away);
                    }
                    piece = (piece.min(1 << 20) / 2).max(PIECE_MIN);
                    pause(AGAIN_MS).await;
                }
                Err(Stopped::Failure(failure)) => {
                    storage::forget(&self.kept_as(&file));
                    return self.stage.set(Stage::Refused(failure.told()));
                }
                Err(Stopped::Unread) => return self.stage.set(Stage::Refused(UNREAD.into())),
            }
        }
    }

    /// From where the server is to the end, if nothing comes between.
    async fn round(self, file: &Chosen, piece: &mut u64, run: u32) -> Result<Option<Kept>, Stopped> {
        let key = self.desk.key.get_value();
        let key = key.as_deref();
        let mut progress = self.begins(file, key).await?;
        let path = self.desk.path(&format!("/uploads/{}", progress.id));
        self.sent.set(progress.offset);
        while progress.offset < file.size() {
            if !self.sends(run) {
                return Ok(None);
            }
            self.stage.set(Stage::Sends);
            let bytes =
                file.piece(progress.offset, progress.chunk.min(*piece)).await.ok_or(Stopped::Unread)?;
            progress = match send_piece(&path, key, progress.offset, &bytes).await {
                Err(Failure::Refused(409, _)) => fetch::get(&path, key).await?,
                sent => sent?,
            };
            *piece = piece.saturating_mul(2);
            self.sent.set(progress.offset);
        }
        if !self.sends(run) {
            return Ok(None);
        }
        self.stage.set(Stage::Examined);
        let done = fetch::post(&format!("{path}/done"), key, &Finished {}).await;
        if done.is_err() {
            self.stage.set(Stage::Sends);
        }
        Ok(Some(done?))
    }

    /// Goes on with the upload of this file, or begins one.
    async fn begins(self, file: &Chosen, key: Option<&str>) -> Result<Progress, Failure> {
        let name = self.kept_as(file);
        if let Some(id) = storage::kept(&name).and_then(|begun| Some(begun.split_once('\n')?.0.to_string())) {
            match fetch::get(&self.desk.path(&format!("/uploads/{id}")), key).await {
                // Left for too long, or it was finished and the answer lost: from the beginning.
                Err(Failure::Refused(404, _)) => storage::forget(&name),
                known => return known,
            }
        }
        let announced = Announced { size: file.size(), name: file.name() };
        let begun: Progress = fetch::post(&self.desk.path("/uploads"), key, &announced).await?;
        storage::keep(&name, &format!("{}\n{}", begun.id, file.name()));
        Ok(begun)
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
