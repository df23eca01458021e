//! Everything of one running office put together, the same for the command line and the tests.

use std::{fs::File, path::Path, sync::Arc, time::Duration};

use axum::Router;
use procedure::Rulebook;
use tokio::{
    sync::{Semaphore, watch},
    task::JoinHandle,
    time::timeout,
};

use crate::{
    Config, Error, Failure,
    account::Accounts,
    archive::{self, key::Keyring, shelving},
    config::Limits,
    database::Database,
    delivery::{self, Deliveries},
    docket::Docket,
    exhibit::Exhibits,
    gauge::Gauges,
    guard::Rates,
    invitation::Invitations,
    log::Log,
    papers::Press,
    pool::Pool,
    pulse::{self, Pulse},
    recording,
    room::{Ground, Rooms},
    router,
    sfu::{Reached, Sfu, relay::Relay},
    signature::certificate::Authorities,
    tries::{Acquainted, Tries},
};

/// What every request can reach.
#[derive(Debug)]
pub struct Site {
    /// The set-up.
    pub config: Config,
    /// The database.
    pub database: Database,
    /// The staff.
    pub accounts: Accounts,
    /// The invitations and seat keys.
    pub invitations: Invitations,
    /// The panellists.
    pub pool: Pool,
    /// The keys that case files are sealed with.
    pub keyring: Keyring,
    /// What the archive stands on.
    pub archive: archive::Ground,
    /// The rooms of the hearings.
    pub rooms: Rooms,
    /// The video link, where there is one.
    pub sfu: Option<Sfu>,
    /// Wrong guesses.
    pub guesses: Guesses,
    /// Rates by address.
    pub rates: Rates,
    /// Counters.
    pub gauges: Arc<Gauges>,
    /// Places for what needs much memory: files taken in, case files bound.
    pub files: Arc<Semaphore>,
    /// Whose certificates count in signatures.
    pub authorities: Authorities,
    /// What papers are drawn up with.
    pub press: Arc<Press>,
    /// What was sent to whom.
    pub deliveries: Deliveries,
    /// How recordings are handed out.
    pub downloads: recording::HandOut,
    /// Places for live connections.
    pub places: Arc<Semaphore>,
    /// Whether the server stops.
    pub stopping: watch::Sender<bool>,
}

/// Wrong guesses, by what they are counted for.
#[derive(Debug)]
pub struct Guesses {
    /// By account and address.
    pub account: Tries,
    /// By account alone.
    pub account_all: Tries,
    /// Where accounts have signed in from.
    pub acquainted: Acquainted,
    /// By invitation.
    pub invitation: Tries,
    /// By address.
    pub address: Tries,
}

impl Guesses {
    /// None yet; so many as the limits say may be made.
    fn new(limits: &Limits) -> Self {
        Self {
            account: Tries::new(limits.sign_in_tries, limits.tries_window_ms),
            account_all: Tries::new(limits.sign_in_tries_all, limits.tries_window_ms),
            acquainted: Acquainted::default(),
            invitation: Tries::new(limits.invitation_tries, limits.tries_window_ms),
            address: Tries::new(limits.address_tries, limits.tries_window_ms),
        }
    }
}

impl Site {
    /// The lists.
    #[must_use]
    pub fn docket(&self) -> &Docket {
        &self.rooms.ground().docket
    }
}

/// A server that is ready to be given a socket.
#[derive(Debug)]
pub struct App {
    /// Every address.
    pub router: Router,
    /// What the addresses reach.
    pub site: Arc<Site>,
    checkpoints: JoinHandle<()>,
    pulse: JoinHandle<()>,
    deliveries: JoinHandle<()>,
    /// Notes of the recordings, where there is a video link.
    notes: Option<JoinHandle<()>>,
    /// Held as long as this server has the data folder.
    _folder: File,
}

impl App {
    /// Opens the data folder, wakes the hearings that are under way, and puts everything together.
    ///
    /// # Errors
    /// When the data folder cannot be used, or something is missing that the server needs.
    pub async fn build(config: Config) -> Result<Self, Error> {
        crate::exhibit::aside::ready()?;
        let folder = take_folder(&config.data)?;
        let limits = config.limits.clone();
        let connections = u32::try_from(limits.database_connections_max).unwrap_or(u32::MAX);
        let database = Database::open(&config.data, connections).await?;
        let pool = database.pool.clone();
        let (queue, group) = (Limits::count(limits.append_queue_max), Limits::count(limits.append_group_max));
        let gauges = Arc::new(Gauges::default());
        let stopping = watch::Sender::new(false);
        let relay = Relay::of(&config)?;
        let (sfu, notes) = media(&config, &gauges, stopping.subscribe()).await?.unzip();
        let press = Press::open(&config)?;
        let authorities = config.signature_authorities.as_deref().map(Authorities::open).transpose()?;
        let log = Arc::new(Log::open(database.clone(), queue, group).await?);
        let deliveries = Deliveries::open(&config, pool.clone(), log.clone()).await?;
        let rooms = Rooms::new(Ground {
            sfu: sfu.clone(),
            relay: sfu.as_ref().and(relay),
            recording: notes.as_ref().map(recording::Notes::outstanding),
            log,
            docket: Docket::new(pool.clone()),
            pulse: Pulse::read(&database).await?,
            exhibits: Exhibits::new(&config),
            limits: limits.clone(),
            gauges: gauges.clone(),
            rules: Rulebook::default(),
        });
        let site = Arc::new(Site {
            accounts: Accounts::new(pool.clone(), &limits)?,
            invitations: Invitations::new(pool.clone(), &limits),
            pool: Pool::new(pool),
            keyring: Keyring::open(&config.data)?,
            archive: archive::Ground::open(&config, &database)?,
            rooms,
            sfu,
            guesses: Guesses::new(&limits),
            rates: Rates::default(),
            gauges,
            files: Arc::new(Semaphore::new(Limits::count(limits.files_at_once))),
            authorities: authorities.unwrap_or_default(),
            press,
            deliveries,
            downloads: recording::HandOut::new(&limits),
            places: Arc::new(Semaphore::new(Limits::count(limits.connections_max))),
            stopping,
            database: database.clone(),
            config,
        });
        wake(&site).await?;
        let notes = match notes {
            Some(notes) => Some(noted(&site, notes).await),
            None => None,
        };
        look_after(&site);
        // Only now: the gap before this server stands on the record.
        let beats = pulse::beat(database.clone(), limits.pulse_every_ms, site.stopping.subscribe());
        let pulse = tokio::spawn(beats);
        let checkpoints = tokio::spawn(checkpoints(database, limits.checkpoint_every_ms));
        let deliveries = tokio::spawn(delivery::round::keep(site.clone()));
        let router = router::router(site.clone());
        Ok(Self { router, site, checkpoints, pulse, deliveries, notes, _folder: folder })
    }

    /// Closes the connections of the seats and waits until they have taken leave. What has been acknowledged is on
    /// disk already.
    pub async fn stop(self) {
        self.site.stopping.send_replace(true);
        let limits = &self.site.config.limits;
        let all = u32::try_from(limits.connections_max).unwrap_or(u32::MAX);
        let gone = timeout(Limits::span(limits.stop_ms), self.site.places.acquire_many(all)).await;
        if gone.is_err() {
            tracing::warn!("some connections did not take leave in time");
        }
        if let Some(notes) = self.notes
            && timeout(Limits::span(limits.stop_ms), notes).await.is_err()
        {
            tracing::warn!("what was recorded last is noted when the server starts again");
        }
        if timeout(Limits::span(limits.stop_ms), self.deliveries).await.is_err() {
            tracing::warn!("a message that is being sent is sent again when the server starts");
        }
        self.checkpoints.abort();
        // A last pulse and a last tidying up; what fails here loses nothing.
        let _ = timeout(Duration::from_secs(1), self.pulse).await;
        let _ = timeout(Duration::from_secs(1), self.site.database.checkpoint()).await;
    }
}

/// Notes what is recorded, from what was left over before.
async fn noted(site: &Arc<Site>, notes: recording::Notes) -> JoinHandle<()> {
    recording::notes::catch_up(site, &notes).await;
    tokio::spawn(recording::notes::keep(site.clone(), notes))
}

/// What a running server does by itself, until it stops: it reports on the lines of the video link, and sweeps uploads
/// away that nobody goes on with, and takes sealed hearings into the archive.
fn look_after(site: &Arc<Site>) {
    if site.sfu.is_some() {
        tokio::spawn(crate::sfu::report::keep(site.clone()));
    }
    let exhibits = site.rooms.ground().exhibits.clone();
    tokio::spawn(exhibits.keep_swept(site.stopping.subscribe()));
    tokio::spawn(shelving::keep(site.clone(), site.stopping.subscribe()));
}

/// Makes the data folder, for its owner alone, and takes it: a second server on the same folder would tell the seats
/// of the first that it stops, again and again.
///
/// # Errors
/// When it cannot be made, or another holds it.
pub fn take_folder(folder: &Path) -> Result<File, Error> {
    if !folder.exists() {
        let mut making = std::fs::DirBuilder::new();
        making.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut making, 0o700);
        making.create(folder)?;
    }
    let file = File::create(folder.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => {
            Err(Error::Config(format!("{}: 另一个服务正在使用 another server has it", folder.display())))
        }
        Err(std::fs::TryLockError::Error(error)) => Err(error.into()),
    }
}

/// The video link and the notes of its recordings, where there is one.
async fn media(
    config: &Config,
    gauges: &Arc<Gauges>,
    told: watch::Receiver<bool>,
) -> Result<Option<(Sfu, recording::Notes)>, Error> {
    let Some(udp) = config.media else { return Ok(None) };
    let (tap, notes) = recording::open(config.recordings(), &config.limits, gauges.clone())?;
    let at = Reached { udp, tcp: config.media_tcp, public: config.media_public.clone() };
    let sfu = Sfu::open(&at, &config.limits, gauges.clone(), tap, told).await?;
    Ok(Some((sfu, notes)))
}

/// Wakes the hearings that are under way.
async fn wake(site: &Site) -> Result<(), Error> {
    match site.rooms.wake().await {
        Err(Failure::Error(error)) => Err(error),
        Err(Failure::Refused(..)) | Ok(()) => Ok(()),
    }
}

async fn checkpoints(database: Database, every_ms: u64) {
    let mut ticks = tokio::time::interval(Limits::span(every_ms.max(1)));
    loop {
        ticks.tick().await;
        if let Err(error) = database.checkpoint().await {
            tracing::warn!(code = error.code(), %error, "checkpoint failed");
        }
    }
}
