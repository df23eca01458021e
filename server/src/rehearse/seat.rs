//! Somebody in a seat: the invitation, the line to the room, and every byte that reached this seat on any way.

use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use procedure::{
    Command, Hearing, Id, SeatId,
    hearing::{plan::Seating, roll},
    refusal::Sentence,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    Why,
    api::{Answer as Reply, Api, Asks, Sent},
    line::{Address, Answer, Cut, Line, closed},
};
use crate::{invitation::api::Accepted, token};

/// An invitation as the office handed it out.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// The page where the person comes in.
    pub link: String,
    /// Last four digits of the person's phone number.
    pub phone_tail: String,
}

impl Invitation {
    /// The secret of the link.
    fn token(&self) -> &str {
        self.link.rsplit('/').next().unwrap_or_default()
    }
}

/// How a step came out.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It was done.
    Done,
    /// The server refused it.
    Refused(Sentence),
    /// It came out otherwise than it should.
    Failed(Why),
}

/// A seat of the script.
#[derive(Debug)]
pub struct Seat {
    /// Who sits in it, as the script tells it.
    pub seating: Seating,
    /// The invitation, or why the plan refused the seat.
    pub invitation: Result<Invitation, Sentence>,
    /// The line to the room, once the invitation has been accepted.
    line: Option<Line>,
    key: Option<String>,
    /// What came by HTTP: from where, and every byte.
    pub answers: Vec<(String, Vec<u8>)>,
    /// How often it asked by HTTP.
    pub asked: usize,
    api: Api,
    hearing: String,
}

impl Seat {
    /// A seat that nobody has come to yet.
    #[must_use]
    pub const fn new(
        seating: Seating,
        invitation: Result<Invitation, Sentence>,
        api: Api,
        hearing: String,
    ) -> Self {
        Self { seating, invitation, line: None, key: None, answers: Vec::new(), asked: 0, api, hearing }
    }

    /// Its name.
    #[must_use]
    pub const fn id(&self) -> &SeatId {
        &self.seating.id
    }

    /// The line, if somebody has come.
    #[must_use]
    pub const fn line(&self) -> Option<&Line> {
        self.line.as_ref()
    }

    /// What the seat may see, as far as it has been told.
    #[must_use]
    pub fn view(&self) -> Hearing {
        self.line.as_ref().map_or_else(Hearing::default, |line| line.state().view.clone())
    }

    /// Comes to the door with the invitation: looks at it, accepts it, opens the line. Nothing happens in the hearing yet.
    ///
    /// # Errors
    /// When the invitation is not taken.
    pub async fn come(&mut self) -> Result<Result<(), Sentence>, Cut> {
        if self.line.is_some() {
            return Ok(Ok(()));
        }
        let invitation = match &self.invitation {
            Ok(invitation) => invitation.clone(),
            Err(refused) => return Ok(Err(refused.clone())),
        };
        self.ask(Method::GET, &format!("/api/invitations/{}", invitation.token()), Sent::Nothing).await?;
        let shown = json!({"token": invitation.token(), "phone_tail": invitation.phone_tail});
        let answer = self.ask(Method::POST, "/api/invitations/accept", Sent::Json(shown)).await?;
        let accepted: Accepted = match answer.document() {
            Ok(accepted) => accepted,
            Err(refused) => return Ok(Err(refused)),
        };
        let address =
            Address { api: self.api.clone(), hearing: self.hearing.clone(), key: accepted.key.clone() };
        let line = Line::open(address);
        line.settle().await?;
        (self.line, self.key) = (Some(line), Some(accepted.key));
        Ok(Ok(()))
    }

    /// Arrives: comes, a panellist declares to have no interest, and waits to be let in.
    ///
    /// # Errors
    /// When the rehearsal cannot go on.
    pub async fn arrive(&mut self) -> Result<Outcome, Cut> {
        use procedure::{Capacity, hearing::plan};
        if self.seating.capacity == Capacity::Panellist {
            let declared = self.does(Command::Plan(plan::Command::Declare {})).await?;
            if !matches!(declared, Outcome::Done) {
                return Ok(declared);
            }
        }
        self.does(Command::Roll(roll::Command::Arrive {})).await
    }

    /// Has something done under a new id.
    ///
    /// # Errors
    /// When the rehearsal cannot go on.
    pub async fn does(&mut self, command: Command) -> Result<Outcome, Cut> {
        self.does_as(new_id(), command).await
    }

    /// Has something done under that id; comes first if it has not come yet.
    ///
    /// # Errors
    /// When the rehearsal cannot go on.
    pub async fn does_as(&mut self, id: Id, command: Command) -> Result<Outcome, Cut> {
        if let Err(refused) = self.come().await? {
            return Ok(Outcome::Refused(refused));
        }
        let Some(line) = &self.line else { return Ok(Outcome::Failed(nobody_here())) };
        Ok(match line.ask(id, command).await? {
            Answer::Done => Outcome::Done,
            Answer::Refused(refusal) => Outcome::Refused(refusal),
            Answer::Closed(code) => Outcome::Failed(closed(code)),
        })
    }

    /// Signs the record as a browser does: reads it, draws a stroke, and signs with a key made for it.
    ///
    /// # Errors
    /// When the rehearsal cannot go on.
    pub async fn signs(&mut self) -> Result<Outcome, Cut> {
        if let Err(refused) = self.come().await? {
            return Ok(Outcome::Refused(refused));
        }
        let Ok(Invitation { phone_tail, .. }) = self.invitation.clone() else {
            return Ok(Outcome::Failed(nobody_here()));
        };
        let hearing = format!("/api/hearings/{}", self.hearing);
        let read: Hearing = match self.ask(Method::GET, &hearing, Sent::Nothing).await?.document() {
            Ok(read) => read,
            Err(refused) => return Ok(Outcome::Refused(refused)),
        };
        let digest = read.record.digest();
        let Some(way) = drawn(&self.hearing, self.id(), &digest) else {
            return Ok(Outcome::Failed(no_chance()));
        };
        let sent = json!({"id": new_id(), "digest": digest, "way": way, "phone_tail": phone_tail});
        let answer = self.ask(Method::POST, &format!("{hearing}/signature"), Sent::Json(sent)).await?;
        Ok(answer.document::<Value>().map_or_else(Outcome::Refused, |_| Outcome::Done))
    }

    /// Asks by HTTP in the name of the seat; what comes back counts as received.
    ///
    /// # Errors
    /// When the server stays away.
    pub async fn ask(&mut self, method: Method, path: &str, sent: Sent) -> Result<Reply, Cut> {
        let asks = self.key.as_deref().map_or(Asks::Nobody, Asks::Seat);
        let what = format!("{method} {path}");
        let reply = self.api.ask(method, path, asks, &sent).await?;
        let headers = reply.headers.iter().map(|(name, value)| (name.as_str().as_bytes(), value.as_bytes()));
        let headers = headers.flat_map(|(name, value)| [name, b": ", value, b"\n"].concat()).collect();
        self.asked += 1;
        self.answers.push((format!("headers of {what}"), headers));
        self.answers.push((what, reply.bytes.clone()));
        Ok(reply)
    }

    /// Every byte that reached the seat, piece by piece, and where each came from.
    pub fn received(&self, mut look: impl FnMut(&str, &[u8])) {
        for (from, bytes) in &self.answers {
            look(from, bytes);
        }
        if let Some(line) = &self.line {
            for message in &line.state().received {
                look("room", message.as_bytes());
            }
        }
    }

    /// Compares what was folded live with what a fresh connection is shown; none when they are equal.
    ///
    /// # Errors
    /// When the rehearsal cannot go on.
    pub async fn differs(&self) -> Result<Option<Why>, Cut> {
        let Some(line) = &self.line else { return Ok(Some(nobody_here())) };
        loop {
            let (number, fresh) = line.fresh().await?;
            line.reach(number).await?;
            let (reached, live) = {
                let state = line.state();
                (state.number, state.view.clone())
            };
            // Something happened in between: look again, so that both are of the same moment.
            if reached != number {
                continue;
            }
            return Ok((live != fresh).then(|| difference(&json!(live), &json!(fresh))));
        }
    }
}

/// A stroke, signed by a key of its own; none when the operating system gives no random numbers.
fn drawn(hearing: &str, seat: &SeatId, digest: &str) -> Option<crate::signature::Sent> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).ok()?;
    let key = SigningKey::from_slice(&secret).ok()?;
    let drawing = "M 120 200 L 260 140 L 420 260 L 640 150 L 860 220";
    let lines = casefile::signature::statement(hearing, &seat.0, digest, drawing);
    let signature: Signature = key.try_sign(lines.as_bytes()).ok()?;
    Some(crate::signature::Sent::Device {
        drawing: drawing.into(),
        key: token::hex(key.verifying_key().to_sec1_point(false).as_bytes()),
        signature: token::hex(&signature.to_bytes()),
    })
}

/// A new id for a command.
#[must_use]
pub fn new_id() -> Id {
    Id(uuid::Uuid::now_v7().to_string())
}

fn no_chance() -> Why {
    Why::new("操作系统没有给出随机数。", "the operating system gave no random numbers.")
}

fn nobody_here() -> Why {
    Why::new("该席位还没有人到场。", "nobody has come to this seat.")
}

fn difference(live: &Value, fresh: &Value) -> Why {
    let place = first_difference(live, fresh, "view");
    Why::new(
        format!("该席位逐条累积的画面与重新连接所得不一致：{place}。"),
        format!("the folded view differs from that of a fresh connection at {place}."),
    )
}

fn first_difference(one: &Value, other: &Value, place: &str) -> String {
    match (one, other) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let key = ours.keys().chain(theirs.keys()).find(|key| ours.get(*key) != theirs.get(*key));
            let nothing = Value::Null;
            key.map_or_else(
                || place.to_owned(),
                |key| {
                    let (ours, theirs) =
                        (ours.get(key).unwrap_or(&nothing), theirs.get(key).unwrap_or(&nothing));
                    first_difference(ours, theirs, &format!("{place}.{key}"))
                },
            )
        }
        (Value::Array(ours), Value::Array(theirs)) if ours.len() == theirs.len() => {
            let at = ours.iter().zip(theirs).position(|(one, other)| one != other).unwrap_or_default();
            first_difference(&ours[at], &theirs[at], &format!("{place}[{at}]"))
        }
        _ => place.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_that_differ_are_told_apart_by_the_place() {
        let live =
            json!({"phase": {"current": "opinion"}, "record": {"lines": [{"number": 1}, {"number": 2}]}});
        let mut fresh = live.clone();
        fresh["record"]["lines"][1]["number"] = json!(3);
        assert!(difference(&live, &fresh).en.contains("view.record.lines[1].number"));
        fresh = live.clone();
        fresh["record"]["lines"] = json!([]);
        assert!(difference(&live, &fresh).en.contains("view.record.lines."), "as many lines are no place");
        fresh = live.clone();
        fresh["floor"] = json!({"turn": null});
        assert!(difference(&live, &fresh).en.contains("view.floor"));
    }
}
