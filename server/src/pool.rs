//! The pool of panellists and the draw from it, which anybody can run again and compare.
//!
//! A draw is a function of three things that are all written down: the pool as it stood (who qualifies, in the
//! order of their ids), the seed (256 bits) and the number wanted. See [`draw`] for the steps.

use procedure::{Id, Moment, hearing::plan::Draw};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::{AnyPool, Connection, Row};
use tokio::sync::{Mutex, MutexGuard};

use crate::{Error, Failure, Refused, token};

pub mod api;

/// A panellist of the pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Panellist {
    /// Id, given by the server when it is empty.
    #[serde(default)]
    pub id: String,
    /// Name.
    pub name: String,
    /// Post or trade.
    pub post: String,
    /// Class of society that the person stands for, such as 人大代表.
    pub class: String,
    /// Field that the person knows well, such as 医学; may be empty.
    #[serde(default)]
    pub specialty: String,
    /// Where the person lives or works; may be empty.
    #[serde(default)]
    pub region: String,
    /// Year of birth.
    pub birth_year: i64,
    /// Last four digits of the phone number.
    pub phone_tail: String,
    /// Whether the person can be drawn.
    #[serde(default = "yes")]
    pub active: bool,
    /// Why the person cannot serve.
    #[serde(default)]
    pub barred: Option<String>,
}

const fn yes() -> bool {
    true
}

/// Somebody put into the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Put {
    /// The entry as it stands now.
    pub person: Panellist,
    /// Whether the person stood there before.
    pub there: bool,
}

impl Panellist {
    /// Whether two entries are of one person: the same name with the same phone number.
    fn is_same_person(&self, other: &Self) -> bool {
        self.name == other.name && self.phone_tail == other.phone_tail
    }

    /// Whether only whoever keeps the pool can say if two entries are of one person: the same name, post and year of
    /// birth with another phone number.
    fn may_be_same_person(&self, other: &Self) -> bool {
        let alike = self.name == other.name && self.post == other.post && self.birth_year == other.birth_year;
        alike && self.phone_tail != other.phone_tail
    }

    /// This entry with what another of the same person says. What the other leaves empty stays, and so do a bar and a
    /// rest from being drawn: they are lifted in the entry itself, never by entering the person again.
    fn brought_up_to_date(self, other: Self) -> Self {
        let filled = |new: String, old: String| if new.trim().is_empty() { old } else { new };
        Self {
            id: self.id,
            specialty: filled(other.specialty, self.specialty),
            region: filled(other.region, self.region),
            active: self.active && other.active,
            barred: self.barred.or(other.barred),
            ..other
        }
    }
}

/// Somebody who stood in the pool at a draw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Candidate {
    /// Id in the pool.
    pub id: String,
    /// Name.
    pub name: String,
    /// Class.
    pub class: String,
}

/// A draw, with everything that is needed to run it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Drawn {
    /// Under which id it was asked for; none in a draw made before draws had ids.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub id: Option<Id>,
    /// The seed, 64 hexadecimal digits; none when the panel was named directly.
    pub seed: Option<String>,
    /// The class drawn from, if one was asked for.
    pub class: Option<String>,
    /// The field drawn from, if one was asked for.
    #[serde(default)]
    pub specialty: Option<String>,
    /// The region drawn from, if one was asked for.
    #[serde(default)]
    pub region: Option<String>,
    /// Ids left out because of an interest in the case.
    pub conflicts: Vec<String>,
    /// Who qualified, by id.
    pub pool: Vec<Candidate>,
    /// SHA-256 of the pool's JSON, hexadecimal.
    pub pool_hash: String,
    /// Ids drawn, in order.
    pub drawn: Vec<String>,
    /// Why, when the panel was named directly.
    pub reason: Option<String>,
}

/// Draws `number` of a pool: a Fisher–Yates shuffle broken off after `number` steps. Step *i* swaps place *i* with
/// place *i + r*, where *r* is the next number below *n − i* from `ChaCha20` (stream 0) under the seed: a 32-bit word,
/// skipped while it is not below the largest multiple of *n − i* that 32 bits hold, then its remainder.
#[must_use]
pub fn draw(pool: &[Candidate], seed: [u8; 32], number: usize) -> Vec<String> {
    let mut rng = ChaCha20Rng::from_seed(seed);
    let mut order: Vec<&Candidate> = pool.iter().collect();
    let number = number.min(order.len());
    for step in 0..number {
        let offset = below(&mut rng, order.len() - step);
        order.swap(step, step + offset);
    }
    order.into_iter().take(number).map(|candidate| candidate.id.clone()).collect()
}

fn below(rng: &mut ChaCha20Rng, bound: usize) -> usize {
    let bound = u64::try_from(bound).unwrap_or(u64::MAX).max(1);
    let zone = (1_u64 << 32) / bound * bound;
    loop {
        let word = u64::from(rng.next_u32());
        if word < zone {
            return usize::try_from(word % bound).unwrap_or(0);
        }
    }
}

/// SHA-256 of a pool's JSON.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn pool_hash(pool: &[Candidate]) -> Result<String, Error> {
    Ok(token::hex(&Sha256::digest(serde_json::to_vec(pool)?)))
}

impl Drawn {
    /// Draws again from what was written down: the ids that come out. What was named directly stays as it is.
    #[must_use]
    pub fn again(&self) -> Vec<String> {
        match (&self.seed, self.seed.as_deref().and_then(token::unhex)) {
            (None, _) => self.drawn.clone(),
            (Some(_), Some(seed)) => draw(&self.pool, seed, self.drawn.len()),
            (Some(_), None) => Vec::new(),
        }
    }

    /// The draw as it stands on the record of the hearing.
    #[must_use]
    pub fn recorded(&self) -> Draw {
        let name = |id: &String| self.pool.iter().find(|one| one.id == *id).map(|one| one.name.clone());
        Draw {
            seed: self.seed.clone(),
            pool: self.pool_hash.clone(),
            size: u32::try_from(self.pool.len()).unwrap_or(u32::MAX),
            class: self.class.clone(),
            drawn: self.drawn.iter().filter_map(name).collect(),
            reason: self.reason.clone(),
        }
    }

    /// Whether the pool is the one that was drawn from and the same people come out again.
    #[must_use]
    pub fn holds(&self) -> bool {
        let same_pool = pool_hash(&self.pool).is_ok_and(|hash| hash == self.pool_hash);
        same_pool && self.again() == self.drawn
    }
}

/// The pool.
#[derive(Debug)]
pub struct Pool {
    pool: AnyPool,
    /// Held while a panel is drawn.
    drawing: Mutex<()>,
}

impl Pool {
    /// The pool in a database.
    #[must_use]
    pub const fn new(pool: AnyPool) -> Self {
        Self { pool, drawing: Mutex::const_new(()) }
    }

    /// Waits until nobody else draws: of two who ask under one id the second finds what the first has drawn.
    pub async fn one_at_a_time(&self) -> MutexGuard<'_, ()> {
        self.drawing.lock().await
    }

    /// Everybody in it, by id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all(&self) -> Result<Vec<Panellist>, Error> {
        let rows = sqlx::query(
            "SELECT id, name, post, class, birth_year, phone_tail, active, barred, specialty, region FROM panellist \
             LEFT JOIN panellist_field ON panellist_field.panellist = panellist.id ORDER BY id",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Panellist {
                    id: row.try_get(0)?,
                    name: row.try_get(1)?,
                    post: row.try_get(2)?,
                    class: row.try_get(3)?,
                    birth_year: row.try_get(4)?,
                    phone_tail: row.try_get(5)?,
                    active: row.try_get::<i64, _>(6)? != 0,
                    barred: row.try_get(7)?,
                    specialty: row.try_get::<Option<String>, _>(8)?.unwrap_or_default(),
                    region: row.try_get::<Option<String>, _>(9)?.unwrap_or_default(),
                })
            })
            .collect()
    }

    /// Puts somebody in, or changes what stands there under the same id. Somebody who stands there under another id is
    /// not put in again: the entry that there is is brought up to date.
    ///
    /// # Errors
    /// When something is missing; when it may be somebody who stands there with another phone number.
    pub async fn put(&self, mut person: Panellist) -> Result<Put, Failure> {
        let texts = [&person.name, &person.post, &person.class];
        let said = texts.iter().all(|text| !text.trim().is_empty() && text.chars().count() <= 100);
        let others = [Some(&person.specialty), Some(&person.region), person.barred.as_ref()];
        let short = others.iter().flatten().all(|text| text.chars().count() <= 100);
        let steers = |text: &String| text.chars().any(procedure::hearing::steers_screen);
        let steered = texts.into_iter().chain(others.into_iter().flatten()).any(steers);
        if !said || !short || steered || !(1900..=2100).contains(&person.birth_year) || person.id.len() > 64 {
            return Err(Refused::PanellistIncomplete.into());
        }
        crate::invitation::api::check_tail(&person.phone_tail)?;
        if person.id.is_empty() {
            person.id = uuid::Uuid::now_v7().to_string();
        }
        let all = self.all().await?;
        let by_id = all.iter().any(|known| known.id == person.id);
        let known = all.iter().find(|known| !by_id && known.is_same_person(&person));
        let there = by_id || known.is_some();
        if !there && all.iter().any(|known| known.may_be_same_person(&person)) {
            return Err(Refused::PanellistAlike.into());
        }
        if let Some(known) = known {
            person = known.clone().brought_up_to_date(person);
        }
        let mut connection = self.pool.acquire().await?;
        let mut both = connection.begin().await?;
        sqlx::query(
            "INSERT INTO panellist (id, name, post, class, birth_year, phone_tail, active, barred) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET name = excluded.name, \
             post = excluded.post, class = excluded.class, birth_year = excluded.birth_year, \
             phone_tail = excluded.phone_tail, active = excluded.active, barred = excluded.barred",
        )
        .bind(person.id.clone())
        .bind(person.name.clone())
        .bind(person.post.clone())
        .bind(person.class.clone())
        .bind(person.birth_year)
        .bind(person.phone_tail.clone())
        .bind(i64::from(person.active))
        .bind(person.barred.clone())
        .execute(&mut *both)
        .await?;
        sqlx::query(
            "INSERT INTO panellist_field (panellist, specialty, region) VALUES ($1, $2, $3) \
             ON CONFLICT (panellist) DO UPDATE SET specialty = excluded.specialty, region = excluded.region",
        )
        .bind(person.id.clone())
        .bind(person.specialty.clone())
        .bind(person.region.clone())
        .execute(&mut *both)
        .await?;
        both.commit().await?;
        Ok(Put { person, there })
    }

    /// Writes a draw down, before it goes on the record: a draw on the record can always be run again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep(&self, hearing: &str, drawn: &Drawn, now: Moment) -> Result<(), Error> {
        let number = i64::try_from(self.draws(hearing).await?.len()).unwrap_or(i64::MAX);
        sqlx::query("INSERT INTO draw (hearing, number, at, content) VALUES ($1, $2, $3, $4)")
            .bind(hearing.to_string())
            .bind(number)
            .bind(now.0)
            .bind(serde_json::to_string(drawn)?)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The draws of a hearing, in order, and when each was made.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn draws(&self, hearing: &str) -> Result<Vec<(Moment, Drawn)>, Error> {
        let rows = sqlx::query("SELECT at, content FROM draw WHERE hearing = $1 ORDER BY number")
            .bind(hearing.to_string())
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| Ok((Moment(row.try_get(0)?), serde_json::from_str(&row.try_get::<String, _>(1)?)?)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(size: usize) -> Vec<Candidate> {
        let name =
            |i| Candidate { id: format!("{i:03}"), name: format!("听证员{i}"), class: "群众".into() };
        (0..size).map(name).collect()
    }

    #[test]
    fn the_same_seed_and_pool_draw_the_same_people() {
        assert_eq!(draw(&pool(30), [7; 32], 5), draw(&pool(30), [7; 32], 5));
        assert_ne!(draw(&pool(30), [7; 32], 5), draw(&pool(30), [8; 32], 5));
    }

    #[test]
    fn nobody_is_drawn_twice_and_everybody_can_be() {
        let mut times = [0_u32; 10];
        for seed in 0..2000_u32 {
            let mut bytes = [0; 32];
            bytes[..4].copy_from_slice(&seed.to_le_bytes());
            let mut drawn = draw(&pool(10), bytes, 3);
            for id in &drawn {
                times[id.parse::<usize>().unwrap()] += 1;
            }
            drawn.sort();
            drawn.dedup();
            assert_eq!(drawn.len(), 3);
        }
        assert!(times.iter().all(|count| (500..700).contains(count)), "{times:?}");
    }

    #[test]
    fn a_changed_draw_no_longer_holds() {
        let pool = pool(10);
        let drawn = draw(&pool, [1; 32], 3);
        let mut kept = Drawn {
            id: None,
            seed: Some(token::hex(&[1; 32])),
            class: None,
            specialty: None,
            region: None,
            conflicts: Vec::new(),
            pool_hash: pool_hash(&pool).unwrap(),
            pool,
            drawn,
            reason: None,
        };
        assert!(kept.holds());
        kept.drawn.swap(0, 1);
        assert!(!kept.holds());
    }
}
