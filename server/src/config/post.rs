//! By what letters and text messages go out: a mail server, a gateway for text messages, else the outbox; and when people
//! are reminded.

use std::path::{Path, PathBuf};

use clap::Args;
use reqwest::Url;

use crate::Error;

/// When people are reminded when nothing else is said, in hours before the hearing.
const REMINDER_HOURS: [u64; 2] = [24, 2];
/// Longest time before the hearing at which somebody is reminded: thirty days, in hours.
const REMINDER_HOURS_MAX: u64 = 720;
/// The password of the mail server, where no file holds it.
const PASSWORD: &str = "FENGQIAO_MAIL_PASSWORD";

/// By what letters and text messages go out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// The mail server; none where letters go into the outbox.
    pub mail: Option<MailServer>,
    /// The gateway for text messages; none where they go into the outbox.
    pub sms: Option<Gateway>,
    /// When people are reminded, in hours before the hearing, the longest first.
    pub reminder_hours: Vec<u64>,
}

/// A mail server.
#[derive(Clone, PartialEq, Eq)]
pub struct MailServer {
    /// `smtps://user@host:465`, `smtp://user@host:587`.
    pub address: Url,
    /// The password; none where the server asks for none.
    pub password: Option<String>,
    /// From whom letters come, such as `tingzheng@example.gov.cn`.
    pub from: String,
}

/// A gateway for text messages.
#[derive(Clone, PartialEq, Eq)]
pub struct Gateway {
    /// Where a message is sent by POST.
    pub address: Url,
    /// What the gateway knows this server by; none where it asks for nothing.
    pub token: Option<String>,
}

impl std::fmt::Debug for MailServer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("MailServer").field("address", &self.address.as_str()).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Gateway").field("address", &self.address.as_str()).finish_non_exhaustive()
    }
}

impl Default for Post {
    fn default() -> Self {
        Self { mail: None, sms: None, reminder_hours: REMINDER_HOURS.into() }
    }
}

/// Options of the command line and the environment that belong to [`Post`].
#[derive(Args, Clone, Debug, Default)]
pub struct PostFlags {
    /// 邮件服务器，如 `smtps://user@host:465`；不写则邮件存入发件箱文件夹。 Mail server, such as `smtps://user@host:465`; without one letters go into the outbox.
    #[arg(long, env = "FENGQIAO_MAIL_SERVER", value_name = "URL")]
    pub mail_server: Option<String>,
    /// 发件人邮箱，有邮件服务器时必须写明。 From whom letters come; needed with a mail server.
    #[arg(long, env = "FENGQIAO_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<String>,
    /// 邮件服务器密码所在文件。 File of the password of the mail server.
    #[arg(long, env = "FENGQIAO_MAIL_PASSWORD_FILE", value_name = "FILE")]
    pub mail_password_file: Option<PathBuf>,
    /// 短信网关地址，以 POST 发送 JSON；不写则短信存入发件箱文件夹。 Gateway for text messages, sent to by POST as JSON; without one they go into the outbox.
    #[arg(long, env = "FENGQIAO_SMS_URL", value_name = "URL")]
    pub sms_url: Option<String>,
    /// 短信网关令牌所在文件。 File of the token for the gateway.
    #[arg(long, env = "FENGQIAO_SMS_TOKEN_FILE", value_name = "FILE")]
    pub sms_token_file: Option<PathBuf>,
    /// 听证前多少小时提醒，可重复，默认 24 和 2。 Hours before the hearing at which people are reminded; may be repeated.
    #[arg(long, env = "FENGQIAO_REMINDER_HOURS", value_name = "HOURS", value_delimiter = ',')]
    pub reminder_hours: Vec<u64>,
}

impl PostFlags {
    /// What is said here, else what is said there.
    pub(super) fn or(self, file: Self) -> Self {
        let hours = if self.reminder_hours.is_empty() { file.reminder_hours } else { self.reminder_hours };
        Self {
            mail_server: self.mail_server.or(file.mail_server),
            mail_from: self.mail_from.or(file.mail_from),
            mail_password_file: self.mail_password_file.or(file.mail_password_file),
            sms_url: self.sms_url.or(file.sms_url),
            sms_token_file: self.sms_token_file.or(file.sms_token_file),
            reminder_hours: hours,
        }
    }

    /// Reads the files that are named.
    ///
    /// # Errors
    /// When an address or a file cannot be used.
    pub(super) fn read(self) -> Result<Post, Error> {
        let mail = self.mail_server.as_deref().map(|address| self.mail(address)).transpose()?;
        let sms = self.sms_url.as_deref().map(|address| self.sms(address)).transpose()?;
        let mut hours = self.reminder_hours;
        if hours.is_empty() {
            hours = REMINDER_HOURS.into();
        }
        if hours.iter().any(|hours| !(1..=REMINDER_HOURS_MAX).contains(hours)) {
            return Err(Error::Config(format!("reminder-hours: 1 … {REMINDER_HOURS_MAX}")));
        }
        hours.sort_unstable_by(|one, other| other.cmp(one));
        hours.dedup();
        Ok(Post { mail, sms, reminder_hours: hours })
    }

    fn mail(&self, address: &str) -> Result<MailServer, Error> {
        let address = read_address("mail-server", address, &["smtp", "smtps"])?;
        // What stands on the command line can be read by everybody on the machine.
        if address.password().is_some() {
            return Err(Error::Config("mail-server: mail-password-file?".into()));
        }
        let from = self.mail_from.clone().ok_or_else(|| Error::Config("mail-from?".into()))?;
        if from.parse::<lettre::Address>().is_err() {
            return Err(Error::Config("mail-from".into()));
        }
        let password = match &self.mail_password_file {
            Some(file) => Some(read_secret("mail-password-file", file)?),
            None => std::env::var(PASSWORD).ok().filter(|password| !password.is_empty()),
        };
        Ok(MailServer { address, password, from })
    }

    fn sms(&self, address: &str) -> Result<Gateway, Error> {
        let address = read_address("sms-url", address, &["http", "https"])?;
        // Numbers and the token go over a network encrypted, or do not go.
        if address.scheme() == "http" && !is_here(&address) {
            return Err(Error::Config("sms-url: https".into()));
        }
        let token =
            self.sms_token_file.as_deref().map(|file| read_secret("sms-token-file", file)).transpose()?;
        Ok(Gateway { address, token })
    }
}

/// Whether it is on this machine.
#[must_use]
pub fn is_here(address: &Url) -> bool {
    let host = address.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn read_address(option: &str, text: &str, kinds: &[&str]) -> Result<Url, Error> {
    let address = Url::parse(text).map_err(|error| Error::Config(format!("{option}: {error}")))?;
    let known = kinds.contains(&address.scheme()) && address.host_str().is_some();
    if known { Ok(address) } else { Err(Error::Config(format!("{option}: {}", kinds.join(", ")))) }
}

fn read_secret(option: &str, file: &Path) -> Result<String, Error> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Error::Config(format!("{option}: {}: {error}", file.display())))?;
    let secret = text.trim();
    if secret.is_empty() {
        return Err(Error::Config(format!("{option}: {}: empty", file.display())));
    }
    Ok(secret.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(server: &str) -> PostFlags {
        PostFlags { mail_server: Some(server.into()), ..PostFlags::default() }
    }

    #[test]
    fn a_mail_server_wants_a_sender_and_no_password_in_its_address() {
        assert!(flags("smtps://court@mail.example").read().is_err(), "no sender");
        let from = |server: &str| PostFlags { mail_from: Some("a@b.example".into()), ..flags(server) };
        assert!(from("smtps://court@mail.example").read().is_ok());
        assert!(from("smtps://court:secret@mail.example").read().is_err());
        assert!(from("https://mail.example").read().is_err());
        assert!(from("mail.example").read().is_err());
    }

    #[test]
    fn a_gateway_elsewhere_is_reached_encrypted() {
        let sms = |url: &str| PostFlags { sms_url: Some(url.into()), ..PostFlags::default() }.read();
        for url in
            ["https://sms.example/send", "http://127.0.0.1:8080/", "http://[::1]/", "http://localhost/"]
        {
            assert!(sms(url).is_ok(), "{url}");
        }
        for url in ["http://sms.example/send", "http://10.0.0.1/", "http://localhost.example/"] {
            assert!(sms(url).is_err(), "{url}");
        }
    }

    #[test]
    fn hours_are_told_from_the_longest_on_and_none_twice() {
        let hours = |hours: &[u64]| PostFlags { reminder_hours: hours.into(), ..PostFlags::default() }.read();
        assert_eq!(hours(&[2, 48, 2]).unwrap().reminder_hours, [48, 2]);
        assert_eq!(hours(&[]).unwrap().reminder_hours, [24, 2]);
        assert!(hours(&[0]).is_err() && hours(&[721]).is_err());
    }
}
