//! A file is sealed only once the recording is noted to its end: of a sealed hearing nothing more is noted.

use procedure::{Command, hearing::record};
use tokio::time::{Instant, timeout_at};

use super::{Ask, Keeper};
use crate::config::Limits;

impl Keeper {
    /// Whether a command waits: the seal of a hearing that is over, while something of its recording is not noted yet and
    /// that may still be waited for.
    pub(super) fn waits(&mut self, command: &Command) -> bool {
        let seals = matches!(command, Command::Record(record::Command::Seal {}));
        if !seals || !self.hearing.phase.is_closed() {
            return false;
        }
        let outstanding = self.ground.recording.as_ref().is_some_and(|recording| recording.has(&self.id));
        if !outstanding {
            self.seal_by = None;
            return false;
        }
        let longest = Limits::span(self.ground.limits.recording_seal_wait_ms);
        let by = *self.seal_by.get_or_insert_with(|| Instant::now() + longest);
        let waits = Instant::now() < by;
        if !waits {
            tracing::error!(hearing = self.id, "sealed though the recording is not noted to its end");
            self.seal_by = None;
        }
        waits
    }

    /// Asks again once nothing is waited for any more. What comes in the meantime is done before it. Whoever asked and the
    /// room has gone from meanwhile asks again himself.
    pub(super) fn put_off(&self, ask: Ask) {
        let (Some(by), Some(recording)) = (self.seal_by, self.ground.recording.clone()) else { return };
        let (again, id) = (self.again.clone(), self.id.clone());
        tokio::spawn(async move {
            // How it ended the room looks at itself.
            let _ = timeout_at(by, recording.settled(&id)).await;
            if let Some(queue) = again.upgrade() {
                let _ = queue.send(ask).await;
            }
        });
    }
}
