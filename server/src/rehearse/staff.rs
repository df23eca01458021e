//! The staff of the office, signed in with the credentials that the demonstration wrote down.

use std::path::Path;

use procedure::{Command, Hearing, Id, Office, refusal::Sentence};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Trouble, Why,
    api::{Answer, Api, Asks, Sent},
    script::CHIEF,
};

/// What the file of credentials holds; more may stand in it.
#[derive(Clone, Debug, Deserialize)]
pub struct Credentials {
    /// Address of the server.
    #[serde(default)]
    pub server: Option<String>,
    /// The staff.
    accounts: Vec<Login>,
}

/// Name and password of a member of the staff.
#[derive(Clone, Debug, Deserialize)]
struct Login {
    name: String,
    role: Office,
    password: String,
}

impl Credentials {
    /// Reads the file.
    ///
    /// # Errors
    /// [`Trouble::Unreadable`].
    pub fn read(file: &Path) -> Result<Self, Trouble> {
        let shown = file.display();
        let unreadable = |error: String| {
            Trouble::Unreadable(Why::new(
                format!("无法读取登录信息{shown}（由 serve --demo 写在数据文件夹中）。"),
                format!("the credentials {shown} cannot be read (serve --demo writes them): {error}"),
            ))
        };
        let bytes = std::fs::read(file).map_err(|error| unreadable(error.to_string()))?;
        serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))
    }

    /// The account that does something: of the posts that may, the first that there is.
    fn of(&self, posts: &[Office]) -> Result<&Login, Trouble> {
        let named = |post: &Office| {
            let mut of_post = self.accounts.iter().filter(|login| login.role == *post);
            let first = of_post.clone().next();
            of_post.find(|login| login.name == CHIEF).or(first)
        };
        posts.iter().find_map(named).ok_or_else(|| {
            let (zh, en) = posts.first().map_or(("", ""), |post| post.words());
            Trouble::Unreadable(Why::new(
                format!("登录信息中没有{zh}的账户。"),
                format!("the credentials hold no account of this post: {en}."),
            ))
        })
    }
}

/// A member of the staff who has signed in.
#[derive(Debug)]
pub struct Member {
    login: Login,
    session: String,
}

/// The staff that a rehearsal needs.
#[derive(Debug)]
pub struct Staff {
    api: Api,
    /// Prepares the hearing.
    pub prepares: Member,
    /// Approves it, and consents.
    pub chief: Member,
    /// Enters what the procuratorial committee decides, if there is such an account.
    pub leader: Option<Member>,
}

impl Staff {
    /// Signs in.
    ///
    /// # Errors
    /// [`Trouble`], when the server does not take the credentials.
    pub async fn sign_in(api: &Api, credentials: &Credentials) -> Result<Self, Trouble> {
        const PREPARE: &[Office] = &[
            Office::Handler,
            Office::DepartmentHead,
            Office::Leader,
            Office::Clerk,
            Office::ChiefProsecutor,
        ];
        let prepares = sign_in(api, credentials.of(PREPARE)?).await?;
        let chief = sign_in(api, credentials.of(&[Office::ChiefProsecutor])?).await?;
        let leader = match credentials.of(&[Office::Leader]) {
            Ok(login) => Some(sign_in(api, login).await?),
            Err(_) => None,
        };
        Ok(Self { api: api.clone(), prepares, chief, leader })
    }

    /// The server.
    #[must_use]
    pub const fn api(&self) -> &Api {
        &self.api
    }

    /// Asks in the name of whoever prepares the hearing.
    ///
    /// # Errors
    /// [`Trouble`], when the server stays away.
    pub async fn ask(&self, method: Method, path: &str, sent: &Sent) -> Result<Answer, Trouble> {
        self.api.ask(method, path, Asks::Staff(&self.prepares.session), sent).await
    }

    /// Has something done in a hearing; sent again under the same id it is done once.
    ///
    /// # Errors
    /// [`Trouble`], when the server stays away.
    pub async fn command(
        &self,
        member: &Member,
        hearing: &str,
        id: &Id,
        command: &Command,
    ) -> Result<Result<(), Sentence>, Trouble> {
        let path = format!("/api/hearings/{hearing}/commands");
        let sent = Sent::Json(json!({"id": id, "command": command}));
        let answer = self.api.ask(Method::POST, &path, Asks::Staff(&member.session), &sent).await?;
        Ok(answer.document::<Value>().map(|_| ()))
    }

    /// The hearing as the office may see it.
    ///
    /// # Errors
    /// [`Trouble`], when the server stays away.
    pub async fn view(&self, hearing: &str) -> Result<Result<Hearing, Sentence>, Trouble> {
        let answer = self.ask(Method::GET, &format!("/api/hearings/{hearing}"), &Sent::Nothing).await?;
        Ok(answer.document())
    }
}

async fn sign_in(api: &Api, login: &Login) -> Result<Member, Trouble> {
    let sent = Sent::Json(json!({"name": login.name, "password": login.password}));
    let answer = api.ask(Method::POST, "/api/sign-in", Asks::Nobody, &sent).await?;
    match answer.session().filter(|_| answer.is_good()) {
        Some(session) => Ok(Member { login: login.clone(), session }),
        None => {
            let (name, said) = (&login.name, answer.refusal());
            Err(Trouble::Unreadable(Why::new(
                format!("账户{name}无法登录：{}", said.zh),
                format!("the account {name} cannot sign in: {}", said.en),
            )))
        }
    }
}

impl Member {
    /// The name of the account.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.login.name
    }
}
