//! The line of one seat to the room: what a browser does, without the page. It folds what it is sent into the view, comes
//! back by itself when the line is lost, takes up by number where it was, and sends again what was not acknowledged.
//!
//! ```text
//! (off) ──hello after n──▶ settled ──lost──▶ waits, then hello again
//!                             └──dropped by the script──▶ (off) until it comes back
//! ```

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use procedure::{
    Command, Hearing, Id,
    refusal::Sentence,
    wire::{FromRoom, Happened, ToRoom},
};
use tokio::{
    sync::{mpsc, watch},
    time::timeout,
};

use self::{
    connection::{Lost, greet, is_final, next, read, say},
    keeper::Keeper,
};
use super::{
    Trouble, Why,
    api::{Api, Backoff},
};

mod connection;
mod keeper;

/// How the room answered.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Done, and on disk.
    Done,
    /// Refused.
    Refused(Sentence),
    /// The server closed the connection over it, with this code.
    Closed(u16),
}

/// Where a line leads, and whose it is.
#[derive(Clone, Debug)]
pub struct Address {
    /// The server.
    pub api: Api,
    /// The hearing.
    pub hearing: String,
    /// The seat's key.
    pub key: String,
}

/// What a seat has seen and waits for.
#[derive(Debug, Default)]
pub struct State {
    /// What it may see, folded from what it was sent.
    pub view: Hearing,
    /// Number of the last thing seen.
    pub number: u64,
    /// What was sent event by event, with its number.
    pub events: Vec<(u64, Happened)>,
    /// Numbers under which it got the whole view.
    pub wholes: Vec<u64>,
    /// Every message as it came.
    pub received: Vec<String>,
    /// How often the line was opened.
    pub opened: u32,
    waiting: Vec<(Id, Command)>,
    answers: HashMap<Id, Answer>,
    settled: bool,
    dropped: bool,
    over: Option<End>,
}

/// Why a line will not come back.
#[derive(Clone, Debug)]
enum End {
    /// The server is away.
    Trouble(Trouble),
    /// The server closed it for good.
    Closed(u16),
    /// The server sent what the protocol does not know.
    Unknown(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Send,
    Drop,
    Return,
}

/// A seat's line.
#[derive(Debug)]
pub struct Line {
    address: Address,
    state: Arc<Mutex<State>>,
    changed: watch::Receiver<()>,
    orders: mpsc::UnboundedSender<Order>,
}

/// Why something could not be asked.
#[derive(Clone, Debug)]
pub enum Cut {
    /// The rehearsal cannot go on.
    Trouble(Trouble),
    /// This seat cannot, and why.
    Seat(Why),
}

impl From<Trouble> for Cut {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl Line {
    /// Opens a line. It stays open, through losses, until it is dropped or closed.
    #[must_use]
    pub fn open(address: Address) -> Self {
        let (orders, taken) = mpsc::unbounded_channel();
        let (told, changed) = watch::channel(());
        let state = Arc::<Mutex<State>>::default();
        let keeper = Keeper { address: address.clone(), state: state.clone(), told, orders: taken };
        tokio::spawn(keeper.keep());
        Self { address, state, changed, orders }
    }

    /// What the seat has seen.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the script has dropped it.
    #[must_use]
    pub fn is_dropped(&self) -> bool {
        self.state().dropped
    }

    /// Has something done under that id.
    ///
    /// # Errors
    /// When the seat cannot ask.
    pub async fn ask(&self, id: Id, command: Command) -> Result<Answer, Cut> {
        if self.is_dropped() {
            return Err(Cut::Seat(Why::new("该席位已断线。", "the seat has lost its connection.")));
        }
        self.state().waiting.push((id.clone(), command));
        self.order(Order::Send);
        self.until(|state| state.answers.get(&id).cloned()).await
    }

    /// Waits until it has seen everything up to a number.
    ///
    /// # Errors
    /// When the line does not come back.
    pub async fn reach(&self, number: u64) -> Result<(), Cut> {
        self.until(|state| (state.number >= number).then_some(())).await
    }

    /// Waits until it has been welcomed.
    ///
    /// # Errors
    /// When the line does not come back.
    pub async fn settle(&self) -> Result<(), Cut> {
        self.until(|state| state.settled.then_some(())).await
    }

    /// Loses the network without a goodbye.
    ///
    /// # Errors
    /// When there is no line any more.
    pub async fn lose(&self) -> Result<(), Cut> {
        self.order(Order::Drop);
        self.until(|state| state.dropped.then_some(())).await
    }

    /// Comes back.
    ///
    /// # Errors
    /// When the line does not come back.
    pub async fn come_back(&self) -> Result<(), Cut> {
        self.order(Order::Return);
        self.until(|state| (state.settled && !state.dropped).then_some(())).await
    }

    /// What a fresh connection of the same seat is shown: number and view.
    ///
    /// # Errors
    /// When the server stays away, or closes the connection for good.
    pub async fn fresh(&self) -> Result<(u64, Hearing), Cut> {
        let mut backoff = Backoff::new(self.address.api.patience());
        loop {
            let why = match self.look().await {
                Ok(shown) => return Ok(shown),
                Err(Lost::Closed(code)) if is_final(code) => return Err(Cut::Seat(closed(code))),
                Err(lost) => lost.to_string(),
            };
            backoff.wait(&why).await?;
        }
    }

    async fn look(&self) -> Result<(u64, Hearing), Lost> {
        let mut socket = greet(&self.address, None, true).await?;
        loop {
            let text = next(&mut socket, self.address.api.patience()).await?;
            self.state().received.push(text.clone());
            match read(&text)? {
                FromRoom::Snapshot { number, view, .. } => {
                    // It has what it came for; a goodbye that does not arrive does no harm.
                    let _ = timeout(Duration::from_secs(1), socket.close(None)).await;
                    return Ok((number, *view));
                }
                FromRoom::Ping { .. } => say(&mut socket, &ToRoom::Pong {}).await?,
                _ => {}
            }
        }
    }

    fn order(&self, order: Order) {
        // A keeper that has ended has said why; whoever waits is told.
        let _ = self.orders.send(order);
    }

    async fn until<T>(&self, look: impl Fn(&State) -> Option<T>) -> Result<T, Cut> {
        let mut changed = self.changed.clone();
        let patience = self.address.api.patience();
        let found = timeout(patience * 2, async {
            loop {
                changed.mark_unchanged();
                {
                    let state = self.state();
                    if let Some(found) = look(&state) {
                        return Ok(found);
                    }
                    match &state.over {
                        Some(End::Trouble(trouble)) => return Err(Cut::Trouble(trouble.clone())),
                        Some(End::Closed(code)) => return Err(Cut::Seat(closed(*code))),
                        Some(End::Unknown(text)) => return Err(Cut::Seat(unknown(text))),
                        None => {}
                    }
                }
                // The keeper lives as long as its line is not over.
                let _ = changed.changed().await;
            }
        });
        found.await.unwrap_or_else(|_| Err(Trouble::away(patience, "no answer").into()))
    }
}

pub(super) fn closed(code: u16) -> Why {
    Why::new(
        format!("服务器关闭了该席位的连接（{code}）。"),
        format!("the server closed the connection ({code})."),
    )
}

fn unknown(text: &str) -> Why {
    Why::new(
        format!("服务器发来无法识别的消息：{text}"),
        format!("the server sent what cannot be read: {text}"),
    )
}

impl State {
    fn answer(&mut self, id: Id, answer: Answer) {
        self.waiting.retain(|(waiting, _)| *waiting != id);
        self.answers.insert(id, answer);
    }
}
