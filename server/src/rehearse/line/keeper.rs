//! The task that keeps a line open: it comes back after every loss, takes up where it was, and sends again what waits.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use procedure::{
    Command, Id,
    wire::{FromRoom, ToRoom, close},
};
use tokio::{
    sync::{mpsc, watch},
    time::timeout,
};

use super::{
    Address, Answer, End, Order, State,
    connection::{Lost, greet, is_final, next, read, say},
};
use crate::rehearse::{api::Backoff, socket::Socket};

/// Codes of refusals that are no answer: the machine failed, and the same may be asked again.
const MACHINE: &str = "error.";

/// The task.
pub(super) struct Keeper {
    pub(super) address: Address,
    pub(super) state: Arc<Mutex<State>>,
    pub(super) told: watch::Sender<()>,
    pub(super) orders: mpsc::UnboundedReceiver<Order>,
}

impl Keeper {
    pub(super) async fn keep(mut self) {
        loop {
            let over = match self.hold().await {
                Ok(true) => None,
                Ok(false) => return,
                Err(end) => Some(end),
            };
            self.change(|state| {
                state.settled = false;
                state.over.clone_from(&over);
            });
            if over.is_some() || !self.is_wanted_again().await {
                return;
            }
        }
    }

    /// After the script has dropped the line: waits until it comes back.
    async fn is_wanted_again(&mut self) -> bool {
        self.change(|state| state.dropped = true);
        loop {
            match self.orders.recv().await {
                Some(Order::Return) => break,
                Some(Order::Send | Order::Drop) => {}
                None => return false,
            }
        }
        self.change(|state| state.dropped = false);
        true
    }

    /// Opens the line again and again, until the script drops it (true), nobody wants it any more (false), or it ends.
    async fn hold(&mut self) -> Result<bool, End> {
        let patience = self.address.api.patience();
        let mut backoff = Backoff::new(patience);
        loop {
            let after = Some(self.look().number).filter(|number| *number > 0);
            let why = match greet(&self.address, after, false).await {
                Ok(mut socket) => match self.converse(&mut socket).await {
                    Ok(wanted) => return Ok(wanted),
                    Err(lost) => lost,
                },
                Err(lost) => lost,
            };
            let was_settled = std::mem::take(&mut self.look().settled);
            match why {
                Lost::Closed(code @ (close::TOO_LARGE | close::BAD_FRAME)) if was_settled => {
                    self.give_up_first(code);
                }
                Lost::Closed(code) if is_final(code) => return Err(End::Closed(code)),
                Lost::Unknown(text) => return Err(End::Unknown(text)),
                Lost::Closed(_) | Lost::Broken(_) => {}
            }
            if was_settled {
                backoff = Backoff::new(patience);
            }
            backoff.wait(&why.to_string()).await.map_err(End::Trouble)?;
        }
    }

    async fn converse(&mut self, socket: &mut Socket) -> Result<bool, Lost> {
        let patience = self.address.api.patience();
        // How many of those that wait have been sent over this connection.
        let mut sent: Vec<Id> = Vec::new();
        loop {
            let due: Vec<(Id, Command)> = {
                let state = self.look();
                let unsent = state.waiting.iter().filter(|(id, _)| state.settled && !sent.contains(id));
                unsent.cloned().collect()
            };
            for (id, command) in due {
                sent.push(id.clone());
                say(socket, &ToRoom::Command { id, command }).await?;
            }
            tokio::select! {
                order = self.orders.recv() => match order {
                    Some(Order::Send | Order::Return) => {}
                    Some(Order::Drop) => return Ok(true),
                    None => {
                        let _ = timeout(Duration::from_secs(1), socket.close(None)).await;
                        return Ok(false);
                    }
                },
                text = next(socket, patience) => {
                    let text = text?;
                    let message = read(&text)?;
                    if let FromRoom::Ping { .. } = message {
                        say(socket, &ToRoom::Pong {}).await?;
                    }
                    let failed = self.take_in(text, message)?;
                    if let Some(failed) = failed {
                        sent.retain(|id| *id != failed);
                        tokio::time::sleep(Duration::from_millis(200)).await;
                    }
                }
            }
        }
    }

    /// Takes in a message. Gives back the command that the machine failed at and that is to be sent again.
    fn take_in(&self, text: String, message: FromRoom) -> Result<Option<Id>, Lost> {
        let mut state = self.look();
        state.received.push(text);
        let mut failed = None;
        match message {
            FromRoom::Welcome { .. } => state.opened += 1,
            FromRoom::Snapshot { number, view, .. } => {
                (state.number, state.view, state.settled) = (number, *view, true);
                state.wholes.push(number);
            }
            FromRoom::Events { number, events, .. } => {
                if number != state.number + 1 {
                    return Err(Lost::Unknown(format!("number {number} after {}", state.number)));
                }
                state.settled = true;
                for happened in events {
                    state.view.evolve(happened.at, &happened.event);
                    state.number += 1;
                    let number = state.number;
                    state.events.push((number, happened));
                }
            }
            FromRoom::Ack { id } => state.answer(id, Answer::Done),
            FromRoom::Refused { id, refusal } if refusal.code.starts_with(MACHINE) => failed = Some(id),
            FromRoom::Refused { id, refusal } => state.answer(id, Answer::Refused(refusal)),
            FromRoom::Ping { .. }
            | FromRoom::Passive {}
            | FromRoom::Active {}
            | FromRoom::Linked { .. }
            | FromRoom::Slots { .. } => {}
        }
        drop(state);
        self.told.send_replace(());
        Ok(failed)
    }

    /// One command at a time is on its way: it is the one that the server could not take.
    fn give_up_first(&self, code: u16) {
        self.change(|state| {
            if let Some((id, _)) = state.waiting.first().cloned() {
                state.answer(id, Answer::Closed(code));
            }
        });
    }

    fn look(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.look());
        self.told.send_replace(());
    }
}
